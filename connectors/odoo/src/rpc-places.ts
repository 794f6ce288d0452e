/**
 * Methods whose arguments JSON-RPC takes by their place: modules of version 17 override them with other names
 * for their arguments, and `create` looks at its first argument. All others are called by name.
 */
export const methodsByPlace: { readonly [method: string]: readonly string[] } = {
  create: ["vals_list"],
  write: ["vals"],
  read: ["fields"],
  search: ["domain"],
  search_read: ["domain"],
  search_count: ["domain"],
  fields_get: ["allfields"],
  onchange: ["values", "field_names", "fields_spec"],
};

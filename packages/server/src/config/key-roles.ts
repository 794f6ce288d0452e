/** Roles of keys of the HTTP API, as the API's own table has them. */
export const keyRoles = ["viewer", "sales", "operator", "approver", "administrator", "agent"] as const;

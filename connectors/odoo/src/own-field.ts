import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeOption } from "@crossfoot/connector-sdk";
import { decimalOf } from "./decimal.ts";
import { isList, isMap, refKey, refLabel, scalar, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { made, plain } from "./shape.ts";
import type { Root } from "./shape.ts";

/** A field of a model as this database describes it: Odoo's own, a module's, or the company's. */
export interface OwnField {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  /** Decimals that it keeps; null for no limit of its own. */
  readonly places: number | null;
  /** Characters that it keeps: Odoo cuts off the rest in silence. */
  readonly lengthMax: number | null;
  /** Odoo takes a value for a field that it reckons itself, answers success, and does not keep it. */
  readonly isReadOnly: boolean;
  /** Codes of a selection; null for other types. */
  readonly options: readonly NativeOption[] | null;
  /** Model that a relation leads to, or null. */
  readonly relation: string | null;
  /** Added by the company, by hand or with Studio: Odoo lets only such names begin with `x_`. */
  readonly isAdded: boolean;
}

/** A root that names a record by what people see instead of by its id: `<many2one>:name`. */
const byName = ":name";

/** What a root stands for: a field, by its value or, of a many2one, by the name of the record. */
export const fieldOfRoot = (root: string): { readonly name: string; readonly isByName: boolean } =>
  root.endsWith(byName)
    ? { name: root.slice(0, -byName.length), isByName: true }
    : { name: root, isByName: false };

/** The root that says a many2one by name. */
export const nameRoot = (field: string): string => `${field}${byName}`;

const attributes = ["type", "string", "readonly", "size", "digits", "selection", "relation"] as const;

/** All fields of a model, or some of them; names that do not exist are left out. */
export async function describeFields(
  odoo: Odoo,
  model: string,
  names: readonly string[] = [],
): Promise<ReadonlyMap<string, OwnField>> {
  const args = { allfields: names, attributes };
  try {
    const answer = await odoo.call({ model, method: "fields_get", args });
    const fields = isMap(answer) ? Object.entries(answer) : [];
    return new Map(fields.flatMap(([name, field]) => (isMap(field) ? [[name, described(name, field)]] : [])));
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unsupported") return new Map();
    throw error;
  }
}

function described(name: string, field: JsonMap): OwnField {
  const digits = field["digits"];
  const places = isList(digits) ? digits[1] : undefined;
  const selection = field["selection"];
  return {
    name,
    type: text(field, "type") ?? "text",
    label: text(field, "string") ?? name,
    places: typeof places === "number" ? places : null,
    lengthMax: typeof field["size"] === "number" ? field["size"] : null,
    isReadOnly: field["readonly"] === true,
    options: isList(selection) ? selection.flatMap(optionOf) : null,
    relation: text(field, "relation"),
    isAdded: name.startsWith("x_"),
  };
}

const optionOf = (pair: Json): readonly NativeOption[] =>
  isList(pair) ? [{ code: scalar(pair[0]), label: scalar(pair[1]) }] : [];

/** The roots of a mapping that are fields of this database; one that does not exist stays absent. */
export async function ownRoots(
  odoo: Odoo,
  model: string,
  wanted: readonly string[],
): Promise<{ readonly [root: string]: Root }> {
  const roots = wanted.filter((root) => /^[a-z]\w*(?::name)?$/.test(root));
  if (roots.length === 0) return {};
  const names = [...new Set(roots.map((root) => fieldOfRoot(root).name))];
  const fields = await describeFields(odoo, model, names);
  return Object.fromEntries(
    roots.flatMap((root) => {
      const { name, isByName } = fieldOfRoot(root);
      const field = fields.get(name);
      if (field === undefined || (isByName && field.type !== "many2one")) return [];
      return [[root, rootOf(field, isByName)]];
    }),
  );
}

/** A root that is a field of this database, by its type; a reference is shown by its id, or by its name. */
function rootOf({ name, type, places }: OwnField, isByName: boolean): Root {
  const more = { field: name, isWritten: true };
  if (type === "boolean") return made((row) => row[name] === true, more);
  if (type === "float" || type === "monetary") return made((row) => decimalOf(row, name, places), more);
  if (type === "many2one") return made((row) => (isByName ? refLabel : refKey)(row, name), more);
  return plain(name, true);
}

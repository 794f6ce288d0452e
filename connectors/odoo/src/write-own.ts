import type { NativeWrite } from "@crossfoot/connector-sdk";
import { msOf, odooInstant } from "./dates.ts";
import { compare, normal } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { isList, isSame, odooId, scalar } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { describeFields, fieldOfRoot, nameRoot } from "./own-field.ts";
import type { OwnField } from "./own-field.ts";
import type { Shape } from "./shape.ts";

/**
 * Values of roots that are fields of this database; a root that is only shown is refused, and so is a value
 * that Odoo would cut, round or drop in silence.
 */
export async function ownValues(odoo: Odoo, shape: Shape, write: NativeWrite): Promise<JsonMap> {
  const { patch, current } = write;
  const changed = Object.keys(patch).filter(
    (root) => shape.roots[root]?.isWritten !== true && !isSame(patch[root], current[root]),
  );
  const shown = changed.find((root) => shape.roots[root] !== undefined);
  if (shown !== undefined)
    throw refusal("read_only", `${shown} is not written to Odoo; the mapping must not write it`, shown);
  if (changed.length === 0) return {};
  const names = [...new Set(changed.map((root) => fieldOfRoot(root).name))];
  const fields = await describeFields(odoo, shape.model, names);
  const values: Record<string, Json> = {};
  for (const root of changed) {
    const { name, isByName } = fieldOfRoot(root);
    const field = fields.get(name);
    if (field === undefined || (isByName && field.type !== "many2one"))
      throw refusal("field_unknown", `Odoo has no field ${root} on ${shape.model}`, root);
    const value = patch[root] ?? null;
    values[name] = isByName ? await named(odoo, field, value) : await encoded(odoo, field, value);
  }
  return values;
}

const refused = ({ name }: OwnField, code: string, what: string): ReturnType<typeof refusal> =>
  refusal(code, `Odoo's field ${name} ${what}`, name);

/** Options that a message names. */
const namedMax = 20;

/** A value as Odoo takes it for a field of this type; nothing is `false`. */
async function encoded(odoo: Odoo, field: OwnField, value: Json): Promise<Json> {
  if (field.isReadOnly)
    throw refused(field, "read_only", "is reckoned by Odoo: the mapping must not write it");
  if (value === null || value === "") return false;
  switch (field.type) {
    case "char":
    case "text":
    case "html":
      return textFor(field, value);
    case "selection":
      return optionFor(field, value);
    case "boolean":
      if (["true", "false"].includes(scalar(value))) return scalar(value) === "true";
      throw refused(field, "value_refused", "takes true or false");
    case "integer":
      return wholeFor(field, value);
    case "float":
    case "monetary":
      return numberFor(field, value, (await loadFacts(odoo)).currency.digits);
    case "date":
      if (/^\d{4}-\d\d-\d\d$/.test(scalar(value))) return value;
      throw refused(field, "value_refused", "takes a date, YYYY-MM-DD");
    case "datetime":
      return instantFor(field, value);
    case "many2one":
      return idFor(field, value);
    default:
      throw refused(field, "type_unsupported", `is a ${field.type}, which is only shown`);
  }
}

function textFor(field: OwnField, value: Json): Json {
  const given = scalar(value);
  const { lengthMax } = field;
  if (lengthMax === null || Array.from(given).length <= lengthMax) return given;
  throw refused(field, "too_long", `takes ${lengthMax} characters; it would cut off the rest in silence`);
}

function optionFor(field: OwnField, value: Json): Json {
  const codes = (field.options ?? []).map(({ code }) => code);
  if (codes.includes(scalar(value))) return scalar(value);
  const list = codes.slice(0, namedMax).join(", ");
  throw refused(field, "code_unknown", `takes ${list}${codes.length > namedMax ? " ..." : ""}, and not this`);
}

/** Largest whole number that a column of Odoo holds. */
const wholeMax = 2_147_483_647;

function wholeFor(field: OwnField, value: Json): Json {
  const number = Number(normal(scalar(value)) ?? Number.NaN);
  if (Number.isInteger(number) && Math.abs(number) <= wholeMax) return number;
  throw refused(field, "value_refused", "takes a whole number; it would cut off the rest in silence");
}

/** A sum of money has the decimals of a currency; without one of its own that of the company is meant. */
function numberFor(field: OwnField, value: Json, digits: number): Json {
  const decimal = normal(scalar(value));
  if (decimal === undefined) throw refused(field, "value_refused", "takes a number");
  const places = field.type === "monetary" ? (field.places ?? digits) : field.places;
  const number = Number(decimal);
  const isKept = Number.isFinite(number) && compare(normal(String(number)) ?? "", decimal) === 0;
  if (isKept && (places === null || (decimal.split(".")[1]?.length ?? 0) <= places)) return number;
  throw refused(field, "too_precise", `keeps ${places ?? "fewer"} decimals; it would round this in silence`);
}

function instantFor(field: OwnField, value: Json): Json {
  const ms = msOf(scalar(value)) ?? Date.parse(scalar(value));
  if (Number.isNaN(ms)) throw refused(field, "value_refused", "takes an instant");
  return odooInstant(ms);
}

function idFor(field: OwnField, value: Json): Json {
  const id = odooId(value);
  if (id !== undefined) return id;
  const { relation, name } = field;
  throw refused(
    field,
    "value_refused",
    `takes the id of a ${relation ?? "record"}; ${nameRoot(name)} takes a name`,
  );
}

/** The id of the one record of this name that a many2one may lead to. */
async function named(odoo: Odoo, field: OwnField, value: Json): Promise<Json> {
  if (field.isReadOnly) return encoded(odoo, field, value);
  if (value === null || value === "") return false;
  const model = field.relation ?? "";
  const args = { name: scalar(value), operator: "=", limit: namedMax };
  const answer = await odoo.call({ model, method: "name_search", args });
  const found = (isList(answer) ? answer : []).filter((pair) => isList(pair) && pair[1] === value);
  const [only, ...more] = found.flatMap((pair) => (isList(pair) ? (odooId(pair[0]) ?? []) : []));
  if (only !== undefined && more.length === 0) return only;
  const count = only === undefined ? "no" : "more than one";
  throw refused(field, "code_unknown", `leads to a ${model}, and there is ${count} of this name`);
}

import type { NativeWrite } from "@crossfoot/connector-sdk";
import { msOf, odooInstant } from "./dates.ts";
import { knownFields } from "./facts.ts";
import { refusal } from "./failures.ts";
import { isSame, odooId, scalar } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import type { Shape } from "./shape.ts";

/** Values of roots that are fields of this database; a root that is only shown is refused. */
export async function ownValues(odoo: Odoo, shape: Shape, write: NativeWrite): Promise<JsonMap> {
  const { patch, current } = write;
  const changed = Object.keys(patch).filter(
    (root) => shape.roots[root]?.isWritten !== true && !isSame(patch[root], current[root]),
  );
  const shown = changed.find((root) => shape.roots[root] !== undefined);
  if (shown !== undefined)
    throw refusal("read_only", `${shown} is not written to Odoo; the mapping must not write it`, shown);
  if (changed.length === 0) return {};
  const fields = await knownFields(odoo, shape.model, changed);
  const values: Record<string, Json> = {};
  for (const name of changed) {
    const field = fields[name];
    if (field === undefined)
      throw refusal("field_unknown", `Odoo has no field ${name} on ${shape.model}`, name);
    values[name] = encoded(field.type, patch[name] ?? null);
  }
  return values;
}

/** A value as Odoo takes it for a field of this type; nothing is `false`. */
function encoded(type: string, value: Json): Json {
  if (value === null || value === "") return false;
  switch (type) {
    case "float":
    case "monetary":
    case "integer":
      return Number(value);
    case "many2one":
      return odooId(value) ?? false;
    case "datetime": {
      const ms = msOf(scalar(value)) ?? Date.parse(scalar(value));
      if (Number.isNaN(ms)) throw refusal("value_refused", "expected an instant");
      return odooInstant(ms);
    }
    default:
      return value;
  }
}

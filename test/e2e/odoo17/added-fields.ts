/** Fields that an administrator adds to a model, and takes away again. */
import type { At } from "./database.ts";
import { follow } from "./look.ts";
import { userError } from "./refusal.ts";
import { isList, isMap, numberIn, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** A field that an administrator adds is there from then on, in this database. */
export function createField(
  at: At,
  values: Values,
  createPlain: (at: At, model: string, values: Values) => Row,
): Row {
  const {
    relation = "",
    size = 0,
    selection_ids: options = null,
    compute,
    depends: _on,
    store: _,
    ...rest
  } = values;
  const { readonly: _isReadOnly, currency_field: _currency, ...plain } = rest;
  const row = createPlain(at, "ir.model.fields", plain);
  const model = textIn(follow(at, "ir.model.fields", row, "model_id"), "model");
  const name = textIn(row, "name");
  if (!name.startsWith("x_")) throw userError("Custom fields must have a name that starts with 'x_'!");
  at.db.fieldsOf(model).set(name, {
    ...{ name, type: textIn(row, "ttype"), inverse: "", digits: null, isStored: compute === undefined },
    label: textIn(row, "field_description"),
    to: typeof relation === "string" ? relation : "",
    ...(numberIn({ size }, "size") === 0 ? {} : { size: numberIn({ size }, "size") }),
    ...(isList(options) ? { options: options.map(optionOf) } : {}),
  });
  return row;
}

/** `[0, 0, { value, name }]`. */
function optionOf(command: Json): readonly [string, string] {
  const option = isList(command) && isMap(command[2]) ? command[2] : {};
  return [textIn(option, "value"), textIn(option, "name")];
}

/** The field is gone with all that it held. */
export function removeField(at: At, row: Row): void {
  const model = textIn(follow(at, "ir.model.fields", row, "model_id"), "model");
  at.db.fieldsOf(model).delete(textIn(row, "name"));
}

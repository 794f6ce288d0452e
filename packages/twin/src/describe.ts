import type { Field } from "./field.ts";
import type { Json, JsonMap } from "./json.ts";

/** A field as the systems' metadata calls tell it; the names of the keys are the system's. */
export interface DescribedKeys {
  readonly readOnly: string;
  readonly maxLength: string;
}

/** The description of a field, nested fields included. `textMax` is the length of text without its own. */
export function describeField(
  field: Field,
  keys: DescribedKeys,
  textMax: number,
  readOnly: boolean,
): JsonMap {
  const described: Record<string, Json> = {
    name: field.name,
    type: field.kind,
    required: field.required === true,
    [keys.readOnly]: readOnly || field.readOnly === true,
    searchable: field.searchable === true,
  };
  if (field.kind === "text") described[keys.maxLength] = field.max ?? textMax;
  if (field.choices !== undefined) described["choices"] = field.choices;
  if (field.target !== undefined) described["target"] = field.target;
  if (field.fields !== undefined) {
    described["fields"] = field.fields.map((inner) => describeField(inner, keys, textMax, readOnly));
  }
  return described;
}

import type { Field } from "./field.ts";
import type { Json, JsonMap } from "./json.ts";

/** A field as the systems' metadata calls tell it; the names of the keys are the system's. */
export interface DescribedKeys {
  readonly readOnly: string;
  readonly maxLength: string;
  /** The length of text fields without their own. */
  readonly textMax: number;
}

/** The description of a field, nested fields included; `isClosed` for an object that nobody may write. */
export function describeField(field: Field, keys: DescribedKeys, isClosed: boolean): JsonMap {
  const described: Record<string, Json> = {
    name: field.name,
    type: field.kind,
    required: field.required === true,
    [keys.readOnly]: isClosed || field.readOnly === true,
    searchable: field.searchable === true,
  };
  if (field.kind === "text") described[keys.maxLength] = field.max ?? keys.textMax;
  if (field.choices !== undefined) described["choices"] = field.choices;
  if (field.target !== undefined) described["target"] = field.target;
  if (field.fields !== undefined) {
    described["fields"] = field.fields.map((inner) => describeField(inner, keys, isClosed));
  }
  return described;
}

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON map from field name to value. */
export interface JsonMap {
  readonly [field: string]: Json;
}

/** The id of a record: text at the CRM, a whole number at the ERP. */
export type RecordId = string | number;

/** One record in the system's own field names. It is never changed in place: a write stores another one. */
export interface TwinRecord extends JsonMap {
  readonly id: RecordId;
}

/** Names one record: its object and its id. */
export interface RecordRef {
  readonly object: string;
  readonly id: RecordId;
}

/** True for a JSON map, false for null, arrays and scalars. */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The text in a field, or null when the field is absent, null or not text. */
export function textIn(map: JsonMap | null | undefined, field: string): string | null {
  const value = map?.[field];
  return typeof value === "string" ? value : null;
}

/** The whole number in a field, or null. */
export function numberIn(map: JsonMap | null | undefined, field: string): number | null {
  const value = map?.[field];
  return typeof value === "number" ? value : null;
}

/** The map in a field, or null. */
export function mapIn(map: JsonMap | null | undefined, field: string): JsonMap | null {
  const value = map?.[field];
  return isMap(value) ? value : null;
}

/** The rows of a nested collection; an absent or null collection has none. */
export function rowsIn(map: JsonMap | null | undefined, field: string): readonly JsonMap[] {
  const value = map?.[field];
  return isList(value) ? value.filter(isMap) : [];
}

/** The value at a dotted path such as `billingAddress.city`; undefined when some part is absent. */
export function valueAt(map: JsonMap, path: string): Json | undefined {
  let value: Json | undefined = map;
  for (const part of path.split(".")) {
    if (!isMap(value)) return undefined;
    value = value[part];
  }
  return value;
}

/** Deep equality of two JSON values; absent and null differ, the order of keys does not matter. */
export function equalJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((value, index) => equalJson(value, right[index]));
  }
  if (!isMap(left) || !isMap(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]))
  );
}

/** The same value without fields that are null, at every depth; rows stay rows. */
export function withoutNulls(value: Json): Json {
  if (isList(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [field, inner] of Object.entries(value)) {
    if (inner !== null) kept[field] = withoutNulls(inner);
  }
  return kept;
}

import { isMap } from "@crossfoot/kernel";
import type { Fields, Json } from "@crossfoot/kernel";

/** What stands at a place of a record, as `name.given`; undefined for nothing. Pure, never throws. */
export function valueAt(fields: Fields, path: string): unknown {
  let value: unknown = fields;
  for (const part of path.split("."))
    value = isMap(value as Json) ? (value as { readonly [part: string]: unknown })[part] : undefined;
  return value;
}

/** The text at a place of a record; "" for none. Pure, never throws. */
export function textAt(fields: Fields, path: string): string {
  const value = valueAt(fields, path);
  return typeof value === "string" ? value : "";
}

import { textIn, type RecordRef } from "../json.ts";
import type { Twin } from "../twin.ts";

/** The text in a field of a stored record; empty when there is none. */
export function textOf(twin: Twin, { object, id }: RecordRef, field: string): string {
  return textIn(twin.state.records[object]?.[String(id)], field) ?? "";
}

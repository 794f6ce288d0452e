import type { Random, TwinRecord } from "@crossfoot/twin";

/** A field of a record as text; empty when it is absent, null or no scalar. */
export function textIn(record: { readonly [field: string]: unknown } | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** One of the records that pass a test, or null when none does. */
export function pickWhere(
  random: Random,
  records: readonly TwinRecord[],
  test: (record: TwinRecord) => boolean,
): TwinRecord | null {
  const fitting = records.filter(test);
  return fitting.length === 0 ? null : random.pick(fitting);
}

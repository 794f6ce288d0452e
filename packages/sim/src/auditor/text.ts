import type { Json } from "@crossfoot/kernel";

/** The same text for equal values, whatever the order of keys. */
export function textOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, part]) => `${key}:${textOf(part)}`).join(",")}}`;
}

/** A text as it is, anything else as JSON. */
export const wordOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

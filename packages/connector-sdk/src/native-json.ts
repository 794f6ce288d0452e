import type { Json, JsonMap } from "@crossfoot/kernel";

/** True for a JSON map. */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The maps of a list; anything else in it is left out. */
export const mapsOf = (value: Json | undefined): readonly JsonMap[] =>
  isList(value) ? value.filter(isMap) : [];

/** A scalar as text, empty for anything else. */
export const scalar = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";

/** The positive integer that an id of ours is the text of, or undefined when it is none. */
export function numberOf(id: Json | undefined): number | undefined {
  const number =
    typeof id === "number"
      ? id
      : typeof id === "string" && /^[1-9]\d{0,14}$/.test(id)
        ? Number(id)
        : Number.NaN;
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** True for null, empty text and blanks only. */
export const isBlank = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** Equal JSON values, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return stable(a ?? null) === stable(b ?? null);
}

/** JSON text with sorted keys. */
export function stable(value: Json): string {
  if (isList(value)) return `[${value.map(stable).join(",")}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stable(value[key] ?? null)}`).join(",")}}`;
}

import type { Json, JsonMap } from "@crossfoot/kernel";

/**
 * The map's own value under a key; undefined when it has none. Keys of the prototype (`__proto__`) are not
 * its own.
 */
export function own(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The map with one key set; `__proto__` becomes a plain key like any other. */
export function withKey(map: JsonMap, key: string, value: Json): JsonMap {
  return { ...map, [key]: value };
}

/** The sub-map of the keys that are there. */
export function pick(map: JsonMap, keys: Iterable<string>): JsonMap {
  const picked: [string, Json][] = [];
  for (const key of keys) {
    const value = own(map, key);
    if (value !== undefined) picked.push([key, value]);
  }
  return Object.fromEntries(picked);
}

/** True for a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for text, a number or a truth value. */
export function isScalar(value: Json | undefined): value is boolean | number | string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** How a scalar is written as text (`1` and `"1"` have the same form); undefined for anything else. */
export function textForm(value: Json | undefined): string | undefined {
  return isScalar(value) ? String(value) : undefined;
}

/** The text form of a native id: text that is not empty, or a whole number that a double holds exactly. */
export function idForm(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
}

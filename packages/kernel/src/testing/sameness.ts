import type { GroupValue, Line, Value } from "../value.ts";

/**
 * What the tests hold to be equal, written without the kernel's own idea of it: the judge must not share a
 * bug with the judged. Lines are compared by key, whatever their order; all else by structure.
 */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return sameLines(a as Line[], b as Line[]);
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.every((key) => same(left[key], right[key]));
}

function sameLines(a: readonly Line[], b: readonly Line[]): boolean {
  return (
    a.length === b.length &&
    a.every((line) => b.some((other) => other.key === line.key && same(other.fields, line.fields)))
  );
}

/** True for a group: several parts that are delivered, or not, each for itself. */
export function isGroup(value: unknown): value is GroupValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a reference: one value, although it is a map. */
function pointsAway(value: GroupValue): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === "link" || keys[0] === "awaits");
}

/**
 * True when nothing that the value delivers differs from the image. A part that is not delivered says
 * nothing.
 */
export function showsNothingElse(value: Value | undefined, image: Value | undefined): boolean {
  if (value === undefined) return true;
  if (!isGroup(value) || !isGroup(image) || pointsAway(value) || pointsAway(image)) return same(value, image);
  return Object.entries(value).every(([part, inner]) => showsNothingElse(inner, image[part]));
}

/** True when there is nothing in the value that a person could miss. */
export function hasNothing(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isGroup(value) && Object.values(value).every((part) => hasNothing(part));
}

/** True when the two differ in nothing that both of them deliver. */
export function agree(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (!isGroup(a) || !isGroup(b) || pointsAway(a) || pointsAway(b)) return same(a, b);
  return Object.keys(a).every((part) => agree(a[part], b[part]));
}

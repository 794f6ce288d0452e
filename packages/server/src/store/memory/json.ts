import { MemoryRefusal } from "./refusal.ts";

const frozen = new WeakSet<object>();

/** Order of texts by code point, as PostgreSQL orders them in the C collation. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const one = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (one === other) continue;
    // Halves of a pair stand for code points above all others.
    const isPair = (unit: number): boolean => unit >= 0xd8_00 && unit <= 0xdf_ff;
    if (isPair(one) !== isPair(other)) return isPair(one) ? 1 : -1;
    return one - other;
  }
  return a.length - b.length;
}

/** Order of keys in `jsonb`: shorter ones first. */
const compareKeys = (a: string, b: string): number => a.length - b.length || compareText(a, b);

function soundText(text: string): string {
  if (text.isWellFormed() && !text.includes("\u0000")) return text;
  throw new MemoryRefusal({ code: "22P05", message: "unsupported Unicode escape sequence" });
}

function stored(value: unknown): unknown {
  if (typeof value === "string") return soundText(value);
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (frozen.has(value)) return value;
  const copy: unknown = Array.isArray(value) ? value.map(stored) : storedMap(value);
  Object.freeze(copy);
  frozen.add(copy as object);
  return copy;
}

function storedMap(value: object): { readonly [key: string]: unknown } {
  const keys = Object.keys(value).toSorted(compareKeys);
  const copy: Record<string, unknown> = {};
  for (const key of keys) {
    const member = (value as { readonly [key: string]: unknown })[key];
    if (member === undefined) continue;
    // As an own member, whatever it is called.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: stored(member), enumerable: true });
    else copy[soundText(key)] = stored(member);
  }
  return copy;
}

/**
 * A value as a `jsonb` column gives it back: a frozen copy, keys in the order of `jsonb`, nothing absent,
 * minus zero as zero. A value that came from here is not copied again.
 */
export function jsonb<T>(value: T): T {
  return stored(value) as T;
}

import { isMap } from "./wire.ts";
import type { Json } from "./wire.ts";

/**
 * 16 characters of digits and points hold a number that a double may damage; an exponent of 3 digits may
 * overflow.
 */
const suspect = /[0-9.]{16}|[eE][+-]?\d{3}/;
const digitsKept = 15;

/**
 * Parses JSON without harm to numbers: a number of more than 15 significant digits, or one that a double
 * cannot hold, comes as text, digit by digit as sent. Undefined when the text is no JSON.
 */
export function parseJson(text: string): Json | undefined {
  try {
    return suspect.test(text) ? (JSON.parse(text, keepDigits) as Json) : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/**
 * A reviver with access to the source text of a number (in Node since 21, not yet in the compiler's
 * library).
 */
function keepDigits(this: unknown, _key: string, value: unknown, ...context: readonly unknown[]): unknown {
  if (typeof value !== "number") return value;
  const source = (context[0] as { readonly source?: string } | undefined)?.source;
  return source === undefined || isFaithful(source, value) ? value : source;
}

function isFaithful(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const mantissa = source
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "")
    .replace(/0+$/, "");
  if (mantissa.length > digitsKept) return false;
  return value !== 0 || mantissa === "";
}

/**
 * The JSON at the end of an error answer that begins with HTML: from the last line that is nothing but `{`.
 * Undefined when there is none.
 */
export function parseTail(text: string): Json | undefined {
  const from = Math.max(text.lastIndexOf("\n{\n"), text.lastIndexOf("\n{\r\n"));
  return from < 0 ? undefined : parseJson(text.slice(from + 1));
}

/** Canonical text of a JSON value: keys sorted. For comparing two rows. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

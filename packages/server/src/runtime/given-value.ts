import { isMap, parseValue } from "@crossfoot/kernel";
import type { FieldKind, Json, Value } from "@crossfoot/kernel";

/** The value that a person's text is, or what was expected instead, in words. */
export type GivenValue = { readonly value: Value } | { readonly expected: string };

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["false", false],
  ["no", false],
]);
const measured = /^(\S+)(?:\s+(\S+))?$/;

/**
 * The value of a kind that is written as `text`: decimals with a point and without separators of thousands,
 * `YYYY-MM-DD`, instants in UTC, yes or no, amounts as `12.50 EUR`, quantities as `3 pcs`; where the currency
 * or unit is left out, the one in `shown`, the value that is there now, stands. "" is no value. Never throws.
 */
export function givenValue(kind: FieldKind, text: string, shown: Value | undefined): GivenValue {
  if (text === "") return { value: null };
  const parsed = parseValue(kind, jsonOf(kind, text, shown));
  return parsed.ok ? { value: parsed.value } : { expected: parsed.problem.expected };
}

function jsonOf(kind: FieldKind, text: string, shown: Value | undefined): Json {
  if (kind.kind === "boolean") return words.get(text.toLowerCase()) ?? text;
  if (kind.kind === "money") return measure(text, shown, ["amount", "currency"]);
  if (kind.kind === "quantity") return measure(text, shown, ["value", "unit"]);
  return text;
}

function measure(text: string, shown: Value | undefined, names: readonly [string, string]): Json {
  const [, size = text, given] = measured.exec(text) ?? [];
  const [amount, measuredIn] = names;
  const known = isMap(shown as Json) ? (shown as { readonly [part: string]: Json })[measuredIn] : undefined;
  const unit = given ?? known;
  return unit === undefined ? { [amount]: size } : { [amount]: size, [measuredIn]: unit };
}

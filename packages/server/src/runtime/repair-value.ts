import { isEqual, isMap } from "@crossfoot/kernel";
import type { Fields, FieldKind, FieldPolicy, Json, Value } from "@crossfoot/kernel";
import { isBlank } from "@crossfoot/matching";
import { textAt, valueAt } from "./field-path.ts";
import { givenValue } from "./given-value.ts";
import { erasureRule, givenRule } from "./repair-report.ts";
import type { RepairAsked } from "./repair-report.ts";

/** What a value becomes, or why it stays. */
export type Mended =
  | { readonly value: Value }
  | { readonly left: "changed" | "refused" | "done"; readonly reason: string };

/** Fields that no record can be without: a filler there is replaced by a person, never taken away. */
const neverEmpty: ReadonlySet<string> = new Set(["name", "sku", "code", "number"]);

/** The text or the yes or no in a place of a record; "" for nothing. Never throws. */
const wordAt = (fields: Fields, path: string): string => {
  const value = valueAt(fields, path);
  return typeof value === "boolean" ? String(value) : textAt(fields, path);
};

const changed: Mended = { left: "changed", reason: "it shows something else since it was looked at" };
const sameText = (one: string, other: string): boolean => one.trim() === other.trim();

/** Sets a part of a field, of which `shown` is what it holds; null where there is nothing. */
function withPart(shown: Value | undefined, part: string | undefined, to: string): Value {
  const value = to === "" ? null : to;
  return part === undefined ? value : withGiven(shown, part, value);
}

function withGiven(shown: Value | undefined, part: string, value: Value): Value {
  const parts = isMap(shown as Json) ? (shown as Fields) : {};
  return { ...parts, [part]: value } as Value;
}

/**
 * What a field becomes when one place of it is put right. `shown` is what the record shows now, `before` the
 * field as far as other repairs have changed it, `others` what the records of other systems show. Pure.
 */
export function mendedValue(
  asked: RepairAsked,
  at: {
    readonly policy: FieldPolicy;
    readonly shown: Fields;
    readonly before: Value | undefined;
    readonly others: readonly Fields[];
  },
): Mended {
  const { path, was, to } = asked;
  const { policy, shown, before, others } = at;
  const [field = "", part] = path.split(".");
  if (asked.rule === givenRule) return givenAt(asked, at);
  if (was !== null && !sameText(wordAt(shown, path), was)) return changed;
  const known = others.filter((other) => !isBlank(wordAt(other, path)));
  const told = new Set(known.map((other) => wordAt(other, path).trim()));
  // Nobody's value is brought back where a person is erased.
  if (asked.rule !== erasureRule && told.size === 1 && (to === null || to === "")) {
    const [source] = known;
    if (policy.kind.kind === "money") return { value: source?.[field] ?? null };
    // An address merges as one value, or two edits make an address nobody wrote.
    if (part === undefined || isSameBut(shown[field], source?.[field], part))
      return { value: withPart(before, part, [...told][0] ?? "") };
  }
  if (to === null) return { left: "refused", reason: whyNoSource(told, part) };
  if (to === "" && neverEmpty.has(field))
    return { left: "refused", reason: "no record can be without it: somebody has to know it" };
  if (policy.kind.kind === "money") return { left: "refused", reason: "an amount is put right by a person" };
  return { value: withPart(before, part, to) };
}

/** What a field becomes when a person gives the value of one place of it. */
function givenAt(
  { path, was, to }: RepairAsked,
  at: { readonly policy: FieldPolicy; readonly shown: Fields; readonly before: Value | undefined },
): Mended {
  const [field = "", part, ...deeper] = path.split(".");
  const { kind } = at.policy;
  const own = part === undefined ? kind : partOf(kind, part);
  if (own === undefined || deeper.length > 0)
    return { left: "refused", reason: "the field has no such part" };
  if (own.kind === "group") return { left: "refused", reason: "a part of it is given, not all of it" };
  if ((to ?? "") === "" && neverEmpty.has(field))
    return { left: "refused", reason: "no record can be without it" };
  const shown = valueAt(at.shown, path) as Value | undefined;
  const before = was === null ? null : givenValue(own, was, shown);
  if (before !== null && !("value" in before && isEqual(before.value, shown ?? null))) return changed;
  const given = givenValue(own, to ?? "", shown);
  if ("expected" in given) return { left: "refused", reason: `${given.expected} was expected` };
  return { value: part === undefined ? given.value : withGiven(at.before, part, given.value) };
}

const partOf = (kind: FieldKind, part: string): FieldKind | undefined =>
  kind.kind === "group" && Object.hasOwn(kind.parts, part) ? kind.parts[part] : undefined;

function whyNoSource(told: ReadonlySet<string>, part: string | undefined): string {
  if (told.size === 0) return "no other system has it: somebody has to know it";
  if (told.size > 1) return "the other systems say different things";
  return `the rest of the value differs there: taking ${part ?? "it"} alone would make one that nobody wrote`;
}

/** Whether two values of several parts say the same, but for one part, as far as both say something. */
function isSameBut(one: Value | undefined, other: Value | undefined, part: string): boolean {
  const [mine, theirs] = [one ?? null, other ?? null] as const;
  if (!isMap(mine as Json) || !isMap(theirs as Json)) return false;
  return Object.keys(theirs as object).every((name) => {
    const [own, its] = [wordAt(mine as Fields, name), wordAt(theirs as Fields, name)];
    return name === part || own === "" || its === "" || own.toLowerCase() === its.toLowerCase();
  });
}

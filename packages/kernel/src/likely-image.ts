import type { Value } from "./value.ts";
import { isEqual, isPlainGroup } from "./value.ts";

/**
 * Whether `shown` may be what a system keeps of a value it was sent: equal; a text that was cut, trimmed,
 * written in other case or without accents; a number that was rounded; a group of such parts. Used where
 * nobody can say whether a difference is the system's or a person's (the answer to a write was lost,
 * INVARIANTS.md 5, row 10): a likely image counts as ours, anything else as somebody's edit. A person who
 * shortens a text in that moment is taken for the system. Never throws.
 */
export function isLikelyImage(sent: Value | undefined, shown: Value | undefined): boolean {
  if (isEqual(sent, shown)) return true;
  if (typeof sent === "string" && typeof shown === "string")
    return areDecimals(sent, shown) ? isRounded(sent, shown) : isCut(sent, shown);
  if (!isPlainGroup(sent) || !isPlainGroup(shown)) return false;
  const parts = new Set([...Object.keys(sent), ...Object.keys(shown)]);
  return [...parts].every((part) => shown[part] === undefined || isLikelyImage(sent[part], shown[part]));
}

const folded = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/\s+/gu, " ").trim().toLowerCase();

function isCut(sent: string, shown: string): boolean {
  const kept = folded(shown);
  return kept === "" ? folded(sent) === "" : folded(sent).startsWith(kept);
}

const decimalForm = /^-?\d+(?:\.\d+)?$/u;

const areDecimals = (sent: string, shown: string): boolean =>
  decimalForm.test(sent) && decimalForm.test(shown);

/** Equal to within one unit of the last place that is shown, which has fewer places than what was sent. */
function isRounded(sent: string, shown: string): boolean {
  const [places, kept] = [placesOf(sent), placesOf(shown)];
  if (kept >= places) return false;
  const unit = 10n ** BigInt(places - kept);
  const difference = unitsOf(sent) - unitsOf(shown) * unit;
  return difference < unit && difference > -unit;
}

const placesOf = (decimal: string): number => decimal.split(".")[1]?.length ?? 0;
const unitsOf = (decimal: string): bigint => BigInt(decimal.replace(".", ""));

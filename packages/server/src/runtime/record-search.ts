import { fold } from "@crossfoot/matching";
import type { LinkedRecord } from "./looking-port.ts";

/** A text without what separates its words: a phone number is found with and without its blanks. */
const joined = (text: string): string => fold(text).replaceAll(" ", "");

/**
 * A search for words, each of which stands in a value or an id of a record as it is given, whatever their
 * case, accents and script: `muller gmbh`, `Müller`, `0049 30`. Without a letter or a digit it finds nothing.
 * Never throws.
 */
export function searchFor(text: string): (record: LinkedRecord) => boolean {
  const words = text.split(/\s+/).map(joined).filter(Boolean);
  return ({ members }) => {
    if (words.length === 0) return false;
    const texts = members.flatMap(({ id, fields }) => [id, ...leavesOf(fields)]).map(joined);
    return words.every((word) => texts.some((each) => each.includes(word)));
  };
}

/** The texts and numbers in a value, however deep. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(leavesOf);
}

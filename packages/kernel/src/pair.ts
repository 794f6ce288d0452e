import { isBlank, isEqual } from "./value.ts";
import type { Fields } from "./value.ts";

/** A line of one side, to be paired with the other side's. */
export interface LineToPair {
  readonly id: string;
  readonly fields: Fields;
  /** Our line key stored on the native row, when the system has a place for it. */
  readonly lineRef: string | null;
}

/** A line as it was written, with its key. */
interface KnownLine {
  readonly key: string;
  readonly fields: Fields;
}

/**
 * Pairs lines of two sides that are not linked yet: first by our own reference stored on the row, then by
 * equal fingerprints, from all parts named down to the first alone: a system that rounds prices still pairs
 * by product and quantity. A blank identifies nothing. Equal ones pair in their order; what is not paired is
 * left over on each side. `isAmbiguous` when the order decided between lines, or rows, that are not equal:
 * then a person looks at it.
 */
export function pairLines(
  known: readonly KnownLine[],
  rows: readonly LineToPair[],
  parts: readonly string[],
): { readonly pairs: ReadonlyMap<string, string>; readonly isAmbiguous: boolean } {
  const pairs = new Map<string, string>();
  const openLines = new Map(known.map((line) => [line.key, line]));
  const openRows = new Map(rows.map((row) => [row.id, row]));
  const pair = (key: string, id: string): void => {
    pairs.set(id, key);
    openLines.delete(key);
    openRows.delete(id);
  };
  for (const row of rows) if (row.lineRef !== null && openLines.has(row.lineRef)) pair(row.lineRef, row.id);
  let isAmbiguous = false;
  for (let length = parts.length; length > 0; length -= 1) {
    const names = parts.slice(0, length);
    for (const line of known) {
      if (!openLines.has(line.key) || !identifies(line.fields, names, length === parts.length)) continue;
      const fits = [...openRows.values()].filter((row) => isSame(row, line, names));
      const [row] = fits;
      if (row === undefined) continue;
      const rivals = [...openLines.values()].filter((rival) => isSame(rival, line, names));
      const isFree =
        (areSame(fits, parts) && fits.length >= rivals.length) ||
        (areSame(rivals, parts) && rivals.length >= fits.length);
      isAmbiguous ||= !isFree;
      pair(line.key, row.id);
    }
  }
  return { pairs, isAmbiguous };
}

type WithFields = Pick<KnownLine, "fields">;

/** All parts together identify a line when one of them is there; fewer do only when each of them is. */
function identifies(fields: Fields, names: readonly string[], isWhole: boolean): boolean {
  return isWhole
    ? names.some((name) => !isBlank(fields[name]))
    : names.every((name) => !isBlank(fields[name]));
}

function isSame(a: WithFields, b: WithFields, names: readonly string[]): boolean {
  return names.every((name) => isEqual(a.fields[name], b.fields[name]));
}

function areSame(lines: readonly WithFields[], names: readonly string[]): boolean {
  return lines.every((line) => isSame(line, lines[0] as WithFields, names));
}

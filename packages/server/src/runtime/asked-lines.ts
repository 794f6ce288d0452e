import { isEqual, isLines, pairLines } from "@crossfoot/kernel";
import type { Line, Value } from "@crossfoot/kernel";

/**
 * Whether a list shows the lines that a person asked for, as far as they say what they hold: those that are
 * known under their keys, and as many others as are new, alike in what was asked for. Pure, total.
 */
export function isAsked(sent: Value | undefined, shown: Value | undefined): boolean {
  if (!isLines(sent) || !isLines(shown) || sent.length !== shown.length) return false;
  const byKey = new Map(shown.map((line) => [line.key, line]));
  const known = sent.filter(({ key }) => byKey.has(key));
  if (!known.every((line) => holds(byKey.get(line.key), line))) return false;
  const own = new Set(sent.map(({ key }) => key));
  const fresh = sent.filter(({ key }) => !byKey.has(key));
  const rows = shown.filter(({ key }) => !own.has(key));
  const parts = [...new Set(fresh.flatMap(({ fields }) => Object.keys(fields)))];
  const asRows = rows.map(({ key, fields }) => ({ id: key, fields, lineRef: null }));
  const { pairs } = pairLines(fresh, asRows, parts);
  return (
    [...pairs].every(([id, key]) => {
      const line = fresh.find((each) => each.key === key);
      return line !== undefined && holds(byKey.get(id), line);
    }) && pairs.size === fresh.length
  );
}

const holds = (row: Line | undefined, { fields }: Line): boolean =>
  row !== undefined && Object.entries(fields).every(([part, value]) => isEqual(row.fields[part], value));

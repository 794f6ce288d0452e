/** Words up to this length are compared without taking memory. */
const usualMax = 255;
/** Letters of the longer word that were met, and the letters in the order they were met. */
const usualTaken = new Uint8Array(usualMax);
const usualMet = new Uint16Array(usualMax);
/** Rows of the table of edits. */
const usualRows = [0, 1, 2].map(() => new Int32Array(usualMax + 1)) as readonly Int32Array[];

/**
 * Jaro-Winkler closeness of two words, 0 (nothing shared) to 1 (equal). Winkler 1990, prefix scale 0.1 over
 * at most four letters. Symmetric. Never throws.
 */
export function jaroWinkler(left: string, right: string): number {
  if (left === right) return left === "" ? 0 : 1;
  const isFirst = left.length < right.length || (left.length === right.length && left < right);
  const a = isFirst ? left : right;
  const b = isFirst ? right : left;
  const jaro = jaroOf(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroOf(a: string, b: string): number {
  const window = Math.max(0, Math.floor(b.length / 2) - 1);
  const taken = b.length > usualMax ? new Uint8Array(b.length) : usualTaken;
  const metCodes = b.length > usualMax ? new Uint16Array(b.length) : usualMet;
  taken.fill(0, 0, b.length);
  let shared = 0;
  for (let at = 0; at < a.length; at++) {
    const code = a.charCodeAt(at);
    const end = Math.min(b.length, at + window + 1);
    for (let other = Math.max(0, at - window); other < end; other++) {
      if (taken[other] === 1 || b.charCodeAt(other) !== code) continue;
      taken[other] = 1;
      metCodes[shared++] = code;
      break;
    }
  }
  if (shared === 0) return 0;
  let crossed = 0;
  let next = 0;
  for (let other = 0; other < b.length; other++) {
    if (taken[other] !== 1) continue;
    if (b.charCodeAt(other) !== metCodes[next]) crossed++;
    next++;
  }
  return (shared / a.length + shared / b.length + (shared - crossed / 2) / shared) / 3;
}

/**
 * Edits between two words (insert, drop, change, swap of neighbours), counted up to `limit`; more gives
 * `limit + 1`. Symmetric. Never throws.
 */
export function editsBetween(left: string, right: string, limit: number): number {
  if (left === right) return 0;
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  const rows = right.length > usualMax ? usualRows.map(() => new Int32Array(right.length + 1)) : usualRows;
  let [before, last, line] = rows as [Int32Array, Int32Array, Int32Array];
  for (let at = 0; at <= right.length; at++) last[at] = at;
  for (let row = 1; row <= left.length; row++) {
    const mine = left.charCodeAt(row - 1);
    line[0] = row;
    let least = row;
    for (let at = 1; at <= right.length; at++) {
      const theirs = right.charCodeAt(at - 1);
      const change = (last[at - 1] ?? 0) + (mine === theirs ? 0 : 1);
      let cost = Math.min((last[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1, change);
      const isSwapped =
        row > 1 && at > 1 && mine === right.charCodeAt(at - 2) && left.charCodeAt(row - 2) === theirs;
      if (isSwapped) cost = Math.min(cost, (before[at - 2] ?? 0) + 1);
      line[at] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [before, last, line] = [last, line, before];
  }
  return Math.min(limit + 1, last[right.length] ?? limit + 1);
}

/**
 * Jaro-Winkler closeness of two words, 0 (nothing shared) to 1 (equal). Winkler 1990, prefix scale 0.1 over
 * at most four letters. Symmetric. Never throws.
 */
export function jaroWinkler(left: string, right: string): number {
  if (left === right) return left === "" ? 0 : 1;
  const [a, b] =
    left.length < right.length || (left.length === right.length && left < right)
      ? [left, right]
      : [right, left];
  const jaro = jaroOf(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroOf(a: string, b: string): number {
  const window = Math.max(0, Math.floor(b.length / 2) - 1);
  const taken = new Uint8Array(b.length);
  const met: number[] = [];
  for (let at = 0; at < a.length; at++) {
    const code = a.charCodeAt(at);
    const end = Math.min(b.length, at + window + 1);
    for (let other = Math.max(0, at - window); other < end; other++) {
      if (taken[other] === 1 || b.charCodeAt(other) !== code) continue;
      taken[other] = 1;
      met.push(code);
      break;
    }
  }
  if (met.length === 0) return 0;
  let crossed = 0;
  let next = 0;
  for (let other = 0; other < b.length; other++) {
    if (taken[other] !== 1) continue;
    if (b.charCodeAt(other) !== met[next]) crossed++;
    next++;
  }
  const shared = met.length;
  return (shared / a.length + shared / b.length + (shared - crossed / 2) / shared) / 3;
}

/**
 * Edits between two words (insert, drop, change, swap of neighbours), counted up to `limit`; more gives
 * `limit + 1`. Symmetric. Never throws.
 */
export function editsBetween(left: string, right: string, limit: number): number {
  if (left === right) return 0;
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const line = [row];
    let least = row;
    for (let at = 1; at <= right.length; at++) {
      const isSame = left[row - 1] === right[at - 1];
      let cost = Math.min(
        (last[at] ?? 0) + 1,
        (line[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwapped =
        row > 1 && at > 1 && left[row - 1] === right[at - 2] && left[row - 2] === right[at - 1];
      if (isSwapped) cost = Math.min(cost, (before[at - 2] ?? 0) + 1);
      line.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = line;
  }
  return Math.min(limit + 1, last[right.length] ?? limit + 1);
}

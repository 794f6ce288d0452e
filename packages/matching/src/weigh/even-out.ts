/**
 * Logarithms of the ratio of two distributions over ordered levels, made never to fall from level 1
 * upwards:
 * neighbours that fall are pooled (pool adjacent violators). Level 0 gets 0. Both must be positive above 0.
 */
export function evenOut(match: Float64Array, other: Float64Array): Float64Array {
  const blocks: { match: number; other: number; levels: number }[] = [];
  for (let level = 1; level < match.length; level++) {
    let block = { match: match[level] ?? 0, other: other[level] ?? 0, levels: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.match * block.other <= block.match * last.other) break;
      block = {
        match: last.match + block.match,
        other: last.other + block.other,
        levels: last.levels + block.levels,
      };
      blocks.pop();
    }
    blocks.push(block);
  }
  const weights = new Float64Array(match.length);
  let at = 1;
  for (const block of blocks)
    for (let times = 0; times < block.levels; times++) weights[at++] = Math.log(block.match / block.other);
  return weights;
}

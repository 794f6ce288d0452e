/**
 * The seed of the random tests as it is written in CROSSFOOT_PROPERTY_SEED, a 32-bit integer; 1 when nothing
 * is written there. Throws a RangeError on anything else.
 */
export function seedFrom(text: string | undefined): number {
  if (text === undefined) return 1;
  const seed = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if ((seed | 0) !== seed)
    throw new RangeError(
      `CROSSFOOT_PROPERTY_SEED is ${JSON.stringify(text)}, but has to be a 32-bit integer`,
    );
  return seed;
}

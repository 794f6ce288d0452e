/** Ways to take a discount off quantity times price; see {@link worthsOf}. */
export const waysMax = 7;

const roundTo = (amount: number, minor: number): number =>
  Math.round((amount + Math.sign(amount) * 1e-9) / minor) * minor;

/** A line as it is multiplied out. */
export interface Multiplied {
  readonly quantity: number;
  readonly price: number;
  /** As it stands there: an amount, percent, or a part of one; 0 for none. */
  readonly discount: number;
  /** Whether the discount is told as percent. */
  readonly isPercent: boolean;
  /** Smallest piece of money. */
  readonly minor: number;
}

/**
 * What a line is worth, by each way that systems take a discount: not at all (the price has it already), in
 * percent of the line or of the price, as a part of one of either, as an amount of the line or of each piece.
 * Ways that cannot be meant are not a number. Never throws.
 */
export function worthsOf({ quantity, price, discount, isPercent, minor }: Multiplied): readonly number[] {
  const base = quantity * price;
  const off = Math.abs(discount);
  if (off === 0) return Array.from({ length: waysMax }, () => base);
  const share = off <= 100 ? 1 - off / 100 : Number.NaN;
  const part = off <= 1 && !isPercent ? 1 - off : Number.NaN;
  const amount = isPercent ? Number.NaN : off;
  return [
    base,
    ...[base * share, quantity * roundTo(price * share, minor)],
    ...[base * part, quantity * roundTo(price * part, minor)],
    ...[base - amount * (Math.sign(base) || 1), base - amount * quantity],
  ];
}

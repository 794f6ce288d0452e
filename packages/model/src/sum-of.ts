import { Big } from "big.js";

/** The exact sum of decimal texts; "0" of none. Throws for a text that is no decimal. */
export function sumOf(decimals: readonly string[]): string {
  return decimals.reduce((sum, each) => sum.plus(each), new Big(0)).toFixed();
}

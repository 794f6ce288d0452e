import type { TaxRate } from "./document.ts";
import { fractionOf, over, plus, sumOf, times, zero } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";

/** A tax of a line as a straight line: `ofNet` of the net amount and `ofUnit` per unit of quantity. */
export interface Coefficient {
  readonly code: string;
  readonly ofNet: Fraction;
  readonly ofUnit: Fraction;
}

/**
 * What each tax of a line takes. A compound tax is taken from the net and from those taxes it stands on
 * that the line has too.
 */
export function coefficientsOf(
  codes: readonly string[],
  taxes: { readonly [code: string]: TaxRate },
): readonly Coefficient[] {
  const known = new Map<string, Coefficient>();
  const find = (code: string): Coefficient => {
    const found = known.get(code);
    if (found !== undefined) return found;
    const tax = taxes[code] ?? {};
    const rate = over(fractionOf(tax.percent ?? "0"), fractionOf("100"));
    const below = (tax.on ?? []).filter((each) => codes.includes(each)).map(find);
    const own = {
      code,
      ofNet: times(rate, sumOf([fractionOf("1"), ...below.map(({ ofNet }) => ofNet)])),
      ofUnit: plus(fractionOf(tax.perUnit ?? "0"), times(rate, sumOf(below.map(({ ofUnit }) => ofUnit)))),
    };
    known.set(code, own);
    return own;
  };
  return codes.map(find);
}

/** Both coefficients of all taxes of a line together. */
export const wholeOf = (all: readonly Coefficient[]): { ofNet: Fraction; ofUnit: Fraction } => ({
  ofNet: all.reduce((sum, { ofNet }) => plus(sum, ofNet), zero),
  ofUnit: all.reduce((sum, { ofUnit }) => plus(sum, ofUnit), zero),
});

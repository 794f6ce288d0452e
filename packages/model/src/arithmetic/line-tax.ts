import { coefficientsOf, wholeOf } from "./coefficients.ts";
import type { TaxRate } from "./document.ts";
import { fractionOf, minus, over, plus, times } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";
import type { ValuedLine } from "./line.ts";
import type { RuleSet } from "./rules.ts";

/** A line with its taxes before they are rounded. */
export interface TaxedLine extends ValuedLine {
  /** Net amount that tax is taken from, exact. */
  readonly netExact: Fraction;
  readonly parts: readonly { readonly code: string; readonly exact: Fraction }[];
}

const one = fractionOf("1");

/** Tells the taxes of lines apart, exactly: added to a net price, or taken out of a gross one. */
export function taxLines(
  lines: readonly ValuedLine[],
  taxes: { readonly [code: string]: TaxRate },
  rules: RuleSet,
): readonly TaxedLine[] {
  const known = new Map<string, ReturnType<typeof coefficientsOf>>();
  return lines.map((line) => {
    const signature = JSON.stringify(line.taxes);
    const coefficients = known.get(signature) ?? coefficientsOf(line.taxes, taxes);
    known.set(signature, coefficients);
    const amount = line.worth ?? (rules.taxBase === "rounded" ? fractionOf(line.shown) : line.exact);
    const whole = wholeOf(coefficients);
    const netExact =
      rules.prices === "net" || coefficients.length === 0
        ? amount
        : over(minus(amount, times(whole.ofUnit, line.quantity)), plus(one, whole.ofNet));
    const parts = coefficients.map(({ code, ofNet, ofUnit }) => ({
      code,
      exact: plus(times(ofNet, netExact), times(ofUnit, line.quantity)),
    }));
    return { ...line, netExact, parts };
  });
}

/** Whether tax can be taken out of a gross price: together the taxes are not minus the whole of it. */
export function isContainable(
  codes: readonly string[],
  taxes: { readonly [code: string]: TaxRate },
): boolean {
  return !plus(one, wholeOf(coefficientsOf(codes, taxes)).ofNet).above.eq(0);
}

import { Big } from "big.js";
import { fractionOf, minus, plus, signOf, sumOf, zero } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";
import type { TaxedLine } from "./line-tax.ts";
import { roundTo } from "./rounding.ts";
import type { RuleSet } from "./rules.ts";
import { shareOut } from "./spread.ts";

/** Tax of a document: by tax, by line, and in all. */
export interface RoundedTax {
  readonly byTax: ReadonlyMap<string, Big>;
  /** In the order of the lines. */
  readonly byLine: readonly Big[];
  readonly total: Big;
}

/** How amounts of tax are rounded. */
export interface TaxRules {
  readonly rules: RuleSet;
  readonly round: (value: Fraction) => Big;
  /** How a net amount is rounded. */
  readonly roundNet: (value: Fraction) => Big;
}

/** The rules of tax with their step, which is that of amounts unless they say another. */
export const taxRulesOf = (rules: RuleSet, amountStep: Big): TaxRules => {
  const step = rules.taxStep === null ? amountStep : new Big(rules.taxStep);
  return {
    rules,
    round: (value) => roundTo(value, step, rules.taxMode ?? rules.mode),
    roundNet: (value) => roundTo(value, amountStep, rules.mode),
  };
};

interface Part {
  readonly at: number;
  readonly exact: Fraction;
  readonly isBelow: boolean;
}

function partsByTax(lines: readonly TaxedLine[]): Map<string, Part[]> {
  const found = new Map<string, Part[]>();
  for (const [at, line] of lines.entries()) {
    const isBelow = signOf(line.netExact) < 0;
    for (const { code, exact } of line.parts) {
      const parts = found.get(code) ?? [];
      parts.push({ at, exact, isBelow });
      found.set(code, parts);
    }
  }
  return found;
}

const exactOf = (parts: readonly Part[]): Fraction => sumOf(parts.map(({ exact }) => exact));

/** Tax of a group, rounded once; lines below zero apart, with the rest of theirs carried to the others. */
function groupTotal(parts: readonly Part[], { rules, round }: TaxRules): Big {
  const below = parts.filter(({ isBelow }) => isBelow);
  if (rules.taxSigns === "together" || below.length === 0) return round(exactOf(parts));
  const exact = exactOf(below);
  const first = round(exact);
  const above = parts.filter(({ isBelow }) => !isBelow);
  if (above.length === 0) return first;
  return first.plus(round(plus(minus(exact, fractionOf(first)), exactOf(above))));
}

function runningShares(parts: readonly Part[], round: TaxRules["round"]): readonly Big[] {
  let soFar = new Big(0);
  return parts.map(({ exact }) => {
    const next = round(plus(fractionOf(soFar), exact));
    const share = next.minus(soFar);
    soFar = next;
    return share;
  });
}

/** Shares of one tax on its lines. */
function sharesOf(parts: readonly Part[], total: Big | null, how: TaxRules): readonly Big[] {
  if (total !== null)
    return shareOut(
      parts.map(({ exact }) => exact),
      total,
      { sharing: how.rules.taxShares, round: how.round },
    );
  if (how.rules.taxRounding === "running") return runningShares(parts, how.round);
  return parts.map(({ exact }) => how.round(exact));
}

/** The total of each tax where it does not follow from its lines; null where it does. */
function totalsOf(
  groups: ReadonlyMap<string, readonly Part[]>,
  how: TaxRules,
): ReadonlyMap<string, Big | null> {
  const { taxRounding } = how.rules;
  if (taxRounding === "line" || taxRounding === "running")
    return new Map([...groups.keys()].map((code) => [code, null]));
  if (taxRounding === "group")
    return new Map([...groups].map(([code, parts]) => [code, groupTotal(parts, how)]));
  const exact = [...groups.values()].map(exactOf);
  const shares = shareOut(exact, how.round(sumOf(exact)), { sharing: "carried", round: how.round });
  return new Map([...groups.keys()].map((code, at) => [code, shares[at] ?? new Big(0)]));
}

/** Rounds the taxes of a document's lines where and how the rules say. */
export function roundTaxes(lines: readonly TaxedLine[], how: TaxRules): RoundedTax {
  const groups = partsByTax(lines);
  const totals = totalsOf(groups, how);
  const byLine = lines.map(() => new Big(0));
  const byTax = new Map<string, Big>();
  for (const [code, parts] of groups) {
    const given = totals.get(code) ?? null;
    const shares = sharesOf(parts, given, how);
    for (const [place, { at }] of parts.entries())
      byLine[at] = (byLine[at] ?? new Big(0)).plus(shares[place] ?? 0);
    byTax.set(code, given ?? shares.reduce((sum, share) => sum.plus(share), new Big(0)));
  }
  return { byTax, byLine, total: [...byTax.values()].reduce((sum, tax) => sum.plus(tax), new Big(0)) };
}

/**
 * Taxes of gross prices where the net is what is rounded: per line, or per group of lines with the same
 * taxes. What is left of the gross is tax; of several taxes the last bears the rest.
 */
export function restTaxes(lines: readonly TaxedLine[], how: TaxRules): RoundedTax {
  const groups = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    const name = how.rules.taxRounding === "line" ? String(at) : JSON.stringify(line.taxes);
    groups.set(name, [...(groups.get(name) ?? []), at]);
  }
  const byTax = new Map<string, Big>();
  const byLine = lines.map(() => new Big(0));
  for (const places of groups.values()) {
    const own = places.flatMap((at) => lines[at] ?? []);
    const codes = own[0]?.taxes ?? [];
    if (codes.length === 0) continue;
    const gross = own.reduce((sum, { shown }) => sum.plus(shown), new Big(0));
    const tax = gross.minus(how.roundNet(sumOf(own.map(({ netExact }) => netExact))));
    const exact = codes.map((_, at) => sumOf(own.map(({ parts }) => parts[at]?.exact ?? zero)));
    const perTax = shareOut(exact, tax, { sharing: "last", round: how.round });
    for (const [at, code] of codes.entries())
      byTax.set(code, (byTax.get(code) ?? new Big(0)).plus(perTax[at] ?? 0));
    const whole = own.map(({ parts }) => sumOf(parts.map(({ exact: part }) => part)));
    const shares = shareOut(whole, tax, { sharing: how.rules.taxShares, round: how.round });
    for (const [place, at] of places.entries()) byLine[at] = shares[place] ?? new Big(0);
  }
  return { byTax, byLine, total: [...byTax.values()].reduce((sum, tax) => sum.plus(tax), new Big(0)) };
}

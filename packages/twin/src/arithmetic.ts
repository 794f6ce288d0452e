import { big, fixed, roundTo, sum, type Big, type Rounding } from "./decimal.ts";

/** How a system computes its documents. */
export interface ArithmeticSettings {
  /** `line`: tax is rounded per line. `document`: once per tax rate. */
  readonly taxScope: "line" | "document";
  readonly rounding: Rounding;
}

/** What an installation gets unless told otherwise. */
export const DEFAULT_ARITHMETIC: ArithmeticSettings = { taxScope: "document", rounding: "half-up" };

/** One line before computation, decimal texts; no price is a missing price, no rate an unknown tax. */
interface PricedLine {
  readonly quantity: string;
  readonly price: string | null;
  readonly discountPercent: string | null;
  readonly taxRate: string | null;
}

/** A document before computation. `decimals` is the currency's number of decimals. */
export interface PricedDocument {
  readonly lines: readonly PricedLine[];
  readonly headerDiscountPercent: string | null;
  readonly freight: string | null;
  readonly freightTaxRate: string | null;
  readonly decimals: number;
}

/** Computed amounts of a line; null where a price or a tax rate is missing. */
interface LineAmounts {
  readonly net: string | null;
  readonly tax: string | null;
}

/** Computed amounts of a document; null where they cannot be known. */
export interface DocumentAmounts {
  readonly lines: readonly LineAmounts[];
  readonly net: string | null;
  readonly tax: string | null;
  readonly gross: string | null;
}

interface TaxBase {
  readonly base: Big;
  readonly rate: string | null;
}

function percentOf(value: Big, percent: string | null): Big {
  return percent === null ? big(0) : value.times(percent).div(100);
}

function taxTotal(bases: readonly TaxBase[], settings: ArithmeticSettings, decimals: number): Big | null {
  if (bases.some((entry) => entry.rate === null)) return null;
  const round = (value: Big): Big => roundTo(value, decimals, settings.rounding);
  if (settings.taxScope === "line") {
    return sum(bases.map((entry) => round(percentOf(entry.base, entry.rate))));
  }
  const byRate = new Map<string, Big>();
  for (const { base, rate } of bases) {
    const key = rate ?? "";
    byRate.set(key, (byRate.get(key) ?? big(0)).plus(base));
  }
  return sum([...byRate].map(([rate, base]) => round(percentOf(base, rate))));
}

/**
 * Computes a document as API.md section 2.4 tells: line net, header discount per line, freight, tax by scope.
 * Decimal texts in, decimal texts out; never throws for values the systems accept.
 */
export function computeDocument(document: PricedDocument, settings: ArithmeticSettings): DocumentAmounts {
  const { decimals } = document;
  const round = (value: Big): Big => roundTo(value, decimals, settings.rounding);
  const bases: TaxBase[] = [];
  const lines: LineAmounts[] = [];
  for (const line of document.lines) {
    if (line.price === null) {
      lines.push({ net: null, tax: null });
      continue;
    }
    const full = big(line.quantity).times(line.price);
    const net = round(full.minus(percentOf(full, line.discountPercent)));
    const base = net.minus(round(percentOf(net, document.headerDiscountPercent)));
    bases.push({ base, rate: line.taxRate });
    const tax = line.taxRate === null ? null : fixed(round(percentOf(base, line.taxRate)), decimals);
    lines.push({ net: fixed(net, decimals), tax });
  }
  if (bases.length < document.lines.length) return { lines, net: null, tax: null, gross: null };
  if (document.freight !== null && !big(document.freight).eq(0)) {
    bases.push({ base: big(document.freight), rate: document.freightTaxRate });
  }
  const net = sum(bases.map((entry) => entry.base));
  const tax = taxTotal(bases, settings, decimals);
  return {
    lines,
    net: fixed(net, decimals),
    tax: tax === null ? null : fixed(tax, decimals),
    gross: tax === null ? null : fixed(net.plus(tax), decimals),
  };
}

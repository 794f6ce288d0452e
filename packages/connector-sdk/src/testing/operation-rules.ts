import { minorUnitOf } from "@crossfoot/model";
import type { OperationAbilities } from "../manifest.ts";
import type {
  AvailabilityAnswer,
  CreditAnswer,
  CreditRequest,
  OrderLineStatus,
  OrderStatus,
  PriceAnswer,
  RefusedRow,
  Share,
} from "../operations.ts";
import { compare, isNormal, less, sum } from "./decimal.ts";

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** What is wrong with decimals and days, by their names; nothing when all are in form. */
function misformed(
  decimals: { readonly [name: string]: string | null },
  days: { readonly [name: string]: string | null } = {},
): readonly string[] {
  const notDecimal = Object.entries(decimals).filter(([, text]) => text !== null && !isNormal(text));
  const notDay = Object.entries(days).filter(([, text]) => text !== null && !isDay(text));
  return [
    ...notDecimal.map(([name]) => `${name} is no decimal in normal form`),
    ...notDay.map(([name]) => `${name} is no day`),
  ];
}

/** Rules that every answer of `price` keeps. */
export function priceRules({ currency, rows, totals }: PriceAnswer): readonly string[] {
  const priced = rows.filter((row) => row.ok);
  const problems = priced.flatMap((row) => [
    ...misformed({
      quantity: row.quantity,
      unitPrice: row.unitPrice,
      discountPercent: row.discountPercent,
      net: row.net,
      minQuantity: row.rule.minQuantity,
    }),
    ...row.taxes.flatMap(({ percent }) => misformed({ percent })),
    ...(row.rule.kind === "rule" && row.rule.id === null ? ["a rule without its id"] : []),
  ]);
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  return [
    ...(isCurrency ? [] : ["currency is no code"]),
    ...problems,
    ...totalRules(priced, { totals, currency }),
  ];
}

/** A row and the total are each half a minor unit off at most. */
function totalRules(
  priced: readonly { readonly net: string }[],
  { totals, currency }: Pick<PriceAnswer, "totals" | "currency">,
): readonly string[] {
  if (totals === null) return [];
  const problems = misformed(totals);
  if (problems.length > 0) return problems;
  if (compare(sum([totals.net, totals.tax]), totals.gross) !== 0) return ["net and tax do not make gross"];
  const half = 10 ** -(minorUnitOf(currency) ?? 2) / 2;
  const apart = Math.abs(Number(less(sum(priced.map(({ net }) => net)), totals.net)));
  return apart > half * (priced.length + 1) + 1e-9
    ? ["the rows are further from the total than rounding explains"]
    : [];
}

/** Rules that every answer of `availability` keeps. */
export function stockRules({ rows }: AvailabilityAnswer, asked: readonly string[] | null): readonly string[] {
  return rows
    .filter((row) => row.ok)
    .flatMap(({ isStocked, places, wanted, plannedFrom = null }) => [
      ...misformed({ wanted }, { plannedFrom }),
      ...(isStocked || places.length === 0 ? [] : ["places of a product that nobody counts"]),
      ...places.flatMap(({ warehouse, promisedFrom, ...levels }) => [
        ...misformed(levels, { promisedFrom }),
        ...(asked === null || asked.includes(warehouse) ? [] : ["a warehouse that was not asked for"]),
        ...(wanted === null && promisedFrom !== null ? ["a promise although nothing was wanted"] : []),
      ]),
    ]);
}

/** Rules that every answer of `credit` keeps. */
export function creditRules(
  answer: CreditAnswer,
  { order }: CreditRequest,
  abilities: OperationAbilities["credit"],
): readonly string[] {
  const { currency, limit, verdict, isRefused, isHeld: _isHeld, ...amounts } = answer;
  const { openOrders, openInvoices, exposure, free } = amounts;
  const problems = misformed({ limit, ...amounts });
  if (problems.length > 0) return problems;
  const rules: readonly (readonly [boolean, string])[] = [
    [/^[A-Z]{3}$/.test(currency), "currency is no code"],
    [
      compare(sum([openOrders, openInvoices]), exposure) === 0,
      "orders and invoices do not make the exposure",
    ],
    [(limit === null) === (verdict === "no_limit"), "the verdict is not that of the limit"],
    [
      limit === null ? free === null : free !== null && compare(less(limit, exposure), free) === 0,
      "limit less exposure is not what is free",
    ],
    [
      limit === null ||
        verdict === (compare(sum([exposure, order?.amount ?? "0"]), limit) > 0 ? "over" : "within"),
      "the verdict is not that of limit, exposure and order",
    ],
    [!isRefused || (verdict === "over" && abilities?.refuses === "confirm"), "refused without a reason"],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

/** Rules that every answer of `orderStatus` keeps. */
export function statusRules(rows: readonly (OrderStatus | RefusedRow)[]): readonly string[] {
  return rows
    .filter((row) => row.ok)
    .flatMap((row) => {
      const problems = [
        ...misformed({}, { promisedDate: row.promisedDate }),
        ...row.lines.flatMap(({ ordered, delivered, invoiced, promisedDate }) =>
          misformed({ ordered, delivered, invoiced }, { promisedDate }),
        ),
        ...row.shipments.flatMap(({ plannedDate, doneDate }) => misformed({}, { plannedDate, doneDate })),
        ...misformed(row.limits?.held ?? {}, {}),
        ...Object.keys(row.limits?.held ?? {})
          .filter((held) => !row.lines.some(({ id }) => id === held))
          .map((held) => `\`limits.held\` names ${held}, which is no line of the order`),
      ];
      if (problems.length > 0) return problems;
      const delivered = row.lines.flatMap((line) =>
        line.delivered === null ? [] : [{ done: line.delivered, ordered: line.ordered }],
      );
      const invoiced = row.lines.map((line) => ({ done: line.invoiced, ordered: line.ordered }));
      return [
        ...(shareOf(delivered) === row.delivered ? [] : ["`delivered` is not what the lines say"]),
        ...(shareOf(invoiced) === row.invoiced ? [] : ["`invoiced` is not what the lines say"]),
      ];
    });
}

function shareOf(
  lines: readonly { readonly done: OrderLineStatus["invoiced"]; readonly ordered: string }[],
): Share {
  // Of what comes back both quantities are negative.
  const size = (decimal: string): string => decimal.replace("-", "");
  if (lines.every(({ done, ordered }) => compare(size(done), size(ordered)) >= 0)) return "full";
  return lines.some(({ done }) => compare(done, "0") !== 0) ? "part" : "none";
}

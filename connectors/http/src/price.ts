import { decimals } from "@crossfoot/connector-sdk";
import type {
  AskedLine,
  LineTax,
  PriceAnswer,
  PricedRow,
  PriceRequest,
  PriceRule,
  RefusedRow,
} from "@crossfoot/connector-sdk";
import { failureRecord } from "@crossfoot/connector-sdk";
import { aroundOf, askBefore, isRefusal, refusal, sentId } from "./ask.ts";
import type { Asking, Values } from "./ask.ts";
import { askRows } from "./ask-rows.ts";
import type { ToldRow, ToldRows } from "./ask-rows.ts";
import {
  badRow,
  currencyIn,
  decimalIn,
  decimalOrNull,
  idOrNull,
  rowsIn,
  sentDay,
  sentDecimal,
  textOrNull,
  viewOf,
} from "./figures.ts";
import type { View } from "./figures.ts";
import type { PriceSpec } from "./operation-language.ts";
import type { ExternalId, Json } from "./wire.ts";

/** The code of a question to which nothing was answered: none (ISO 4217). */
const noCurrency = "XXX";

/** A priced row, and the amount of its taxes where the description says where it stands. */
type Priced = { readonly row: PricedRow; readonly tax: string | null };

/** Prices of lines by a description: what the system says, row by row, and its own totals. */
export async function price(asking: Asking, spec: PriceSpec, request: PriceRequest): Promise<PriceAnswer> {
  const { customer, pricebook, currency, date, lines } = request;
  const common = await askBefore(asking, spec, {
    customer: sentId(asking, "accounts", customer),
    pricebook: pricebook === null ? undefined : sentId(asking, "pricebooks", pricebook),
    currency: currency ?? undefined,
    date: date === null ? undefined : sentDay(date, asking.days),
  });
  const rows = lines.map((line) => ({ product: line.product, values: () => lineValues(asking, line) }));
  const told = await askRows(asking, { spec, common, rows });
  const priced = told.rows.map((row, at) => pricedRow({ asking, spec, common }, row, lines[at] as AskedLine));
  return {
    ...headOf({ asking, spec, common }, told, currency),
    rows: priced.map(rowOf),
    totals: totalsOf({ asking, spec, common }, told, priced),
  };
}

const lineValues = (asking: Asking, line: AskedLine): Values => ({
  product: sentId(asking, "products", line.product),
  quantity: sentDecimal(line.quantity, asking.decimals),
  unit: line.unit,
});

interface Pricing {
  readonly asking: Asking;
  readonly spec: PriceSpec;
  readonly common: Values;
}

const rowOf = (one: Priced | RefusedRow): PricedRow | RefusedRow => ("row" in one ? one.row : one);

function pricedRow(pricing: Pricing, told: ToldRow, line: AskedLine): Priced | RefusedRow {
  if (!told.ok) return told;
  const { asking, spec, common } = pricing;
  const view = viewOf(told.row, aroundOf(asking, common, badRow(asking.name)));
  const product = idOrNull(view, spec.product);
  if (product !== null && product !== line.product)
    throw asking.bad(`a row is about another product than was asked for, at ${spec.product ?? ""}`);
  try {
    return { row: read(view, spec, line), tax: decimalOrNull(view, spec.tax) };
  } catch (error) {
    if (isRefusal(error)) return { ok: false, failure: failureRecord(error) };
    throw error;
  }
}

function read(view: View, spec: PriceSpec, line: AskedLine): PricedRow {
  const unit = textOrNull(view, spec.unit);
  if (unit !== null && unit !== line.unit)
    throw refusal("unit_differs", "the system has a price for another unit than was asked for");
  return {
    ok: true,
    product: line.product,
    quantity: decimals.normal(line.quantity) ?? line.quantity,
    unit: line.unit,
    unitPrice: decimalIn(view, spec.unitPrice),
    discountPercent: decimalOrNull(view, spec.discountPercent) ?? "0",
    net: decimalIn(view, spec.net),
    taxes: taxesOf(view, spec),
    rule: ruleOf(view, spec),
  };
}

function taxesOf(view: View, { taxes }: PriceSpec): readonly LineTax[] {
  const rows = taxes.rows === undefined ? [undefined] : rowsIn(view, taxes.rows);
  return rows.flatMap((row) => {
    const own = row === undefined ? view : viewOf(row, { ...view, before: null });
    const name = textOrNull(own, taxes.name);
    return name === null ? [] : [{ name, percent: decimalOrNull(own, taxes.percent) }];
  });
}

function ruleOf(view: View, { rule = {} }: PriceSpec): PriceRule {
  const id = idOrNull(view, rule.id);
  if (id === null) return { kind: rule.else ?? "unknown", id: null, minQuantity: null };
  return { kind: "rule", id, minQuantity: decimalOrNull(view, rule.minQuantity) };
}

/** Currency and price list of all answers; the list is null where they have several. */
function headOf(
  { asking, spec, common }: Pricing,
  { wholes }: ToldRows,
  asked: string | null,
): Pick<PriceAnswer, "currency" | "pricebook"> {
  const views = wholes.map((whole) => viewOf(whole, aroundOf(asking, common, asking.bad)));
  const currencies = new Set(views.map((view) => currencyIn(view, spec.currency)));
  const [currency = asked ?? noCurrency] = currencies;
  if (currencies.size > 1) throw asking.bad(`prices in several currencies at ${spec.currency}`);
  if (asked !== null && currency !== asked)
    throw refusal("currency_differs", "the system charges in another currency than was asked for");
  const lists = new Set<ExternalId | null>(views.map((view) => idOrNull(view, spec.pricebook)));
  const [pricebook = null] = lists;
  return { currency, pricebook: lists.size === 1 ? pricebook : null };
}

/** Totals of the header; null while a row is refused. */
function totalsOf(
  { asking, spec, common }: Pricing,
  { wholes }: ToldRows,
  priced: readonly (Priced | RefusedRow)[],
): PriceAnswer["totals"] {
  const good = priced.filter((one) => "row" in one);
  if (good.length < priced.length) return null;
  if (good.length === 0) return { net: "0", tax: "0", gross: "0" };
  if (spec.totals === "sum") return sumOf(asking, good);
  // Rows of several answers have no common header.
  const [whole, ...others] = wholes as readonly [Json, ...Json[]];
  if (others.length > 0)
    throw asking.bad("the lines were answered apart, so that nothing tells their totals");
  const view = viewOf(whole, aroundOf(asking, common, asking.bad));
  const { net, tax, gross } = spec.totals;
  return addUp(asking, {
    net: net === undefined ? null : decimalIn(view, net),
    tax: tax === undefined ? null : decimalIn(view, tax),
    gross: gross === undefined ? null : decimalIn(view, gross),
  });
}

function sumOf(asking: Asking, good: readonly Priced[]): PriceAnswer["totals"] {
  const taxes = good.flatMap(({ tax }) => tax ?? []);
  if (taxes.length < good.length) throw asking.bad("a line has no amount of its taxes");
  const [net, tax] = [decimals.total(good.map(({ row }) => row.net)), decimals.total(taxes)];
  return { net, tax, gross: decimals.add(net, tax) };
}

/** Three totals of which one may be missing: it follows from the others. */
function addUp(
  asking: Asking,
  {
    net,
    tax,
    gross,
  }: { readonly net: string | null; readonly tax: string | null; readonly gross: string | null },
): PriceAnswer["totals"] {
  if (gross === null && net !== null && tax !== null) return { net, tax, gross: decimals.add(net, tax) };
  if (tax === null && net !== null && gross !== null)
    return { net, tax: decimals.subtract(gross, net), gross };
  if (net === null && tax !== null && gross !== null)
    return { net: decimals.subtract(gross, tax), tax, gross };
  if (net === null || tax === null || gross === null || decimals.compare(decimals.add(net, tax), gross) !== 0)
    throw asking.bad("the totals do not add up");
  return { net, tax, gross };
}

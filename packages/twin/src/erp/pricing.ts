import { big, fixed, roundTo, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type JsonMap, type TwinRecord } from "../json.ts";
import { byCode, catalogued, convertQuantity, decimalIn, type Books, type UnitChange } from "./books.ts";

/** For what a price is asked. Dates in the ERP's form. */
export interface PriceQuestion {
  readonly customerId: number;
  readonly itemId: number;
  readonly quantity: Big;
  readonly uom: string;
  readonly currency: string;
  readonly date: string;
  /** Only this price list, where a document names one. */
  readonly priceListId: number | null;
}

/** The price that stands, per asked unit. */
export interface PriceAnswer {
  readonly price: string;
  readonly discountPercent: string | null;
  readonly minQuantity: string | null;
  /** The list it comes from; null for the item's own list price. */
  readonly list: TwinRecord | null;
  /** The entry of that list. */
  readonly entryId: number | null;
}

function isValidOn(map: JsonMap, date: string): boolean {
  const from = textIn(map, "valid_from");
  const to = textIn(map, "valid_to");
  return (from === null || from <= date) && (to === null || date <= to);
}

/** Lists for the customer come first, then those for the customer's group, then those for all. */
function rankOf(list: TwinRecord, customer: TwinRecord | undefined, question: PriceQuestion): number {
  const customerId = numberIn(list, "customer_id");
  const group = textIn(list, "customer_group");
  if (question.priceListId !== null) return list.id === question.priceListId ? 0 : -1;
  if (customerId !== null) return customerId === question.customerId ? 0 : -1;
  if (group !== null) return group === textIn(customer, "customer_group") ? 1 : -1;
  return 2;
}

interface Candidate {
  readonly entry: JsonMap;
  readonly list: TwinRecord;
  readonly minimum: Big;
  readonly exact: boolean;
}

function candidates(books: Books, list: TwinRecord, question: PriceQuestion): Candidate[] {
  const found: Candidate[] = [];
  const category = byCode(books, "uoms", question.uom)["category"];
  for (const entry of rowsIn(list, "entries")) {
    const uom = textIn(entry, "uom") ?? "";
    if (numberIn(entry, "item_id") !== question.itemId || !isValidOn(entry, question.date)) continue;
    if (byCode(books, "uoms", uom)["category"] !== category) continue;
    const asked = convertQuantity(books, question.quantity, { from: question.uom, to: uom });
    const minimum = decimalIn(entry, "min_qty");
    if (asked.gte(minimum)) found.push({ entry, list, minimum, exact: uom === question.uom });
  }
  return found;
}

function better(left: Candidate, right: Candidate): number {
  if (left.exact !== right.exact) return left.exact ? -1 : 1;
  return right.minimum.cmp(left.minimum);
}

/** A price per one unit as the price per another. */
function pricePer(books: Books, price: Big, unit: UnitChange): string {
  const factor = convertQuantity(books, big(1), unit);
  return fixed(roundTo(price.times(factor), 4, books.arithmetic.rounding), 4);
}

/** The price the ERP would charge, or null when it has none. A missing price is never made up and never 0. */
export function findPrice(books: Books, question: PriceQuestion): PriceAnswer | null {
  const customer = books.ledger.get("customers", question.customerId);
  const lists = books.ledger
    .where("price_lists", "currency", [question.currency])
    .filter((list) => list["active"] === true && isValidOn(list, question.date))
    .map((list) => ({ list, rank: rankOf(list, customer, question) }))
    .filter(({ rank }) => rank >= 0);
  for (const rank of [0, 1, 2]) {
    const found = lists
      .filter((entry) => entry.rank === rank)
      .flatMap(({ list }) => candidates(books, list, question));
    const best = found.toSorted(better)[0];
    if (!best) continue;
    return {
      price: pricePer(books, decimalIn(best.entry, "price"), {
        from: question.uom,
        to: textIn(best.entry, "uom") ?? "",
      }),
      discountPercent: textIn(best.entry, "discount_pct"),
      minQuantity: textIn(best.entry, "min_qty"),
      list: best.list,
      entryId: numberIn(best.entry, "id"),
    };
  }
  const stocked = catalogued(books, { item_id: question.itemId });
  const listPrice = textIn(stocked, "list_price");
  const own = byCode(books, "uoms", textIn(stocked, "uom") ?? "");
  const sameKind = own["category"] === byCode(books, "uoms", question.uom)["category"];
  if (listPrice === null || textIn(stocked, "currency") !== question.currency || !sameKind) return null;
  const price = pricePer(books, big(listPrice), { from: question.uom, to: textIn(stocked, "uom") ?? "" });
  return { price, discountPercent: null, minQuantity: null, list: null, entryId: null };
}

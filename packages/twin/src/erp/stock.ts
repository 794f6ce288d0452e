import { big, type Big } from "../decimal.ts";
import { numberIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { add, amend, catalogued, convertQuantity, decimalIn, quantityText, today } from "./books.ts";
import type { Acting, Books } from "./books.ts";

/** A change of stock in the item's own unit. */
export interface StockMove {
  /** Id of the item. */
  readonly articleId: number;
  readonly warehouse: string;
  readonly onHand?: Big;
  readonly reserved?: Big;
}

/** What is there of one item in one warehouse, in the item's unit. */
export interface StockLevel {
  readonly onHand: Big;
  readonly reserved: Big;
  readonly incoming: Big;
  readonly available: Big;
  /** Cumulated availability by date, from today on. */
  readonly byDate: readonly { readonly date: string; readonly quantity: Big }[];
}

function stockRecord(books: Books, articleId: number, warehouse: string): TwinRecord | undefined {
  return books.ledger
    .where("stock", "item_id", [articleId])
    .find((record) => record["warehouse"] === warehouse);
}

/** Books a move; the record of a new place is made. */
export function moveStock(acting: Acting, move: StockMove): void {
  const { articleId, warehouse } = move;
  const held = stockRecord(acting, articleId, warehouse);
  const fields = {
    on_hand: quantityText(decimalIn(held, "on_hand").plus(move.onHand ?? 0)),
    reserved: quantityText(decimalIn(held, "reserved").plus(move.reserved ?? 0)),
  };
  if (held) amend(acting, { object: "stock", id: held.id }, fields);
  else add(acting, "stock", { item_id: articleId, warehouse, ...fields });
}

/** The level of an item in a warehouse. */
export function stockLevel(books: Books, articleId: number, warehouse: string): StockLevel {
  const held = stockRecord(books, articleId, warehouse);
  const onHand = decimalIn(held, "on_hand");
  const reserved = decimalIn(held, "reserved");
  const due = books.ledger
    .where("purchase_lines", "item_id", [articleId])
    .filter((line) => line["warehouse"] === warehouse && line["state"] === "open")
    .toSorted((left, right) =>
      (textIn(left, "due_date") ?? "") < (textIn(right, "due_date") ?? "") ? -1 : 1,
    );
  const available = onHand.minus(reserved);
  const byDate = [{ date: today(books), quantity: available }];
  let incoming = big(0);
  let promised = available;
  for (const line of due) {
    incoming = incoming.plus(decimalIn(line, "qty"));
    const date = textIn(line, "due_date") ?? "";
    // Nobody can promise what should have come already.
    if (date < today(books)) continue;
    promised = promised.plus(decimalIn(line, "qty"));
    const last = byDate.at(-1);
    if (last && last.date >= date) byDate[byDate.length - 1] = { date: last.date, quantity: promised };
    else byDate.push({ date, quantity: promised });
  }
  return { onHand, reserved, incoming, available, byDate };
}

/** First day on which that much is available, from today on; null when no delivery makes it so. */
export function promiseIn(level: StockLevel, needed: Big): string | null {
  return level.byDate.find(({ quantity }) => quantity.gte(needed))?.date ?? null;
}

/** A line's quantity in the unit of its item. */
export function inStockUnit(books: Books, line: JsonMap, quantity: Big): Big {
  const uom = textIn(catalogued(books, line), "uom") ?? "";
  return convertQuantity(books, quantity, { from: textIn(line, "uom") ?? uom, to: uom });
}

/** A row of `GET /stock`. */
export function stockRow(books: Books, record: TwinRecord): JsonMap {
  const articleId = numberIn(record, "item_id") ?? 0;
  const warehouse = textIn(record, "warehouse") ?? "";
  const level = stockLevel(books, articleId, warehouse);
  return {
    item_id: articleId,
    warehouse,
    uom: textIn(catalogued(books, record), "uom"),
    on_hand: quantityText(level.onHand),
    reserved: quantityText(level.reserved),
    incoming: quantityText(level.incoming),
    available: quantityText(level.available),
    atp: level.byDate.map(({ date, quantity }): Json => ({ date, qty: quantityText(quantity) })),
  };
}

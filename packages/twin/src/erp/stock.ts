import { big, type Big } from "../decimal.ts";
import { numberIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { convertQuantity, decimalIn, quantityText, stockedItem, today, type Books } from "./books.ts";

/** A change of stock in the item's own unit. */
export interface StockMove {
  readonly itemId: number;
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

function stockRecord(books: Books, itemId: number, warehouse: string): TwinRecord | undefined {
  return books.ledger.where("stock", "item_id", [itemId]).find((record) => record["warehouse"] === warehouse);
}

/** Books a move; the record of a new place is made. */
export function moveStock(books: Books, move: StockMove, actor: string): void {
  const { itemId, warehouse } = move;
  const held = stockRecord(books, itemId, warehouse);
  const fields = {
    on_hand: quantityText(decimalIn(held, "on_hand").plus(move.onHand ?? 0)),
    reserved: quantityText(decimalIn(held, "reserved").plus(move.reserved ?? 0)),
  };
  if (held) books.records.amend("stock", held.id, fields, actor);
  else books.records.add("stock", { item_id: itemId, warehouse, ...fields }, actor);
}

/** The level of an item in a warehouse. */
export function stockLevel(books: Books, itemId: number, warehouse: string): StockLevel {
  const held = stockRecord(books, itemId, warehouse);
  const onHand = decimalIn(held, "on_hand");
  const reserved = decimalIn(held, "reserved");
  const due = books.ledger
    .where("purchase_lines", "item_id", [itemId])
    .filter((line) => line["warehouse"] === warehouse && line["state"] === "open")
    .toSorted((left, right) =>
      (textIn(left, "due_date") ?? "") < (textIn(right, "due_date") ?? "") ? -1 : 1,
    );
  const available = onHand.minus(reserved);
  const byDate = [{ date: today(books), quantity: available }];
  let incoming = big(0);
  for (const line of due) {
    incoming = incoming.plus(decimalIn(line, "qty"));
    const date = textIn(line, "due_date") ?? "";
    const last = byDate.at(-1);
    const quantity = available.plus(incoming);
    if (last && last.date >= date) byDate[byDate.length - 1] = { date: last.date, quantity };
    else byDate.push({ date, quantity });
  }
  return { onHand, reserved, incoming, available, byDate };
}

/** A line's quantity in the unit of its item. */
export function inStockUnit(books: Books, line: JsonMap, quantity: Big): Big {
  const uom = textIn(stockedItem(books, line), "uom") ?? "";
  return convertQuantity(books, quantity, textIn(line, "uom") ?? uom, uom);
}

/** A row of `GET /stock`. */
export function stockRow(books: Books, record: TwinRecord): JsonMap {
  const itemId = numberIn(record, "item_id") ?? 0;
  const warehouse = textIn(record, "warehouse") ?? "";
  const level = stockLevel(books, itemId, warehouse);
  return {
    item_id: itemId,
    warehouse,
    uom: textIn(stockedItem(books, record), "uom"),
    on_hand: quantityText(level.onHand),
    reserved: quantityText(level.reserved),
    incoming: quantityText(level.incoming),
    available: quantityText(level.available),
    atp: level.byDate.map(({ date, quantity }): Json => ({ date, qty: quantityText(quantity) })),
  };
}

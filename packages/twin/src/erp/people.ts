import { big, parseDecimal } from "../decimal.ts";
import { numberIn, rowsIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import {
  cancelDraft,
  creditInvoice,
  draftInvoice,
  payInvoice,
  postInvoice,
  type PaymentMethod,
} from "./billing.ts";
import { quantityText, type Books } from "./books.ts";
import {
  noteEvent,
  openShipment,
  shipOut,
  type CarrierEvent,
  type Departure,
  type Quantities,
} from "./delivery.ts";
import type { ErpDesk } from "./desk.ts";
import { actOnOrder } from "./order.ts";
import { actOnQuote, expireQuotes, type QuoteAction } from "./quote.ts";
import { moveStock } from "./stock.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** An item in a warehouse and a quantity in the item's own unit. */
export interface StockPlace {
  readonly itemId: number;
  readonly warehouse: string;
  readonly qty: string;
}

/**
 * What users of the ERP do. Each call acts and commits at once as the named user (last argument) and returns the
 * record; it throws `TwinError` where the ERP would refuse. People meet no faults, no quota and no latency.
 */
export interface ErpPeople {
  create(object: string, fields: JsonMap, login?: string): TwinRecord;
  edit(object: string, id: number, fields: JsonMap, login?: string): TwinRecord;
  remove(object: string, id: number, login?: string): void;
  /** Holds a row for some time: writes to it meet 423 LOCKED. */
  lock(object: string, id: number, forMs: number): void;
  editCustomer(id: number, fields: JsonMap, login?: string): TwinRecord;
  blockCustomer(id: number, blocked: boolean, login?: string): TwinRecord;
  mergeCustomers(winnerId: number, loserId: number, login?: string): TwinRecord;
  /** Sets the price of the entries of an item in a price list; the minimum quantity narrows it to one break. */
  changePrice(
    change: { listId: number; itemId: number; price: string; minQty?: string },
    login?: string,
  ): TwinRecord;
  setListPrice(itemId: number, price: string | null, login?: string): TwinRecord;
  createQuote(fields: JsonMap, login?: string): TwinRecord;
  validateQuote(id: number, login?: string): TwinRecord;
  confirmQuote(id: number, login?: string): TwinRecord;
  /** Approves only; confirm again to get the order. */
  approveQuote(id: number, login?: string): TwinRecord;
  rejectQuote(id: number, reason: string, login?: string): TwinRecord;
  reopenQuote(id: number, login?: string): TwinRecord;
  cancelQuote(id: number, login?: string): TwinRecord;
  expireQuotes(login?: string): TwinRecord[];
  cancelOrder(id: number, login?: string): TwinRecord;
  closeOrder(id: number, login?: string): TwinRecord;
  replanShipment(shipmentId: number, plannedDate: string, login?: string): TwinRecord;
  pick(shipmentId: number, login?: string): TwinRecord;
  ship(shipmentId: number, departure?: Departure, login?: string): TwinRecord;
  confirmDelivery(shipmentId: number, login?: string): TwinRecord;
  /** Ships what an order has open, or the quantities by order line id; the rest is planned as another shipment. */
  deliver(orderId: number, quantities?: Quantities | null, login?: string): TwinRecord;
  carrierEvent(shipmentId: number, event: CarrierEvent, login?: string): TwinRecord;
  /** A posted invoice over what can be billed. */
  invoice(orderId: number, login?: string): TwinRecord;
  draftInvoice(orderId: number, login?: string): TwinRecord;
  postInvoice(invoiceId: number, login?: string): TwinRecord;
  cancelInvoice(invoiceId: number, login?: string): TwinRecord;
  /** Pays an amount, or what is open with null. */
  pay(invoiceId: number, amount: string | null, method?: PaymentMethod, login?: string): TwinRecord;
  /** A posted credit note over all, or over quantities by invoice line id. */
  creditNote(invoiceId: number, quantities?: Quantities | null, login?: string): TwinRecord;
  /** Goods that will come in on a date (`20260131`). */
  orderStock(place: StockPlace & { dueDate: string }, login?: string): TwinRecord;
  /** Goods that came in; with a purchase line, that one is received whole. */
  receiveStock(place: StockPlace | { purchaseLineId: number }, login?: string): void;
  /** Corrects what is on hand by a quantity that may be below zero. */
  adjustStock(place: StockPlace, login?: string): void;
  /** Closes the accounting periods up to a day (`20251231`). */
  closePeriod(upTo: string): void;
}

type Acting = <T>(act: () => T) => T;
const OFFICE = "faye";
const WAREHOUSE = "emil";
const FINANCE = "dora";

function changePrice(
  desk: ErpDesk,
  change: { listId: number; itemId: number; price: string; minQty?: string },
  login: string,
): TwinRecord {
  const list = desk.books.records.need("price_lists", change.listId);
  const minimum = change.minQty === undefined ? null : quantityText(big(change.minQty));
  const entries = rowsIn(list, "entries").map((entry): Json => {
    const hit =
      numberIn(entry, "item_id") === change.itemId &&
      (minimum === null || (entry["min_qty"] ?? quantityText(big(0))) === minimum);
    return hit ? { ...entry, price: change.price } : entry;
  });
  return desk.update("price_lists", change.listId, { entries }, { actor: login });
}

function quotePeople(
  books: Books,
  acting: Acting,
): Pick<
  ErpPeople,
  | "validateQuote"
  | "confirmQuote"
  | "approveQuote"
  | "rejectQuote"
  | "reopenQuote"
  | "cancelQuote"
  | "expireQuotes"
  | "cancelOrder"
  | "closeOrder"
> {
  const press = (
    action: QuoteAction,
    id: number,
    actor: string,
    reason: string | null = null,
  ): TwinRecord => {
    const { record, refused } = acting(() => actOnQuote(books, id, action, { actor, reason }));
    if (refused !== null) throw refused;
    return record;
  };
  return {
    validateQuote: (id, login = OFFICE) => press("validate", id, login),
    confirmQuote: (id, login = OFFICE) => press("confirm", id, login),
    approveQuote: (id, login = FINANCE) => press("approve", id, login),
    rejectQuote: (id, reason, login = FINANCE) => press("reject", id, login, reason),
    reopenQuote: (id, login = OFFICE) => press("reopen", id, login),
    cancelQuote: (id, login = OFFICE) => press("cancel", id, login),
    expireQuotes: (login = OFFICE) => acting(() => expireQuotes(books, login)),
    cancelOrder: (id, login = OFFICE) => acting(() => actOnOrder(books, id, "cancel", login)),
    closeOrder: (id, login = OFFICE) => acting(() => actOnOrder(books, id, "close", login)),
  };
}

function shippingPeople(
  books: Books,
  acting: Acting,
): Pick<ErpPeople, "replanShipment" | "pick" | "ship" | "confirmDelivery" | "deliver" | "carrierEvent"> {
  const needState = (shipmentId: number, states: readonly string[]): void => {
    const state = String(books.records.need("shipments", shipmentId)["state"]);
    if (!states.includes(state)) throw businessRefusal("STATE", "state", `the shipment is ${state}`);
  };
  return {
    replanShipment: (id, plannedDate, login = WAREHOUSE) =>
      acting(() => {
        needState(id, ["planned", "picked"]);
        return books.records.amend("shipments", id, { planned_date: plannedDate }, login);
      }),
    pick: (id, login = WAREHOUSE) =>
      acting(() => {
        needState(id, ["planned"]);
        return books.records.amend("shipments", id, { state: "picked" }, login);
      }),
    ship: (id, departure = {}, login = WAREHOUSE) => acting(() => shipOut(books, id, departure, login)),
    confirmDelivery: (id, login = WAREHOUSE) =>
      acting(() => noteEvent(books, id, { code: "delivered", text: "delivered" }, login)),
    deliver: (orderId, quantities = null, login = WAREHOUSE) =>
      acting(() => {
        const shipment = openShipment(books, orderId);
        return shipOut(books, Number(shipment.id), quantities === null ? {} : { quantities }, login);
      }),
    carrierEvent: (id, event, login = WAREHOUSE) => acting(() => noteEvent(books, id, event, login)),
  };
}

function billingPeople(
  books: Books,
  acting: Acting,
): Pick<ErpPeople, "invoice" | "draftInvoice" | "postInvoice" | "cancelInvoice" | "pay" | "creditNote"> {
  return {
    invoice: (orderId, login = FINANCE) =>
      acting(() => postInvoice(books, Number(draftInvoice(books, orderId, login).id), login)),
    draftInvoice: (orderId, login = FINANCE) => acting(() => draftInvoice(books, orderId, login)),
    postInvoice: (id, login = FINANCE) => acting(() => postInvoice(books, id, login)),
    cancelInvoice: (id, login = FINANCE) => acting(() => cancelDraft(books, id, login)),
    pay: (id, amount, method = "transfer", login = FINANCE) =>
      acting(() => payInvoice(books, id, amount, method, login)),
    creditNote: (id, quantities = null, login = FINANCE) =>
      acting(() => creditInvoice(books, id, quantities, login)),
  };
}

function stockPeople(
  books: Books,
  acting: Acting,
): Pick<ErpPeople, "orderStock" | "receiveStock" | "adjustStock"> {
  const move = ({ itemId, warehouse, qty }: StockPlace, login: string): void => {
    const quantity = parseDecimal(qty);
    if (quantity === null) throw erpRefusal("bad-value", "qty", "expected a decimal number as text");
    books.records.need("items", itemId);
    moveStock(books, { itemId, warehouse, onHand: quantity }, login);
  };
  return {
    orderStock: ({ itemId, warehouse, qty, dueDate }, login = WAREHOUSE) =>
      acting(() =>
        books.records.add(
          "purchase_lines",
          {
            item_id: books.records.need("items", itemId).id,
            warehouse,
            qty: quantityText(big(qty)),
            due_date: dueDate,
            state: "open",
          },
          login,
        ),
      ),
    receiveStock: (place, login = WAREHOUSE) =>
      acting(() => {
        if (!("purchaseLineId" in place)) return move(place, login);
        const line = books.records.need("purchase_lines", place.purchaseLineId);
        if (line["state"] !== "open") throw businessRefusal("STATE", "state", "the goods came already");
        books.records.amend("purchase_lines", line.id, { state: "received" }, login);
        const { item_id: itemId, warehouse, qty } = line;
        return move({ itemId: Number(itemId), warehouse: String(warehouse), qty: String(qty) }, login);
      }),
    adjustStock: (place, login = WAREHOUSE) => acting(() => move(place, login)),
  };
}

/** Makes the people of an ERP. `closePeriod` tells the ERP's settings. */
export function erpPeople(
  desk: ErpDesk,
  clock: () => number,
  closePeriod: (upTo: string) => void,
): ErpPeople {
  const { books } = desk;
  const { ledger } = books;
  const acting: Acting = (act) => ledger.transaction(act);
  const edit: ErpPeople["edit"] = (object, id, fields, login = OFFICE) =>
    acting(() => desk.update(object, id, fields, { actor: login }));
  return {
    create: (object, fields, login = OFFICE) => acting(() => desk.create(object, fields, login)),
    edit,
    remove: (object, id, login = OFFICE) => acting(() => desk.remove(object, id, login)),
    lock: (object, id, forMs) => ledger.lock(object, id, clock() + forMs),
    editCustomer: (id, fields, login) => edit("customers", id, fields, login),
    blockCustomer: (id, blocked, login = FINANCE) => edit("customers", id, { blocked }, login),
    mergeCustomers: (winnerId, loserId, login = OFFICE) => desk.mergeCustomers(winnerId, loserId, login),
    changePrice: (change, login = OFFICE) => acting(() => changePrice(desk, change, login)),
    setListPrice: (itemId, price, login) => edit("items", itemId, { list_price: price }, login),
    createQuote: (fields, login = OFFICE) => acting(() => desk.create("sales_quotes", fields, login)),
    ...quotePeople(books, acting),
    ...shippingPeople(books, acting),
    ...billingPeople(books, acting),
    ...stockPeople(books, acting),
    closePeriod,
  };
}

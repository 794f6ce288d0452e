import { big, parseDecimal } from "../decimal.ts";
import {
  numberIn,
  rowsIn,
  textIn,
  type Json,
  type JsonMap,
  type RecordRef,
  type TwinRecord,
} from "../json.ts";
import { cancelDraft, creditInvoice, draftInvoice, payInvoice, postInvoice } from "./billing.ts";
import type { Payment } from "./billing.ts";
import { actingAs, add, amend, quantityText, type Acting, type Books } from "./books.ts";
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

/** A change of the price of an item in a price list; `minQty` narrows it to one quantity break. */
export interface PriceChange {
  readonly listId: number;
  readonly itemId: number;
  readonly price: string;
  readonly minQty?: string;
}

/** An item in a warehouse and a quantity in the item's own unit. */
export interface StockPlace {
  readonly itemId: number;
  readonly warehouse: string;
  readonly qty: string;
}

/**
 * What users of the ERP do. Each call acts and commits at once as the named user (last argument) and returns
 * the record; it throws `TwinError` where the ERP would refuse. People meet no faults, no quota, no latency.
 */
export interface ErpPeople {
  create(object: string, fields: JsonMap, login?: string): TwinRecord;
  edit(ref: RecordRef, fields: JsonMap, login?: string): TwinRecord;
  remove(object: string, id: number, login?: string): void;
  /** Holds a row for some time: writes to it meet 423 LOCKED. */
  lock(object: string, id: number, forMs: number): void;
  editCustomer(id: number, fields: JsonMap, login?: string): TwinRecord;
  blockCustomer(id: number, blocked: boolean, login?: string): TwinRecord;
  mergeCustomers(winnerId: number, loserId: number, login?: string): TwinRecord;
  changePrice(change: PriceChange, login?: string): TwinRecord;
  /** Sets or clears the item's own list price. */
  setListPrice(id: number, price: string | null, login?: string): TwinRecord;
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
  /** Ships what an order has open, or quantities by order line id; the rest is planned anew. */
  deliver(orderId: number, quantities?: Quantities | null, login?: string): TwinRecord;
  carrierEvent(shipmentId: number, event: CarrierEvent, login?: string): TwinRecord;
  /** A posted invoice over what can be billed. */
  invoice(orderId: number, login?: string): TwinRecord;
  draftInvoice(orderId: number, login?: string): TwinRecord;
  postInvoice(invoiceId: number, login?: string): TwinRecord;
  cancelInvoice(invoiceId: number, login?: string): TwinRecord;
  /** Pays an amount, or what is open when the amount is null. */
  pay(invoiceId: number, payment: Payment, login?: string): TwinRecord;
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

/** Runs what a user does as one transaction. */
type As = <T>(login: string, act: (acting: Acting) => T) => T;
const OFFICE = "faye";
const WAREHOUSE = "emil";
const FINANCE = "dora";

function changePrice(desk: ErpDesk, change: PriceChange, login: string): TwinRecord {
  const list = desk.books.records.need("price_lists", change.listId);
  const minimum = change.minQty === undefined ? null : quantityText(big(change.minQty));
  const entries = rowsIn(list, "entries").map((entry): Json => {
    const isHit =
      numberIn(entry, "item_id") === change.itemId &&
      (minimum === null || (entry["min_qty"] ?? quantityText(big(0))) === minimum);
    return isHit ? { ...entry, price: change.price } : entry;
  });
  return desk.update({ object: "price_lists", id: list.id }, { entries }, { actor: login });
}

type QuotePeople = Pick<
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
>;

function quotePeople(as: As): QuotePeople {
  const press = (id: number, action: QuoteAction, login: string): TwinRecord => {
    const { record, refused } = as(login, (acting) => actOnQuote(acting, id, { action }));
    if (refused !== null) throw refused;
    return record;
  };
  return {
    validateQuote: (id, login = OFFICE) => press(id, "validate", login),
    confirmQuote: (id, login = OFFICE) => press(id, "confirm", login),
    approveQuote: (id, login = FINANCE) => press(id, "approve", login),
    rejectQuote: (id, reason, login = FINANCE) =>
      as(login, (acting) => actOnQuote(acting, id, { action: "reject", reason }).record),
    reopenQuote: (id, login = OFFICE) => press(id, "reopen", login),
    cancelQuote: (id, login = OFFICE) => press(id, "cancel", login),
    expireQuotes: (login = OFFICE) => as(login, expireQuotes),
    cancelOrder: (id, login = OFFICE) => as(login, (acting) => actOnOrder(acting, id, "cancel")),
    closeOrder: (id, login = OFFICE) => as(login, (acting) => actOnOrder(acting, id, "close")),
  };
}

type ShippingPeople = Pick<
  ErpPeople,
  "replanShipment" | "pick" | "ship" | "confirmDelivery" | "deliver" | "carrierEvent"
>;

/** The shipment when it is in one of the states. Throws 422 otherwise. */
function shipmentIn(books: Books, id: number, states: readonly string[]): RecordRef {
  const state = textIn(books.records.need("shipments", id), "state") ?? "";
  if (!states.includes(state)) throw businessRefusal("STATE", "state", `the shipment is ${state}`);
  return { object: "shipments", id };
}

function shippingPeople(as: As): ShippingPeople {
  return {
    replanShipment: (id, plannedDate, login = WAREHOUSE) =>
      as(login, (acting) =>
        amend(acting, shipmentIn(acting, id, ["planned", "picked"]), { planned_date: plannedDate }),
      ),
    pick: (id, login = WAREHOUSE) =>
      as(login, (acting) => amend(acting, shipmentIn(acting, id, ["planned"]), { state: "picked" })),
    ship: (id, departure = {}, login = WAREHOUSE) => as(login, (acting) => shipOut(acting, id, departure)),
    confirmDelivery: (id, login = WAREHOUSE) =>
      as(login, (acting) => noteEvent(acting, id, { code: "delivered", text: "delivered" })),
    deliver: (orderId, quantities = null, login = WAREHOUSE) =>
      as(login, (acting) => {
        const shipment = openShipment(acting, orderId);
        return shipOut(acting, Number(shipment.id), quantities === null ? {} : { quantities });
      }),
    carrierEvent: (id, event, login = WAREHOUSE) => as(login, (acting) => noteEvent(acting, id, event)),
  };
}

type BillingPeople = Pick<
  ErpPeople,
  "invoice" | "draftInvoice" | "postInvoice" | "cancelInvoice" | "pay" | "creditNote"
>;

function billingPeople(as: As): BillingPeople {
  return {
    invoice: (orderId, login = FINANCE) =>
      as(login, (acting) => postInvoice(acting, Number(draftInvoice(acting, orderId).id))),
    draftInvoice: (orderId, login = FINANCE) => as(login, (acting) => draftInvoice(acting, orderId)),
    postInvoice: (id, login = FINANCE) => as(login, (acting) => postInvoice(acting, id)),
    cancelInvoice: (id, login = FINANCE) => as(login, (acting) => cancelDraft(acting, id)),
    pay: (id, payment, login = FINANCE) => as(login, (acting) => payInvoice(acting, id, payment)),
    creditNote: (id, quantities = null, login = FINANCE) =>
      as(login, (acting) => creditInvoice(acting, id, quantities)),
  };
}

function receive(acting: Acting, place: StockPlace): void {
  const quantity = parseDecimal(place.qty);
  if (quantity === null) throw erpRefusal("bad-value", "qty", "expected a decimal number as text");
  const { id } = acting.records.need("items", place.itemId);
  moveStock(acting, { articleId: Number(id), warehouse: place.warehouse, onHand: quantity });
}

/** Receives a purchase line whole. */
function receiveLine(acting: Acting, id: number): void {
  const line = acting.records.need("purchase_lines", id);
  if (line["state"] !== "open") throw businessRefusal("STATE", "state", "the goods came already");
  amend(acting, { object: "purchase_lines", id }, { state: "received" });
  const place = { itemId: Number(line["item_id"]), warehouse: textIn(line, "warehouse") ?? "" };
  receive(acting, { ...place, qty: textIn(line, "qty") ?? "" });
}

function stockPeople(as: As): Pick<ErpPeople, "orderStock" | "receiveStock" | "adjustStock"> {
  return {
    orderStock: (place, login = WAREHOUSE) =>
      as(login, (acting) =>
        add(acting, "purchase_lines", {
          item_id: acting.records.need("items", place.itemId).id,
          warehouse: place.warehouse,
          qty: quantityText(big(place.qty)),
          due_date: place.dueDate,
          state: "open",
        }),
      ),
    receiveStock: (place, login = WAREHOUSE) =>
      as(login, (acting) =>
        "purchaseLineId" in place ? receiveLine(acting, place.purchaseLineId) : receive(acting, place),
      ),
    adjustStock: (place, login = WAREHOUSE) => as(login, (acting) => receive(acting, place)),
  };
}

/** Makes the people of an ERP. `closePeriod` tells the ERP's settings. */
export function erpPeople(desk: ErpDesk, closePeriod: (upTo: string) => void): ErpPeople {
  const { books } = desk;
  const { ledger, clock } = books;
  const as: As = (login, act) => ledger.transaction(() => act(actingAs(books, login)));
  const edit: ErpPeople["edit"] = (ref, fields, login = OFFICE) =>
    ledger.transaction(() => desk.update(ref, fields, { actor: login }));
  return {
    create: (object, fields, login = OFFICE) => ledger.transaction(() => desk.create(object, fields, login)),
    edit,
    remove: (object, id, login = OFFICE) => ledger.transaction(() => desk.remove(object, id, login)),
    lock: (object, id, forMs) => ledger.lock(object, id, clock() + forMs),
    editCustomer: (id, fields, login) => edit({ object: "customers", id }, fields, login),
    blockCustomer: (id, blocked, login = FINANCE) => edit({ object: "customers", id }, { blocked }, login),
    mergeCustomers: (winnerId, loserId, login = OFFICE) => desk.mergeCustomers(winnerId, loserId, login),
    changePrice: (change, login = OFFICE) => ledger.transaction(() => changePrice(desk, change, login)),
    setListPrice: (id, price, login) => edit({ object: "items", id }, { list_price: price }, login),
    createQuote: (fields, login = OFFICE) =>
      ledger.transaction(() => desk.create("sales_quotes", fields, login)),
    ...quotePeople(as),
    ...shippingPeople(as),
    ...billingPeople(as),
    ...stockPeople(as),
    closePeriod,
  };
}

import { mappedOperations } from "@crossfoot/connector-sdk";
import type {
  CreditAnswer,
  NativeRecord,
  Operations,
  OrderStatus,
  OrderWay,
  StockPlace,
} from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import { classOf, idOf, LiveConnector } from "./live-connector.ts";

type Id = NativeRecord["id"];

/** Rules of what an ERP answers in the moment that hold for every one; asked in our codes. */
export function questionCases(live: () => LiveConnector): void {
  it("charges a quote of ours as it was priced before, at each quantity", async () => {
    for (const quantity of ["1", "9", "10", "99", "100", "1000"]) await chargesAsPriced(live(), quantity);
  });

  it("makes one order when two people go the way that both are told", async () => {
    const quote = await ofThePrice(live(), "3");
    const hand = async (): Promise<OrderWay> => goTheWay(await LiveConnector.open(live().ground), quote);
    const [first, second] = await Promise.all([hand(), hand()]);
    expect(first).toMatchObject({ kind: "ordered", order: quote });
    expect(second).toEqual(first);
    const number = first.kind === "ordered" ? (first.number ?? "") : "";
    const { people } = live().ground;
    expect((await people.papersOf(number)).orders).toEqual([number]);
    expect((await people.waitingShipments(number)).length).toBe(1);
  });

  it("answers for stock, credit and progress at each step from a quote to its payment", async () => {
    await followsAnOrder(live());
  });
}

/** The operations of the connection in our codes; it offers all of them. */
function asking(live: LiveConnector): Required<Operations> {
  const { operations = {}, manifest } = live.connection;
  const { mapping } = live;
  const mapped = mappedOperations({ operations, abilities: manifest.operations ?? {}, mapping });
  return mapped as Required<Operations>;
}

const customerOf = async (live: LiveConnector): Promise<Id> =>
  (await live.named("accounts", "number", live.ground.customer)).id;
const productOf = async (live: LiveConnector): Promise<Id> =>
  (await live.named("products", "sku", live.ground.product)).id;

async function priced(live: LiveConnector, quantity: string): ReturnType<Required<Operations>["price"]> {
  const line = { product: await productOf(live), quantity, unit: live.ground.quote.unit };
  const none = { pricebook: null, currency: null, date: null };
  return asking(live).price({ customer: await customerOf(live), ...none, lines: [line] });
}

/** A quote of ours of so many pieces at the price that the ERP tells; answers its id. */
async function ofThePrice(live: LiveConnector, quantity: string): Promise<Id> {
  const { currency, rows } = await priced(live, quantity);
  const [row] = rows;
  if (row?.ok !== true) throw new Error("the product has no price");
  const line = {
    product: live.refTo("products", row.product),
    quantity: { value: quantity, unit: row.unit },
    unitPrice: { amount: row.unitPrice, currency },
    discountPercent: row.discountPercent === "0" ? null : row.discountPercent,
  };
  const write = live.create("quotes", {
    account: live.refTo("accounts", await customerOf(live)),
    currency,
    warehouse: live.ground.quote.warehouse,
    lines: [{ key: "1", fields: line }],
  });
  const [made] = await live.send(write);
  return idOf(made);
}

async function chargesAsPriced(live: LiveConnector, quantity: string): Promise<void> {
  const { currency, totals } = await priced(live, quantity);
  const { fields } = live.read("quotes", await live.one("quotes", await ofThePrice(live, quantity)));
  const money = (amount: string | undefined) => ({ amount, currency });
  expect([quantity, fields["net"], fields["tax"], fields["gross"]]).toEqual([
    ...[quantity, money(totals?.net), money(totals?.tax), money(totals?.gross)],
  ]);
}

/** Sends what it is told, twice, and asks again, until it is told the order. */
async function goTheWay(live: LiveConnector, quote: Id): Promise<OrderWay> {
  const ask = async (): Promise<OrderWay> => asking(live).quoteToOrder({ quote });
  let way = await ask();
  for (let round = 0; way.kind === "write" && round < 10; round += 1) {
    const { transition, precondition } = way.write;
    const write = { ...live.move("quotes", quote, transition), precondition };
    for (const each of [write, write]) {
      const [outcome] = await live.send(each);
      expect(["done", "stale", "transient"]).toContain(classOf(outcome));
    }
    way = await ask();
  }
  return way;
}

interface Moment {
  readonly place: StockPlace;
  readonly credit: CreditAnswer;
  /** Confirmed and not yet invoiced, held against the limit or not. */
  readonly orders: number;
}

async function momentOf(live: LiveConnector): Promise<Moment> {
  const { quote } = live.ground;
  const product = await productOf(live);
  const request = { rows: [{ product, wanted: null }], warehouses: [quote.warehouse], date: null };
  const [row] = (await asking(live).availability(request)).rows;
  const place = row?.ok === true ? row.places[0] : undefined;
  if (place === undefined) throw new Error("the product is not in stock");
  const credit = await asking(live).credit({ customer: await customerOf(live), order: null });
  return { place, credit, orders: Number(credit.openOrders) + Number(credit.notHeld) };
}

async function statusOf(live: LiveConnector, order: Id): Promise<OrderStatus> {
  const [status] = await asking(live).orderStatus({ orders: [order] });
  if (status?.ok !== true) throw new Error("the order is not answered");
  return status;
}

/** By how much stock and credit moved between two moments, in whole cents and pieces. */
function between(before: Moment, after: Moment): { readonly [name: string]: number } {
  const cents = (amount: number): number => Math.round(amount * 100) / 100;
  return {
    onHand: Number(after.place.onHand) - Number(before.place.onHand),
    reserved: Number(after.place.reserved) - Number(before.place.reserved),
    available: Number(after.place.available) - Number(before.place.available),
    orders: cents(after.orders - before.orders),
    invoices: cents(Number(after.credit.openInvoices) - Number(before.credit.openInvoices)),
  };
}

async function followsAnOrder(live: LiveConnector): Promise<void> {
  const { people } = live.ground;
  await people.invoiceDeliveries();
  const before = await momentOf(live);
  // Round amounts: an ERP that makes an invoice of each delivery rounds each of them.
  const [made] = await live.send(await live.quote("4", "12.5"));
  const order = idOf(made);
  const { fields } = live.read("quotes", await live.one("quotes", order));
  const amount = (field: "net" | "gross"): number =>
    Number((fields[field] as { readonly amount: string }).amount);
  const measured = live.connection.manifest.operations?.credit?.measuredBy ?? "net";
  const [worth, gross] = [amount(measured), amount("gross")];
  const still = { onHand: 0, reserved: 0, available: 0, orders: 0, invoices: 0 };
  expect(between(before, await momentOf(live))).toEqual(still);

  const way = await goTheWay(live, order);
  const number = way.kind === "ordered" ? (way.number ?? "") : "";
  const ordered = { ...still, reserved: 4, available: -4, orders: worth };
  expect(between(before, await momentOf(live))).toEqual(ordered);
  const open = await statusOf(live, order);
  expect([open.number, open.state, open.delivered, open.invoiced]).toEqual([number, "open", "none", "none"]);

  const deliver = async (share: "whole" | "half"): Promise<void> => {
    const [shipment] = await people.waitingShipments(number);
    expect(await people.deliver(shipment?.id ?? "", share)).toBe(share);
  };
  await deliver("half");
  expect(between(before, await momentOf(live))).toEqual({ ...ordered, onHand: -2, reserved: 2 });
  const half = await statusOf(live, order);
  expect([half.state, half.delivered]).toEqual(["part_delivered", "part"]);
  expect(half.lines).toMatchObject([{ ordered: "4", delivered: "2", unit: live.ground.quote.unit }]);
  expect(half.promisedDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  await deliver("whole");
  const full = await statusOf(live, order);
  expect([full.delivered, full.invoiced, full.promisedDate]).toEqual(["full", "none", null]);
  expect(full.shipments.map(({ state }) => state)).toEqual(["shipped", "shipped"]);

  const delivered = { ...ordered, onHand: -4, reserved: 0 };
  expect(between(before, await momentOf(live))).toEqual(delivered);
  for (const paper of await people.toInvoice(number)) await people.invoice(paper.id);
  expect((await statusOf(live, order)).invoiced).toBe("full");
  expect(between(before, await momentOf(live))).toEqual({ ...delivered, orders: 0, invoices: gross });
  for (const invoice of await people.unpaidInvoices(number)) await people.pay(invoice.id);
  expect(between(before, await momentOf(live))).toEqual({ ...delivered, orders: 0 });
}

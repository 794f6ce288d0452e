import type { Crm, DemoContents, Erp, Json, JsonMap, Random, TwinRecord } from "@crossfoot/twin";

/** Something that a person did, for the terminal. */
export interface Deed {
  readonly who: string;
  readonly where: "crm" | "erp";
  readonly what: string;
}

/** Two departments at work on both systems. Each call does one thing and tells it; null when nothing came to mind. */
export type Worker = () => Deed | null;

/** What work needs to see. */
export interface Office {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly contents: DemoContents;
  readonly random: Random;
}

function recordsOf(system: Crm | Erp, object: string): readonly TwinRecord[] {
  return Object.values(system.state.records[object] ?? {});
}

function textOf(record: TwinRecord | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function pickWhere(
  office: Office,
  records: readonly TwinRecord[],
  test: (record: TwinRecord) => boolean,
): TwinRecord | null {
  const fitting = records.filter(test);
  return fitting.length === 0 ? null : office.random.pick(fitting);
}

/** Orders that can still be delivered or invoiced. */
const isOpenOrder = (record: TwinRecord): boolean =>
  ["open", "part_delivered"].includes(textOf(record, "state"));

/** Sales: calls customers, corrects their details, sends and wins quotes. */
export function salesWork(office: Office): readonly Worker[] {
  const { crm, contents, random } = office;
  const account = (): string => random.pick(contents.shared).accountId;
  const name = (id: string): string => textOf(crm.state.records["accounts"]?.[id], "name");
  return [
    () => {
      const id = account();
      crm.people.editAccount(id, { phone: `+49 30 5550${random.between(1000, 9999)}` }, "ada");
      return { who: "ada", where: "crm", what: `new phone number for ${name(id)}` };
    },
    () => {
      const id = account();
      const street = `${random.between(1, 99)} Fairground Lane`;
      const before = crm.state.records["accounts"]?.[id]?.["billingAddress"];
      const address =
        typeof before === "object" && before !== null && !Array.isArray(before) ? (before as JsonMap) : {};
      crm.people.editAccount(id, { billingAddress: { ...address, street } }, "bruno");
      return { who: "bruno", where: "crm", what: `${name(id)} moved to ${street}` };
    },
    () => {
      const quote = pickWhere(office, recordsOf(crm, "quotes"), (one) => textOf(one, "status") === "draft");
      if (quote === null) return null;
      crm.people.sendQuote(String(quote.id), "bruno");
      return { who: "bruno", where: "crm", what: `quote ${textOf(quote, "number")} sent` };
    },
    () => winQuote(office),
  ];
}

/** A customer accepts: from here the quote is an order in the making. */
export function winQuote(office: Office): Deed | null {
  const quote = pickWhere(office, recordsOf(office.crm, "quotes"), (one) => textOf(one, "status") === "sent");
  if (quote === null) return null;
  office.crm.people.acceptQuote(String(quote.id), "ada");
  return { who: "ada", where: "crm", what: `quote ${textOf(quote, "number")} won` };
}

/** Finance and the warehouse: deliver, invoice, take payments, change prices and limits. */
export function financeWork(office: Office): readonly Worker[] {
  const { erp, random, contents } = office;
  return [
    () => deliverSome(office),
    () => {
      const order = pickWhere(
        office,
        recordsOf(erp, "sales_orders"),
        (one) => textOf(one, "state") === "delivered",
      );
      if (order === null) return null;
      const invoice = erp.people.invoice(Number(order.id), "dora");
      return {
        who: "dora",
        where: "erp",
        what: `invoice ${textOf(invoice, "number")} for ${textOf(order, "number")}`,
      };
    },
    () => {
      const invoice = pickWhere(
        office,
        recordsOf(erp, "invoices"),
        (one) => textOf(one, "state") === "posted",
      );
      if (invoice === null) return null;
      const amount = textOf(invoice, "open_balance");
      erp.people.pay(Number(invoice.id), { amount, method: "transfer" }, "dora");
      return { who: "dora", where: "erp", what: `${textOf(invoice, "number")} paid` };
    },
    () => {
      const list = random.pick(recordsOf(erp, "price_lists"));
      const entries = (list["entries"] as readonly JsonMap[] | undefined) ?? [];
      if (entries.length === 0) return null;
      const entry = random.pick(entries);
      const price = `${random.between(5, 90)}.${random.between(10, 99)}`;
      erp.people.changePrice({ listId: Number(list.id), itemId: Number(entry["item_id"]), price }, "faye");
      return { who: "faye", where: "erp", what: `a price in ${textOf(list, "code")} is now ${price}` };
    },
    () => {
      const { customerId } = random.pick(contents.shared);
      const limit = `${random.between(50, 90)}000.00`;
      const customer = erp.people.editCustomer(customerId, { credit_limit: limit }, "faye");
      return {
        who: "faye",
        where: "erp",
        what: `credit limit of ${textOf(customer, "name")} is now ${limit}`,
      };
    },
  ];
}

/** One delivery: whole, or half of it when there is something to halve. */
export function deliverSome(office: Office): Deed | null {
  const { erp, random } = office;
  const order = pickWhere(office, recordsOf(erp, "sales_orders"), isOpenOrder);
  if (order === null) return null;
  const lines = (order["lines"] as readonly JsonMap[] | undefined) ?? [];
  const half = lines.map((line): readonly [string, Json] => [
    String(line["id"]),
    String(Math.floor((Number(line["qty"]) - Number(line["delivered_qty"] ?? 0)) / 2)),
  ]);
  const isHalf =
    textOf(order, "state") === "open" &&
    half.every(([, quantity]) => Number(quantity) > 0) &&
    random.chance(0.5);
  const quantities = isHalf ? (Object.fromEntries(half) as { readonly [line: string]: string }) : null;
  try {
    erp.people.deliver(Number(order.id), quantities, "emil");
  } catch {
    // Stock is short: a warehouse that cannot deliver waits, as warehouses do.
    return null;
  }
  const part = isHalf ? "a first part of " : "";
  return { who: "emil", where: "erp", what: `delivered ${part}${textOf(order, "number")}` };
}

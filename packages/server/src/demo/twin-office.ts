import type { Erp, Json, JsonMap, Random, TwinRecord } from "@crossfoot/twin";
import type { BackOffice } from "./back-office.ts";
import { pickWhere, textIn } from "./record.ts";

const recordsOf = (erp: Erp, object: string): readonly TwinRecord[] =>
  Object.values(erp.state.records[object] ?? {});

/** A record in one of these states, or null. */
function pickIn(
  at: { readonly erp: Erp; readonly random: Random },
  object: string,
  states: readonly string[],
): TwinRecord | null {
  return pickWhere(at.random, recordsOf(at.erp, object), (one) => states.includes(textIn(one, "state")));
}

/** The back office of the twin: people act on it directly, as its own users. */
export function twinOffice(erp: Erp, random: Random): BackOffice {
  const { people } = erp;
  const at = { erp, random };
  return {
    deliver: () => Promise.resolve(deliver(at)),
    invoice: async () => {
      const order = pickIn(at, "sales_orders", ["delivered"]);
      if (order === null) return null;
      const invoice = people.invoice(Number(order.id), "dora");
      return `invoice ${textIn(invoice, "number")} for ${textIn(order, "number")}`;
    },
    takePayment: async () => {
      const invoice = pickIn(at, "invoices", ["posted"]);
      if (invoice === null) return null;
      people.pay(Number(invoice.id), { amount: textIn(invoice, "open_balance"), method: "transfer" }, "dora");
      return `${textIn(invoice, "number")} paid`;
    },
    changePrice: async () => {
      const list = random.pick(recordsOf(erp, "price_lists"));
      const entries = (list["entries"] as readonly JsonMap[] | undefined) ?? [];
      if (entries.length === 0) return null;
      const entry = random.pick(entries);
      const price = `${random.between(5, 90)}.${random.between(10, 99)}`;
      people.changePrice({ listId: Number(list.id), itemId: Number(entry["item_id"]), price }, "faye");
      return `a price in ${textIn(list, "code")} is now ${price}`;
    },
    setCreditLimit: async (customer, limit) => {
      people.editCustomer(Number(customer), { credit_limit: limit }, "faye");
    },
    setWebsite: async (customer, website) => {
      people.editCustomer(Number(customer), { url: website }, "dora");
    },
    loseNextAnswer: () => {
      erp.faults.add({ method: "POST", path: "/sales_quotes", exact: true, effect: { kind: "lose" } });
    },
    answersLost: () => erp.faults.fired.filter(({ effect }) => effect.kind === "lose").length,
    quotesMade: async () =>
      erp.commits
        .filter(({ object, kind }) => object === "sales_quotes" && kind === "create")
        .filter(({ actor }) => actor === "integration")
        .map(({ after }) => textIn(after ?? undefined, "external_ref")),
    customersNamed: async (name) =>
      recordsOf(erp, "customers").filter((one) => textIn(one, "name") === name).length,
  };
}

/** One delivery: whole, or half of it when there is something to halve. */
function deliver(at: { readonly erp: Erp; readonly random: Random }): string | null {
  const order = pickIn(at, "sales_orders", ["open", "part_delivered"]);
  if (order === null) return null;
  const lines = (order["lines"] as readonly JsonMap[] | undefined) ?? [];
  const half = lines.map((line): readonly [string, Json] => [
    textIn(line, "id"),
    String(Math.floor((Number(line["qty"]) - Number(line["delivered_qty"] ?? 0)) / 2)),
  ]);
  const isHalf =
    textIn(order, "state") === "open" &&
    half.every(([, quantity]) => Number(quantity) > 0) &&
    at.random.chance(0.5);
  const quantities = isHalf ? (Object.fromEntries(half) as { readonly [line: string]: string }) : null;
  try {
    at.erp.people.deliver(Number(order.id), quantities, "emil");
  } catch {
    // Stock is short: a warehouse that cannot deliver waits, as warehouses do.
    return null;
  }
  return `delivered ${isHalf ? "a first part of " : ""}${textIn(order, "number")}`;
}

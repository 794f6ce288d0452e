/**
 * A CRM and an ERP in a process of their own, so that their work is not measured as Crossfoot's. Started by
 * `openTwins` with the time that is added to each answer, ms; takes questions over the channel to its parent.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import { answerParent } from "../child.ts";
import { directHeader } from "./talk.ts";
import type { TwinsCounts, TwinsPlace, TwinsQuestions } from "./talk.ts";

const latencyMs = Number(process.argv[2] ?? "5");
const productCount = 5;
const clock = (): number => Date.now();
const [crm, erp] = [createCrm({ clock, seed: 1 }), createErp({ clock, seed: 1 })];
const demo = seedDemo({ crm, erp, seed: 1, accounts: 40, products: 24, history: 12, quotes: 0, calm: true });
let seen: string[] = [];
subscribe("http.server.request.start", (message) => {
  const { request } = message as { readonly request: IncomingMessage };
  if (request.headers[directHeader] === undefined) seen.push(`${request.method} ${request.url}`);
});
const [crmUp, erpUp] = [await crm.listen({ latencyMs }), await erp.listen({ latencyMs })];

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function place(): TwinsPlace {
  const of = (twin: typeof crm | typeof erp, object: string, id: string | number, field: string): string =>
    textOf(twin.state.records[object]?.[String(id)]?.[field]);
  // What has a price in this currency in every list, and a customer who buys in it.
  const account = demo.shared.find(
    ({ customerId }) => of(erp, "customers", customerId, "currency") === "EUR",
  );
  const [order] = demo.orderIds;
  if (account === undefined || order === undefined) throw new Error("the demo has no customer or no order");
  return {
    ...{ crm: crmUp.url, erp: erpUp.url, order },
    account: { crm: account.accountId, erp: account.customerId },
    products: demo.sharedProducts.slice(0, productCount).map(({ productId, ...twin }) => ({
      ...{ crm: productId, erp: twin.itemId },
      unit: of(crm, "products", productId, "unit"),
      uom: of(erp, "items", twin.itemId, "uom"),
    })),
  };
}

const at = place();

function quote({ nth }: TwinsQuestions["quote"]): string {
  const { people } = crm;
  const made = people.createQuote({
    ...{ accountId: at.account.crm, currency: "EUR", warehouse: "MAIN", paymentTerms: "net30" },
    ...{ customerOrderNumber: `PO-${nth}`, validUntil: "2099-12-31" },
    lines: at.products.map((each) => ({
      ...{ productId: each.crm, quantity: "1", unit: each.unit },
      unitPrice: { amount: "0.02", currency: "EUR" },
    })),
  });
  people.sendQuote(String(made.id));
  people.acceptQuote(String(made.id));
  return String(made.id);
}

function contacts({ count }: TwinsQuestions["contacts"]): null {
  for (let nth = 0; nth < count; nth += 1) {
    const customer = demo.shared[nth % demo.shared.length]?.customerId ?? at.account.erp;
    erp.people.create("contacts", {
      ...{ first_name: `Ada ${nth % 97}`, last_name: `Fable ${nth}`, role: "Buyer" },
      ...{ email: `desk-${nth}@fable-${nth}.example`, customer_id: customer, consent_email: true },
    });
  }
  return null;
}

const countOf = (twin: typeof crm | typeof erp, object: string): number =>
  Object.keys(twin.state.records[object] ?? {}).length;

answerParent<TwinsQuestions>(at, {
  quote,
  contacts,
  counts: (): TwinsCounts => ({
    contacts: countOf(crm, "contacts"),
    orders: countOf(erp, "sales_orders"),
  }),
  seen: () => {
    const all = seen;
    seen = [];
    return all;
  },
  stop: async () => {
    await Promise.all([crmUp.close(), erpUp.close()]);
    return null;
  },
});

import { sleep } from "../../platform/sleep.ts";
import type { Paper, Papers, People, Sale } from "../people.ts";
import { textIn } from "../record.ts";
import { dec } from "./admin.ts";
import type { Admin, Json, Row } from "./admin.ts";

/**
 * What PostgreSQL says through Tryton when two people are at the same rows; the call has done nothing then.
 */
const busy = /could not obtain lock on|could not serialize access|deadlock detected/;
const triesMax = 20;
const pauseMs = 250;

/** A person who presses the button again when somebody else is at the same rows just now. */
function patient(admin: Admin): Admin {
  const again = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await act();
      } catch (error) {
        if (tries >= triesMax || !(error instanceof Error && busy.test(error.message))) throw error;
        await sleep(pauseMs);
      }
    }
  };
  return {
    call: (method, ...parameters) => again(() => admin.call(method, ...parameters)),
    find: admin.find,
    wizard: (name, steps, on) => again(() => admin.wizard(name, steps, on)),
    callIn: (more, method, ...parameters) => again(() => admin.callIn(more, method, ...parameters)),
  };
}

type Domain = readonly Json[];

const idOf = (row: Row | undefined): number => Number(row?.["id"]);
const idsIn = (row: Row | undefined, field: string): readonly number[] =>
  (row?.[field] ?? []) as readonly number[];

/** The order's number, out of the text in which Tryton lists where a document comes from. */
const orderIn = (row: Row): string => textIn(row, "origins").split(" [")[0] ?? "";

const paperOf = (row: Row): Paper => ({
  id: textIn(row, "id"),
  number: textIn(row, "number"),
  order: orderIn(row),
});

/** Documents of a model, of one order or of all. */
async function papers(
  admin: Admin,
  at: { readonly model: string; readonly domain: Domain; readonly field: string; readonly order?: string },
): Promise<readonly Paper[]> {
  const { model, domain, field, order } = at;
  if (order === undefined) return (await admin.find(model, domain, ["number", "origins"])).map(paperOf);
  const [sale] = await admin.find("sale.sale", [["number", "=", order]], [field]);
  const among = [...domain, ["id", "in", idsIn(sale, field)]];
  const rows = await admin.find(model, among, ["number", "origins"]);
  return rows.map((row) => ({ ...paperOf(row), order }));
}

async function setMechanism(
  admin: Admin,
  customer: string,
  { type, value }: { readonly type: string; readonly value: string },
): Promise<void> {
  const domain = [
    ["party", "=", Number(customer)],
    ["type", "=", type],
  ];
  const [row] = await admin.find("party.contact_mechanism", domain, ["value"]);
  await admin.call("party.contact_mechanism.write", [idOf(row)], { value });
}

async function deliver(
  admin: Admin,
  shipment: number,
  share: "whole" | "half",
): Promise<"whole" | "half" | null> {
  const [row] = await admin.find("stock.shipment.out", [["id", "=", shipment]], ["inventory_moves"]);
  const moves = await admin.find("stock.move", [["id", "in", idsIn(row, "inventory_moves")]], ["quantity"]);
  const halves = moves.map((move) => [idOf(move), Math.floor(Number(move["quantity"]) / 2)] as const);
  const isHalf = share === "half" && halves.every(([, half]) => half > 0);
  if (isHalf) for (const [id, half] of halves) await admin.call("stock.move.write", [id], { quantity: half });
  if ((await admin.call("stock.shipment.out.assign_try", [shipment])) !== true) return null;
  for (const step of ["pick", "pack", "done"]) await admin.call(`stock.shipment.out.${step}`, [shipment]);
  return isHalf ? "half" : "whole";
}

async function credit(admin: Admin, invoice: number): Promise<void> {
  const on = { model: "account.invoice", id: invoice };
  const [row] = await admin.find("account.invoice", [["id", "=", invoice]], ["payment_lines", "state"]);
  // What nobody has paid is settled by its credit note; what was paid is owed to the customer.
  const isOpen = row?.["state"] === "posted" && idsIn(row, "payment_lines").length === 0;
  await admin.wizard("account.invoice.credit", [["credit", { with_refund: isOpen }]], on);
  const drafts = [
    ["lines.origin.invoice.id", "=", invoice, "account.invoice.line"],
    ["state", "=", "draft"],
  ];
  for (const draft of await admin.find("account.invoice", drafts, ["number"]))
    await admin.call("account.invoice.post", [idOf(draft)]);
}

async function papersOf(admin: Admin, order: string): Promise<Papers> {
  const sales = await admin.find("sale.sale", [["number", "=", order]], ["number", "shipments", "invoices"]);
  const ids = sales.flatMap((sale) => idsIn(sale, "invoices"));
  const numbers = async (model: string, domain: Domain): Promise<readonly string[]> =>
    (await admin.find(model, domain, ["number"])).map((row) => textIn(row, "number"));
  const posted = ["number", "!=", null];
  const rows = await admin.find("account.invoice", [["id", "in", ids], posted], ["number", "total_amount"]);
  const isCredit = (row: Row): boolean => Number((row["total_amount"] as Row)["decimal"]) < 0;
  const credits = [["lines.origin.invoice.id", "in", ids, "account.invoice.line"], posted];
  const sent = sales.flatMap((sale) => idsIn(sale, "shipments"));
  const money = await admin.find("account.invoice", [["id", "in", ids], posted], ["payment_lines"]);
  const lines = money.flatMap((row) => idsIn(row, "payment_lines"));
  const payments = await admin.find("account.move.line", [["id", "in", lines]], ["credit"]);
  return {
    orders: sales.map((sale) => textIn(sale, "number")),
    shipments: await numbers("stock.shipment.out", [
      ["id", "in", sent],
      ["state", "=", "done"],
    ]),
    invoices: rows.filter((row) => !isCredit(row)).map((row) => textIn(row, "number")),
    creditNotes: [
      ...rows.filter(isCredit).map((row) => textIn(row, "number")),
      ...(await numbers("account.invoice", credits)),
    ],
    payments: payments.map((line) => textIn(line["credit"] as Row, "decimal")),
  };
}

async function salesOf(admin: Admin, user: string): Promise<readonly Sale[]> {
  const sales = await admin.find("sale.sale", [["create_uid.login", "=", user]], ["number", "state"]);
  return sales.map((sale) => ({
    ...{ id: textIn(sale, "id"), number: textIn(sale, "number") },
    isOrder: !["draft", "quotation", "cancelled"].includes(textIn(sale, "state")),
  }));
}

async function rejectQuote(admin: Admin, number: string, reason: string): Promise<void> {
  const [sale] = await admin.find("sale.sale", [["number", "=", number]], ["number"]);
  await admin.call("sale.sale.write", [idOf(sale)], { comment: reason });
  await admin.call("sale.sale.cancel", [idOf(sale)]);
}

/** People at Tryton's own screens, which is JSON-RPC under a login of theirs. */
export function trytonPeople(hasty: Admin): People {
  const admin = patient(hasty);
  return {
    customersNamed: async (name) => {
      const rows = await admin.find("party.party", [["name", "=", name]], ["code"]);
      return rows.map((row) => ({ id: textIn(row, "id"), number: textIn(row, "code") }));
    },
    rename: async (customer, name) => {
      await admin.call("party.party.write", [Number(customer)], { name });
    },
    setEmail: (customer, value) => setMechanism(admin, customer, { type: "email", value }),
    setWebsite: (customer, value) => setMechanism(admin, customer, { type: "website", value }),
    setCreditLimit: async (customer, limit) => {
      await admin.call("party.party.write", [Number(customer)], { credit_limit_amount: dec(limit) });
    },
    goods: async () => {
      const domain = [
        ["code", "like", "P%"],
        ["type", "=", "goods"],
      ];
      return (await admin.find("product.template", domain, ["code"])).map((row) => textIn(row, "code"));
    },
    setListPrice: async (code, price) => {
      const [template] = await admin.find("product.template", [["code", "=", code]], ["code"]);
      await admin.call("product.template.write", [idOf(template)], { list_price: dec(price) });
    },
    invoiceDeliveries: async () => {
      await admin.call("sale.configuration.write", [1], { sale_invoice_method: "shipment" });
    },
    waitingShipments: (order) => {
      const domain = [["state", "in", ["waiting", "assigned"]]];
      return papers(admin, { model: "stock.shipment.out", domain, field: "shipments", ...of(order) });
    },
    deliver: (shipment, share) => deliver(admin, Number(shipment), share),
    toInvoice: (order) => {
      const domain = [
        ["type", "=", "out"],
        ["state", "=", "draft"],
      ];
      return papers(admin, { model: "account.invoice", domain, field: "invoices", ...of(order) });
    },
    invoice: async (paper) => {
      await admin.call("account.invoice.post", [Number(paper)]);
      const rows = await admin.find("account.invoice", [["id", "=", Number(paper)]], ["number", "origins"]);
      return rows.map(paperOf)[0] ?? { id: paper, number: "", order: "" };
    },
    unpaidInvoices: (order) => {
      const domain = [
        ["type", "=", "out"],
        ["state", "=", "posted"],
      ];
      return papers(admin, { model: "account.invoice", domain, field: "invoices", ...of(order) });
    },
    pay: async (invoice) => {
      const [method] = await admin.find("account.invoice.payment.method", [], ["name"]);
      const on = { model: "account.invoice", id: Number(invoice) };
      await admin.wizard("account.invoice.pay", [["choice", { payment_method: idOf(method) }]], on);
    },
    credit: (invoice) => credit(admin, Number(invoice)),
    rejectQuote: (number, reason) => rejectQuote(admin, number, reason),
    papersOf: (order) => papersOf(admin, order),
    salesOf: (user) => salesOf(admin, user),
    referencesOf: async (user) => {
      const sales = await admin.find("sale.sale", [["create_uid.login", "=", user]], ["reference"]);
      return sales.map((sale) => textIn(sale, "reference"));
    },
  };
}

const of = (order: string | undefined): { readonly order?: string } => (order === undefined ? {} : { order });

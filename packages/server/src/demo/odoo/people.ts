import type { Paper, Papers, People } from "../people.ts";
import { textIn } from "../record.ts";
import type { Desk, Json, Row } from "./desk.ts";
import { referenceField } from "./prepare.ts";

type Domain = readonly Json[];

const outgoing = ["picking_type_code", "=", "outgoing"];
const posted = ["state", "=", "posted"];

const idOf = (row: Row | undefined): number => Number(row?.["id"]);
const idsIn = (row: Row | undefined, field: string): readonly number[] =>
  (row?.[field] ?? []) as readonly number[];
/** Odoo says `false` where there is nothing. */
const said = (row: Row | undefined, field: string): string => textIn(row, field);

const inOrder = (path: string, order: string | undefined): Domain =>
  order === undefined ? [] : [[path, "=", order]];

async function waitingShipments(desk: Desk, order: string | undefined): Promise<readonly Paper[]> {
  const waiting = ["state", "in", ["confirmed", "assigned"]];
  const domain = [outgoing, waiting, ["sale_id", "!=", false], ...inOrder("sale_id.name", order)];
  const rows = await desk.find("stock.picking", domain, ["name", "origin"]);
  return rows.map((row) => ({ id: said(row, "id"), number: said(row, "name"), order: said(row, "origin") }));
}

/** Buttons of a delivery answer a question instead of a result, unless the questions are answered before. */
const noQuestions = { skip_backorder: true, skip_sms: true };

async function deliver(
  desk: Desk,
  shipment: number,
  share: "whole" | "half",
): Promise<"whole" | "half" | null> {
  await desk.call("stock.picking", "action_assign", { ids: [shipment] });
  const among = [
    ["picking_id", "=", shipment],
    ["state", "!=", "cancel"],
  ];
  const asked = (move: Row): number => Number(move["product_uom_qty"]);
  const rows = await desk.find("stock.move", among, ["product_uom_qty", "quantity"]);
  // Of a line that was taken away nothing is left to be picked.
  const moves = rows.filter((move) => asked(move) > 0);
  if (moves.some((move) => Number(move["quantity"]) < asked(move))) return null;
  const isHalf = share === "half" && moves.every((move) => Math.floor(asked(move) / 2) > 0);
  for (const move of moves) {
    const quantity = isHalf ? Math.floor(asked(move) / 2) : asked(move);
    await desk.call("stock.move", "write", { ids: [idOf(move)], vals: { quantity, picked: true } });
  }
  const answer = await desk.call("stock.picking", "button_validate", {
    ids: [shipment],
    context: noQuestions,
  });
  if (answer !== true) throw new Error("Odoo asked a question instead of delivering");
  return isHalf ? "half" : "whole";
}

async function invoiceOrder(desk: Desk, order: number): Promise<Paper> {
  const context = { active_model: "sale.order", active_ids: [order], active_id: order };
  const seen = async (): Promise<Row | undefined> =>
    (await desk.find("sale.order", [["id", "=", order]], ["name", "invoice_ids"]))[0];
  const before = new Set(idsIn(await seen(), "invoice_ids"));
  const made = await desk.call("sale.advance.payment.inv", "create", {
    vals_list: [{ advance_payment_method: "delivered" }],
    context,
  });
  await desk.call("sale.advance.payment.inv", "create_invoices", { ids: made, context });
  const after = await seen();
  const ids = idsIn(after, "invoice_ids").filter((id) => !before.has(id));
  await desk.call("account.move", "action_post", { ids });
  const [move] = await desk.find("account.move", [["id", "in", ids]], ["name"]);
  return { id: said(move, "id"), number: said(move, "name"), order: said(after, "name") };
}

/** Ids of invoices and credit notes of an order, or null for all orders. */
async function movesOf(desk: Desk, order: string | undefined): Promise<readonly number[] | null> {
  if (order === undefined) return null;
  const sales = await desk.find("sale.order", [["name", "=", order]], ["invoice_ids"]);
  return sales.flatMap((sale) => idsIn(sale, "invoice_ids"));
}

async function unpaidInvoices(desk: Desk, order: string | undefined): Promise<readonly Paper[]> {
  const ids = await movesOf(desk, order);
  const domain = [
    ["move_type", "=", "out_invoice"],
    posted,
    ["payment_state", "in", ["not_paid", "partial"]],
    ...(ids === null ? [] : [["id", "in", ids]]),
  ];
  const rows = await desk.find("account.move", domain, ["name", "invoice_origin"]);
  return rows.map((row) => ({
    id: said(row, "id"),
    number: said(row, "name"),
    order: said(row, "invoice_origin"),
  }));
}

async function journalOf(desk: Desk, type: string): Promise<number> {
  return idOf((await desk.find("account.journal", [["type", "=", type]], ["name"]))[0]);
}

async function pay(desk: Desk, invoice: number): Promise<void> {
  const context = { active_model: "account.move", active_ids: [invoice] };
  const made = await desk.call("account.payment.register", "create", {
    vals_list: [{ journal_id: await journalOf(desk, "bank") }],
    context,
  });
  await desk.call("account.payment.register", "action_create_payments", { ids: made, context });
}

async function credit(desk: Desk, invoice: number): Promise<void> {
  const context = { active_model: "account.move", active_ids: [invoice] };
  const made = await desk.call("account.move.reversal", "create", {
    vals_list: [{ journal_id: await journalOf(desk, "sale"), reason: "returned" }],
    context,
  });
  await desk.call("account.move.reversal", "refund_moves", { ids: made, context });
  const draft = [
    ["reversed_entry_id", "=", invoice],
    ["state", "=", "draft"],
  ];
  const ids = (await desk.find("account.move", draft, ["name"])).map(idOf);
  await desk.call("account.move", "action_post", { ids });
}

async function papersOf(desk: Desk, order: string): Promise<Papers> {
  const sales = await desk.find("sale.order", [["name", "=", order]], ["name"]);
  const sent = [outgoing, ["sale_id.name", "=", order], ["state", "=", "done"]];
  const pickings = await desk.find("stock.picking", sent, ["name"]);
  const ids = (await movesOf(desk, order)) ?? [];
  const moves = await desk.find("account.move", [["id", "in", ids], posted], ["name", "move_type"]);
  const ofType = (type: string): readonly string[] =>
    moves.filter((move) => move["move_type"] === type).map((move) => said(move, "name"));
  const payments = await desk.find("account.payment", [["invoice_ids", "in", ids]], ["amount"]);
  return {
    orders: sales.map((sale) => said(sale, "name")),
    shipments: pickings.map((picking) => said(picking, "name")),
    invoices: ofType("out_invoice"),
    creditNotes: ofType("out_refund"),
    payments: payments.map((payment) => Number(payment["amount"]).toFixed(2)),
  };
}

/** People at Odoo's own screens, which is JSON-2 under a key of theirs. */
export function odooPeople(desk: Desk): People {
  const writePartner = async (customer: string, vals: Row): Promise<void> => {
    await desk.call("res.partner", "write", { ids: [Number(customer)], vals });
  };
  return {
    customersNamed: async (name) => {
      const rows = await desk.find("res.partner", [["name", "=", name]], ["ref"]);
      return rows.map((row) => ({ id: said(row, "id"), number: said(row, "ref") }));
    },
    rename: (customer, name) => writePartner(customer, { name }),
    setEmail: (customer, email) => writePartner(customer, { email }),
    setWebsite: (customer, website) => writePartner(customer, { website }),
    setCreditLimit: (customer, limit) =>
      writePartner(customer, { use_partner_credit_limit: true, credit_limit: Number(limit) }),
    goods: async () => {
      const domain = [
        ["default_code", "=like", "P%"],
        ["type", "=", "consu"],
      ];
      return (await desk.find("product.template", domain, ["default_code"])).map((row) =>
        said(row, "default_code"),
      );
    },
    setListPrice: async (code, price) => {
      const rows = await desk.find("product.template", [["default_code", "=", code]], ["default_code"]);
      await desk.call("product.template", "write", {
        ids: rows.map(idOf),
        vals: { list_price: Number(price) },
      });
    },
    // Odoo decides by product, and goods of the seed are invoiced by what was delivered.
    invoiceDeliveries: async () => undefined,
    waitingShipments: (order) => waitingShipments(desk, order),
    deliver: (shipment, share) => deliver(desk, Number(shipment), share),
    toInvoice: async (order) => {
      const domain = [["invoice_status", "=", "to invoice"], ...inOrder("name", order)];
      const rows = await desk.find("sale.order", domain, ["name"]);
      return rows.map((row) => ({ id: said(row, "id"), number: "", order: said(row, "name") }));
    },
    invoice: (paper) => invoiceOrder(desk, Number(paper)),
    unpaidInvoices: (order) => unpaidInvoices(desk, order),
    pay: (invoice) => pay(desk, Number(invoice)),
    credit: (invoice) => credit(desk, Number(invoice)),
    rejectQuote: async (number, reason) => {
      const ids = (await desk.find("sale.order", [["name", "=", number]], ["name"])).map(idOf);
      await desk.call("sale.order", "message_post", { ids, body: reason, message_type: "comment" });
      const context = { disable_cancel_warning: true };
      await desk.call("sale.order", "action_cancel", { ids, context });
    },
    papersOf: (order) => papersOf(desk, order),
    salesOf: async (user) => {
      const rows = await desk.find("sale.order", [["create_uid.login", "=", user]], ["name", "state"]);
      return rows.map((row) => ({
        ...{ id: textIn(row, "id"), number: said(row, "name") },
        isOrder: ["sale", "done"].includes(said(row, "state")),
      }));
    },
    referencesOf: async (user) => {
      const rows = await desk.find("sale.order", [["create_uid.login", "=", user]], [referenceField]);
      return rows.map((row) => said(row, referenceField)).filter((reference) => reference !== "");
    },
  };
}

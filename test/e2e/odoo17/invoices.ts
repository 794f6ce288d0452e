import { amountsOf, invoiceLine, totalsOf } from "./amounts.ts";
import { goodsOf } from "./computed.ts";
import type { At } from "./database.ts";
import { follow, followAll, look } from "./look.ts";
import { userError } from "./refusal.ts";
import { dayAfter } from "./rows.ts";
import { cents, idOf, idsIn, numberIn, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

const model = "account.move";
const lineModel = "account.move.line";

/** A credit note stands in the journal the other way round. */
const signOf = (move: Row): number => (move["move_type"] === "out_refund" ? 1 : -1);

const journal = (at: At, type: string): Json =>
  at.db.rows("account.journal").find((row) => row["type"] === type)?.["id"] ?? false;

/** Brings the rows of a journal entry to what its lines of goods come to: taxes, and what is owed. */
function settleEntry(at: At, move: Row): void {
  const goods = goodsOf(at, move);
  const { net, tax, byTax } = totalsOf(at, goods.map(invoiceLine));
  const sign = signOf(move);
  for (const line of goods)
    at.db.update(lineModel, line, { balance: cents(sign * amountsOf(at, invoiceLine(line)).net) }, at.tx);
  const others = at.db
    .rows(lineModel)
    .filter((line) => line["move_id"] === move["id"] && line["display_type"] !== "product");
  const put = (kind: string, name: string, more: Values): void => {
    const known = others.find(
      (line) => line["display_type"] === kind && (kind !== "tax" || line["name"] === name),
    );
    const values = { move_id: idOf(move), display_type: kind, name, ...more };
    if (known === undefined) at.db.insert(lineModel, values, at.tx);
    else at.db.update(lineModel, known, values, at.tx);
  };
  for (const [id, amount] of byTax)
    put("tax", textIn(at.db.find("account.tax", id), "name"), { balance: cents(sign * amount) });
  const receivable = at.db.rows("account.account").find((row) => row["account_type"] === "asset_receivable");
  put("payment_term", textIn(move, "payment_reference"), {
    balance: cents(-sign * (net + tax)),
    account_id: receivable?.["id"] ?? false,
    date_maturity: move["invoice_date_due"] ?? false,
  });
}

/** A line of a posted invoice takes another price, and the entry and its totals follow. */
export function writeInvoiceLine(at: At, row: Row, values: Values): void {
  at.db.update(lineModel, row, values, at.tx);
  const move = follow(at, lineModel, row, "move_id");
  if (move === undefined) return;
  settleEntry(at, move);
  at.db.touch(model, move, at.tx);
}

const lineLike = (line: Row, sale: number, quantity: Json): Values => ({
  ...{ display_type: "product", product_id: line["product_id"] ?? false, name: line["name"] ?? false },
  ...{ quantity, product_uom_id: line["product_uom"] ?? false, price_unit: line["price_unit"] ?? 0 },
  ...{ discount: line["discount"] ?? 0, tax_ids: line["tax_id"] ?? [], sale_line_ids: [sale] },
});

function invoiceOrder(at: At, order: Row): Row {
  const term = order["payment_term_id"] ?? false;
  const lines = followAll(at, "sale.order", order, "order_line")
    .map((line) => ({ line, open: look(at, "sale.order.line", line, "qty_to_invoice") }))
    .filter(({ open }) => Number(open) > 0);
  if (lines.length === 0) throw userError("Cannot create an invoice. No items are available to invoice.");
  const days = numberIn(at.db.find("account.payment.term", term), "days");
  const move = at.db.insert(
    model,
    {
      ...{ move_type: "out_invoice", name: "/", state: "draft", ref: order["client_order_ref"] ?? false },
      ...{ partner_id: order["partner_invoice_id"] ?? false, company_id: at.tx.company },
      ...{ invoice_date_due: dayAfter(at.tx, days), invoice_payment_term_id: term },
      ...{ currency_id: look(at, "sale.order", order, "currency_id"), journal_id: journal(at, "sale") },
      invoice_origin: order["name"] ?? false,
    },
    at.tx,
  );
  for (const { line, open } of lines)
    at.db.insert(lineModel, { ...lineLike(line, idOf(line), open), move_id: idOf(move) }, at.tx);
  settleEntry(at, move);
  at.db.touch("sale.order", order, at.tx);
  return move;
}

/** The wizard's button: an invoice for each order that it was opened for. */
export function createInvoices(at: At, wizard: Row): Json {
  const made = followAll(at, "sale.advance.payment.inv", wizard, "sale_order_ids").map((order) => ({
    order,
    move: invoiceOrder(at, order),
  }));
  const [first] = made;
  if (first === undefined) return false;
  const { order, move } = first;
  return {
    ...{ id: 263, name: "Invoices", type: "ir.actions.act_window" },
    ...{ xml_id: "account.action_move_out_invoice_type", help: "<trimmed>", binding_model_id: false },
    ...{ binding_type: "action", binding_view_types: "list,form", display_name: "Invoices" },
    view_id: [699, "account.out.invoice.tree"],
    domain: "[('move_type', '=', 'out_invoice')]",
    context: {
      default_move_type: "out_invoice",
      default_partner_id: order["partner_id"] ?? false,
      default_partner_shipping_id: order["partner_shipping_id"] ?? false,
      default_invoice_payment_term_id:
        order["payment_term_id"] === false ? null : (order["payment_term_id"] ?? null),
      default_invoice_origin: order["name"] ?? false,
    },
    ...{ res_id: idOf(move), res_model: model, target: "current" },
    ...{ view_mode: "tree,kanban,form,activity", mobile_view_mode: "kanban" },
    views: [
      [706, "form"],
      [699, "tree"],
      [false, "kanban"],
      [false, "activity"],
    ],
    ...{ limit: 80, groups_id: [], search_view_id: [709, "account.invoice.select"], filter: false },
  };
}

/** Posts drafts: they get their number, and the customer's stamps move with all its addresses. */
export function post(at: At, rows: readonly Row[]): Json {
  for (const move of rows) {
    if (move["state"] !== "draft")
      throw userError(`The entry ${textIn(move, "name")} (id ${idOf(move)}) must be in draft.`);
    const kind = move["move_type"] === "out_refund" ? "RINV" : "INV";
    const prefix = `${kind}/${at.tx.stamp.slice(0, 4)}`;
    const name = `${prefix}/${String(at.db.next(prefix)).padStart(5, "0")}`;
    const date = textIn(move, "invoice_date") || dayAfter(at.tx, 0);
    const values = { name, state: "posted", payment_reference: name, invoice_date: date };
    at.db.update(model, move, values, at.tx);
    settleEntry(at, move);
    const credited = at.db.find(model, move["reversed_entry_id"]);
    if (credited !== undefined) setAgainst(at, { invoice: credited, credit: move });
    touchCustomer(at, move);
  }
  return false;
}

function touchCustomer(at: At, move: Row): void {
  const named = follow(at, model, move, "partner_id");
  const payer = follow(at, "res.partner", named, "commercial_partner_id");
  for (const row of at.db.rows("res.partner"))
    if (row === payer || row["parent_id"] === payer?.["id"]) at.db.touch("res.partner", row, at.tx);
}

function setAgainst(at: At, { invoice, credit }: { readonly invoice: Row; readonly credit: Row }): void {
  const open = (move: Row): number => Number(look(at, model, move, "amount_residual"));
  const amount = Math.min(open(invoice), open(credit));
  if (amount <= 0) return;
  const values = {
    invoice_id: idOf(invoice),
    counterpart_id: idOf(credit),
    amount,
    date: dayAfter(at.tx, 0),
  };
  at.db.insert("account.partial.reconcile", values, at.tx);
  at.db.touch(model, invoice, at.tx);
}

/** The payment wizard's button. */
export function createPayments(at: At, wizard: Row): Json {
  const payments = followAll(at, "account.payment.register", wizard, "move_ids").map((move) => {
    const date = textIn(wizard, "payment_date") || dayAfter(at.tx, 0);
    const year = at.tx.stamp.slice(0, 4);
    const residual = Number(look(at, model, move, "amount_residual"));
    const amount = wizard["amount"] === undefined ? residual : numberIn(wizard, "amount");
    const payment = at.db.insert(
      "account.payment",
      {
        name: `PBNK1/${year}/${String(at.db.next(`PBNK1/${year}`)).padStart(5, "0")}`,
        ...{ amount, date, state: "posted", payment_type: "inbound", ref: move["name"] ?? false },
        ...{ currency_id: move["currency_id"] ?? false, partner_id: move["partner_id"] ?? false },
        ...{ journal_id: wizard["journal_id"] ?? journal(at, "bank"), is_matched: false },
      },
      at.tx,
    );
    const part = {
      invoice_id: idOf(move),
      payment_id: idOf(payment),
      amount: Math.min(amount, residual),
      date,
    };
    at.db.insert("account.partial.reconcile", part, at.tx);
    at.db.touch(model, move, at.tx);
    touchCustomer(at, move);
    return payment;
  });
  const [first] = payments;
  return {
    ...{ name: "Payments", type: "ir.actions.act_window", res_model: "account.payment" },
    ...{ context: { create: false }, view_mode: "form", res_id: first === undefined ? false : idOf(first) },
  };
}

/** The credit note wizard's button: a draft that takes back the whole invoice. */
export function refund(at: At, wizard: Row): Json {
  const drafts = followAll(at, "account.move.reversal", wizard, "move_ids").map((move) => {
    const { id: _id, ...like } = move;
    const values = { ...like, move_type: "out_refund", name: "/", state: "draft", payment_reference: false };
    const head = { ...values, invoice_date: dayAfter(at.tx, 0), reversed_entry_id: idOf(move) };
    const draft = at.db.insert(model, { ...head, ref: `Reversal of: ${textIn(move, "name")}` }, at.tx);
    for (const line of goodsOf(at, move)) {
      const { id: _of, ...same } = line;
      // A line of a credit note bills the line of the order too, and takes off from it.
      at.db.insert(
        lineModel,
        { ...same, move_id: idOf(draft), sale_line_ids: [...idsIn(line["sale_line_ids"])] },
        at.tx,
      );
    }
    settleEntry(at, draft);
    return idOf(draft);
  });
  return { type: "ir.actions.act_window", res_model: model, res_id: drafts[0] ?? false, view_mode: "form" };
}

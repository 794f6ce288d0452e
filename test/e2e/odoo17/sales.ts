import { priceOf } from "./amounts.ts";
import type { At } from "./database.ts";
import { follow, followAll, labelOf, look } from "./look.ts";
import { addressFor } from "./partners.ts";
import { userError, validationError } from "./refusal.ts";
import { apart, carryOut, dayAfter } from "./rows.ts";
import type { Writers } from "./rows.ts";
import { cancelDeliveries, changeDemand, planDelivery } from "./deliveries.ts";
import { idOf, isList, numberIn, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

const model = "sale.order";
const lineModel = "sale.order.line";

/** What Odoo fills in on the head of an order, by its customer. */
export function filledHead(at: At, values: Values): Values {
  const partner = at.db.find("res.partner", values["partner_id"]);
  if (partner === undefined)
    throw validationError(
      "The operation cannot be completed: Missing required value for the field 'Customer' (partner_id)",
    );
  const isOf = { company_id: at.tx.company };
  const warehouse = at.db.rows("stock.warehouse").find((row) => row["company_id"] === at.tx.company);
  return {
    ...{ state: "draft", locked: false, date_order: at.tx.stamp, user_id: at.tx.user },
    validity_date: dayAfter(at.tx, 30),
    partner_invoice_id: addressFor(at, partner, "invoice"),
    partner_shipping_id: addressFor(at, partner, "delivery"),
    payment_term_id: partner["property_payment_term_id"] ?? false,
    pricelist_id: look(at, "res.partner", partner, "property_product_pricelist"),
    warehouse_id: warehouse?.["id"] ?? false,
    ...isOf,
  };
}

export function createOrder(at: At, values: Values, writers: Writers): Row {
  const { own, many } = apart(at, model, values);
  const name = `S${String(at.db.next("S")).padStart(5, "0")}`;
  const row = at.db.insert(model, { name, ...filledHead(at, own), ...own }, at.tx);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
  return row;
}

export function writeOrder(
  at: At,
  row: Row,
  { values, writers }: { values: Values; writers: Writers },
): void {
  const { own, many } = apart(at, model, values);
  if (row["locked"] === true && many.length > 0)
    throw userError("It is forbidden to modify the following fields in a locked order:\nQuantity");
  at.db.update(model, row, own, at.tx);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
}

/** What Odoo fills in on a line: price, text, unit and taxes of the product. */
export function filledLine(at: At, values: Values, order: Row | undefined): Values {
  const product = at.db.find("product.product", values["product_id"]);
  if (product === undefined) return { sequence: 10, display_type: false, price_unit: 0 };
  const list = follow(at, model, order, "pricelist_id");
  const quantity = values["product_uom_qty"] === undefined ? 1 : numberIn(values, "product_uom_qty");
  const of = (name: string): Json => look(at, "product.product", product, name);
  const text = of("description_sale");
  return {
    sequence: 10,
    display_type: false,
    product_uom_qty: quantity,
    product_uom: of("uom_id"),
    price_unit: priceOf(at, { list, product, quantity }).price,
    discount: 0,
    name: [labelOf(at, product, "product.product"), ...(typeof text === "string" ? [text] : [])].join("\n"),
    tax_id: of("taxes_id"),
  };
}

/** A many2many as it is stored, from commands or from a list of ids. */
const stored = (value: Json): Json =>
  isList(value)
    ? value.flatMap((each) => (isList(each) ? (isList(each[2]) ? each[2] : [each[1] ?? 0]) : [each]))
    : value;

export function createLine(at: At, values: Values): Row {
  const order = at.db.find(model, values["order_id"]);
  const filled = filledLine(at, values, order);
  const own = { ...values, ...(values["tax_id"] === undefined ? {} : { tax_id: stored(values["tax_id"]) }) };
  for (const name of Object.keys(own)) at.db.field(lineModel, name);
  const row = at.db.insert(lineModel, { ...filled, ...own }, at.tx);
  at.db.touch(model, order, at.tx);
  if (order !== undefined && order["state"] === "sale") planDelivery(at, order, [row]);
  return row;
}

/** A quantity that comes without a price gets the price of the list, whatever was agreed by hand. */
export function writeLine(at: At, row: Row, values: Values): void {
  const order = follow(at, lineModel, row, "order_id");
  const isPriced = ["product_uom_qty", "product_uom", "product_id"].some(
    (name) => values[name] !== undefined,
  );
  const after = { ...row, ...values };
  const price =
    isPriced && values["price_unit"] === undefined
      ? { price_unit: filledLine(at, after, order)["price_unit"] ?? 0 }
      : {};
  const own = values["tax_id"] === undefined ? values : { ...values, tax_id: stored(values["tax_id"]) };
  at.db.update(lineModel, row, { ...own, ...price }, at.tx);
  const isText = Object.keys(values).every((name) => name === "name");
  if (!isText) at.db.touch(model, order, at.tx);
  if (order?.["state"] === "sale" && values["product_uom_qty"] !== undefined) changeDemand(at, row);
}

export function deleteLine(at: At, row: Row): void {
  const order = follow(at, lineModel, row, "order_id");
  if (order?.["state"] === "sale")
    throw userError(
      "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something " +
        "gets invoiced or delivered).\nSet the quantity to 0 instead.",
    );
  at.db.remove(lineModel, row);
  at.db.touch(model, order, at.tx);
}

/** Buttons of an order; a map as their answer is a question to a person, with nothing done. */
export const orderButtons: { readonly [method: string]: (at: At, rows: readonly Row[]) => Json } = {
  action_quotation_sent: (at, rows) => {
    if (rows.some((row) => row["state"] !== "draft"))
      throw userError("Only draft orders can be marked as sent directly.");
    for (const row of rows) at.db.update(model, row, { state: "sent" }, at.tx);
    return null;
  },
  action_confirm: (at, rows) => {
    const closed = rows.filter((row) => !["draft", "sent"].includes(textIn(row, "state")));
    if (closed.length > 0) {
      const names = closed.map((row) => textIn(row, "name")).join(", ");
      throw userError(`The following orders are not in a state requiring confirmation: ${names}`);
    }
    for (const row of rows) {
      at.db.update(model, row, { state: "sale", date_order: at.tx.stamp }, at.tx);
      const lines = followAll(at, model, row, "order_line");
      for (const line of lines) at.db.touch(lineModel, line, at.tx);
      planDelivery(at, row, lines);
    }
    return true;
  },
  action_cancel: (at, rows) => {
    const isAsking = rows.some((row) => row["state"] !== "draft");
    if (isAsking && at.tx.context["disable_cancel_warning"] !== true) return cancelQuestion(rows);
    for (const row of rows) {
      cancelDeliveries(at, row);
      at.db.update(model, row, { state: "cancel" }, at.tx);
    }
    return true;
  },
  action_draft: (at, rows) => {
    for (const row of rows.filter((each) => ["cancel", "sent"].includes(textIn(each, "state"))))
      at.db.update(model, row, { state: "draft" }, at.tx);
    return true;
  },
};

const cancelQuestion = ([row]: readonly Row[]): Json => ({
  name: "Cancel Sales Order",
  view_mode: "form",
  res_model: "sale.order.cancel",
  view_id: 1166,
  type: "ir.actions.act_window",
  context: {
    default_template_id: 19,
    default_order_id: row === undefined ? false : idOf(row),
    mark_so_as_canceled: true,
    default_email_layout_xmlid: "mail.mail_notification_layout_with_responsible_signature",
    model_description: "Sales Order",
  },
  target: "new",
});

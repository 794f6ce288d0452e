/** Which rules hold when a row of a model is made, written or deleted. */
import { createField, removeField } from "./added-fields.ts";
import type { At } from "./database.ts";
import { writeMove } from "./deliveries.ts";
import { writeInvoiceLine } from "./invoices.ts";
import { followAll } from "./look.ts";
import { createPartner, writePartner } from "./partners.ts";
import { accessError, userError } from "./refusal.ts";
import { apart, carryOut } from "./rows.ts";
import type { Writers } from "./rows.ts";
import { createLine, createOrder, deleteLine, writeLine, writeOrder } from "./sales.ts";
import { idOf, isList, textIn } from "./values.ts";
import type { Row, Values } from "./values.ts";

/** Models that only an administrator writes, with what they are called. */
const guarded: { readonly [model: string]: string } = {
  "res.company": "Companies",
  "ir.model.fields": "Fields",
};

export const isAdmin = (at: At): boolean => at.db.find("res.users", at.tx.user)?.["is_admin"] === true;

function guard(at: At, model: string, verb: "modify" | "create"): void {
  const title = guarded[model];
  if (title === undefined || isAdmin(at)) return;
  throw accessError(
    `You are not allowed to ${verb} '${title}' (${model}) records.\n\nThis operation is allowed for the ` +
      "following groups:\n\t- Administration/Access Rights\n\nContact your administrator to request access " +
      "if necessary.",
  );
}

/** Ids that a wizard is opened for, under the field that holds them. */
const openedFor: { readonly [model: string]: string } = {
  "sale.advance.payment.inv": "sale_order_ids",
  "account.payment.register": "move_ids",
  "account.move.reversal": "move_ids",
};

function createPlain(at: At, model: string, values: Values): Row {
  const { own, many } = apart(at, model, values);
  const opened = openedFor[model];
  const context = at.tx.context["active_ids"];
  const from = opened === undefined || !isList(context) ? {} : { [opened]: context };
  const active = at.db.fieldsOf(model).has("active") ? { active: true } : {};
  const row = at.db.insert(model, { ...active, ...from, ...own }, at.tx);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
  return row;
}

function createTemplate(at: At, values: Values): Row {
  const type = values["detailed_type"] ?? values["type"] ?? "consu";
  const unit = at.db.rows("uom.uom")[0];
  const category = at.db.rows("product.category")[0];
  const filled: Values = {
    ...{ sale_ok: true, invoice_policy: "order", uom_id: unit?.["id"] ?? false },
    ...{ categ_id: category?.["id"] ?? false, company_id: false },
    ...values,
    ...{ type, detailed_type: type },
  };
  const row = createPlain(at, "product.template", filled);
  const { default_code: code = false, barcode = false } = values;
  const variant = { product_tmpl_id: idOf(row), default_code: code, barcode, active: true };
  at.db.insert("product.product", variant, at.tx);
  return row;
}

const create: Writers["create"] = (at, model, values) => {
  guard(at, model, "create");
  switch (model) {
    case "res.partner":
      return createPartner(at, values, writers);
    case "product.template":
      return createTemplate(at, values);
    case "sale.order":
      return createOrder(at, values, writers);
    case "sale.order.line":
      return createLine(at, values);
    case "ir.model.fields":
      return createField(at, values, createPlain);
    default:
      return createPlain(at, model, values);
  }
};

function writePlain(at: At, on: { readonly model: string; readonly row: Row }, values: Values): void {
  const { model, row } = on;
  const { own, many } = apart(at, model, values);
  at.db.update(model, row, own, at.tx);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
  if (model !== "product.template") return;
  // A variant shows what its template says, and has the template's code while it is the only one.
  for (const variant of followAll(at, model, row, "product_variant_ids")) {
    const code: Values = own["default_code"] === undefined ? {} : { default_code: own["default_code"] };
    at.db.update("product.product", variant, code, at.tx);
  }
}

const write: Writers["write"] = (at, model, row, values) => {
  guard(at, model, "modify");
  switch (model) {
    case "res.partner":
      return writePartner(at, row, { values, writers });
    case "sale.order":
      return writeOrder(at, row, { values, writers });
    case "sale.order.line":
      return writeLine(at, row, values);
    case "stock.move":
      return writeMove(at, row, values);
    case "account.move.line":
      return writeInvoiceLine(at, row, values);
    default:
      return writePlain(at, { model, row }, values);
  }
};

const unlink: Writers["unlink"] = (at, model, row) => {
  if (model === "sale.order.line") return deleteLine(at, row);
  if (model === "ir.model.fields") removeField(at, row);
  if (model === "sale.order" && !["draft", "cancel"].includes(textIn(row, "state")))
    throw userError(
      "You can not delete a sent quotation or a confirmed sales order. You must first cancel it.",
    );
  at.db.remove(model, row);
};

/** How rows of every model are made, written and deleted. */
export const writers: Writers = { create, write, unlink };

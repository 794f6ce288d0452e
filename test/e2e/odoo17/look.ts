import type { At } from "./database.ts";
import { idsIn, isList, textIn } from "./values.ts";
import type { Json, Row } from "./values.ts";

/** What a field of a row holds: stored, computed, or the rows that lead back to it. */
export function look({ db, tx }: At, model: string, row: Row, name: string): Json {
  const field = db.field(model, name);
  const compute = db.computed[`${model}.${name}`] ?? (name === "display_name" ? labelOf : undefined);
  if (compute !== undefined) return compute({ db, tx }, row, model);
  if (field.type === "one2many") {
    const rows = db.rows(field.to).filter((each) => each[field.inverse] === row["id"]);
    const isHiding = db.fieldsOf(field.to).has("active") && tx.context["active_test"] !== false;
    return rows.filter((each) => !isHiding || each["active"] === true).map((each) => Number(each["id"]));
  }
  if (field.type === "many2many") return [...idsIn(row[name])];
  const empty = ["float", "monetary", "integer"].includes(field.type) ? 0 : false;
  return row[name] ?? empty;
}

/** What a row is called where another one names it. */
export function labelOf({ db, tx }: At, row: Row, model: string): string {
  if (model === "product.product" || model === "product.template") {
    const name = textIn({ name: look({ db, tx }, model, row, "name") }, "name");
    const code = textIn(row, "default_code");
    return code === "" ? name : `[${code}] ${name}`;
  }
  if (model === "stock.location") return textIn(row, "complete_name");
  if (model === "sale.order.line") {
    const order = db.find("sale.order", row["order_id"]);
    const partner = db.find("res.partner", order?.["partner_id"]);
    const ref = textIn(partner, "ref");
    const name = textIn(row, "name").split("\n")[0] ?? "";
    return `${textIn(order, "name")} - ${name}${ref === "" ? "" : ` (${ref})`}`;
  }
  if (model === "res.users") {
    const partner = db.find("res.partner", row["partner_id"]);
    return textIn(partner, "name");
  }
  if (model === "product.pricelist") {
    const currency = db.find("res.currency", row["currency_id"]);
    return `${textIn(row, "name")} (${textIn(currency, "name")})`;
  }
  if (model === "res.partner" && textIn(row, "name") === "") {
    const parent = db.find("res.partner", row["parent_id"]);
    const kind = { invoice: "Invoice Address", delivery: "Delivery Address" }[textIn(row, "type")];
    return `${textIn(parent, "name")}, ${kind ?? "Other Address"}`;
  }
  return textIn(row, "name");
}

/** The row that a many2one leads to. */
export function follow(at: At, model: string, row: Row | undefined, name: string): Row | undefined {
  if (row === undefined) return undefined;
  const { to } = at.db.field(model, name);
  return at.db.find(to, look(at, model, row, name));
}

/** The rows that an x2many leads to. */
export function followAll(at: At, model: string, row: Row, name: string): readonly Row[] {
  const { to } = at.db.field(model, name);
  const ids = look(at, model, row, name);
  return isList(ids) ? ids.map((id) => at.db.find(to, id)).filter((each) => each !== undefined) : [];
}

/** Fields that Odoo reckons out. Here each of them is reckoned out whenever it is read. */
import { amountsOf, invoiceLine, priceOf, saleLine, totalsOf } from "./amounts.ts";
import type { At, Compute } from "./database.ts";
import { follow, followAll, look } from "./look.ts";
import { cents, idOf, idsIn, numberIn, textIn } from "./values.ts";
import type { Json, Row } from "./values.ts";

const sum = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/** A field of the row that a many2one leads to. */
const through =
  (link: string, field: string): Compute =>
  (at, row, model) => {
    const target = follow(at, model, row, link);
    return target === undefined ? false : look(at, at.db.field(model, link).to, target, field);
  };

const payer = (at: At, row: Row): Row => {
  const parent = follow(at, "res.partner", row, "parent_id");
  return parent === undefined || row["is_company"] === true ? row : payer(at, parent);
};

const isPosted = (move: Row | undefined): boolean => move?.["state"] === "posted";

const partner: { readonly [field: string]: Compute } = {
  commercial_partner_id: (at, row) => idOf(payer(at, row)),
  partner_share: (at, row) =>
    !at.db.rows("res.users").some((user) => user["partner_id"] === row["id"] && user["active"] === true),
  property_product_pricelist: (at, row) => {
    const own = row["property_product_pricelist"] ?? false;
    return own === false ? (at.db.rows("product.pricelist")[0]?.["id"] ?? false) : own;
  },
  credit: (at, row) =>
    sum(
      at.db.rows("account.move").filter((move) => isPosted(move) && isOf(at, move, row)),
      (move) => Number(look(at, "account.move", move, "amount_residual")) * signOf(move),
    ),
  credit_to_invoice: (at, row) =>
    sum(
      at.db.rows("sale.order").filter((order) => isOf(at, order, row)),
      (order) =>
        sum(followAll(at, "sale.order", order, "order_line"), (line) => {
          const open = Number(look(at, "sale.order.line", line, "qty_to_invoice"));
          const { net, tax } = amountsOf(at, { ...saleLine(line), quantity: open });
          return net + tax;
        }),
    ),
};

const isOf = (at: At, row: Row, customer: Row): boolean => {
  const named = at.db.find("res.partner", row["partner_id"]);
  return named !== undefined && payer(at, named) === payer(at, customer);
};

/** A credit note takes off. */
const signOf = (move: Row | undefined): number => (move?.["move_type"] === "out_refund" ? -1 : 1);

const openStates: readonly Json[] = ["waiting", "confirmed", "partially_available", "assigned"];

/** Stock of a product in all warehouses, or in the one that the context names under version 17's key. */
function stock(at: At, product: Row): Record<string, number> {
  const { warehouse, to_date: until } = at.tx.context;
  const isInside = (id: Json | undefined): boolean => {
    const place = at.db.find("stock.location", id);
    return (
      place?.["usage"] === "internal" && (warehouse === undefined || place["warehouse_id"] === warehouse)
    );
  };
  const quants = at.db
    .rows("stock.quant")
    .filter((row) => row["product_id"] === product["id"] && isInside(row["location_id"]));
  const open = at.db
    .rows("stock.move")
    .filter((row) => row["product_id"] === product["id"] && openStates.includes(row["state"] ?? null))
    .filter((row) => typeof until !== "string" || textIn(row, "date") <= until);
  const [incoming, outgoing] = [
    ["location_dest_id", "location_id"],
    ["location_id", "location_dest_id"],
  ].map(([inside = "", outside = ""]) =>
    sum(
      open.filter((row) => isInside(row[inside]) && !isInside(row[outside])),
      (row) => numberIn(row, "product_uom_qty"),
    ),
  );
  const onHand = sum(quants, (row) => numberIn(row, "quantity"));
  const reserved = sum(quants, (row) => numberIn(row, "reserved_quantity"));
  const [toCome = 0, toGo = 0] = [incoming, outgoing];
  return {
    qty_available: onHand,
    free_qty: onHand - reserved,
    incoming_qty: toCome,
    outgoing_qty: toGo,
    virtual_available: onHand + toCome - toGo,
  };
}

const stockField =
  (name: string): Compute =>
  (at, row) =>
    cents(stock(at, row)[name] ?? 0);

const ofTemplate = [
  ...["name", "type", "detailed_type", "list_price", "standard_price", "uom_id", "categ_id", "taxes_id"],
  ...["sale_ok", "description_sale", "invoice_policy", "company_id"],
];

const product: { readonly [field: string]: Compute } = {
  ...Object.fromEntries(ofTemplate.map((name) => [name, through("product_tmpl_id", name)])),
  lst_price: through("product_tmpl_id", "list_price"),
  ...Object.fromEntries(
    ["qty_available", "free_qty", "virtual_available", "incoming_qty", "outgoing_qty"].map((name) => [
      name,
      stockField(name),
    ]),
  ),
};

const lines = (at: At, order: Row): readonly Row[] => followAll(at, "sale.order", order, "order_line");
const saleTotals = (at: At, order: Row): ReturnType<typeof totalsOf> =>
  totalsOf(at, lines(at, order).map(saleLine));

const order: { readonly [field: string]: Compute } = {
  currency_id: (at, row) => {
    const list = follow(at, "sale.order", row, "pricelist_id");
    return (list ?? at.db.find("res.company", row["company_id"]))?.["currency_id"] ?? false;
  },
  expected_date: (_at, row) => row["date_order"] ?? false,
  invoice_ids: (at, row) => [
    ...new Set(lines(at, row).flatMap((line) => billed(at, line).map((each) => Number(each["move_id"])))),
  ],
  currency_rate: () => 1,
  amount_untaxed: (at, row) => saleTotals(at, row).net,
  amount_tax: (at, row) => saleTotals(at, row).tax,
  amount_total: (at, row) => cents(saleTotals(at, row).net + saleTotals(at, row).tax),
  invoice_status: (at, row) => {
    if (row["state"] !== "sale") return "no";
    const figures = lines(at, row).map((line) => ({
      open: Number(look(at, "sale.order.line", line, "qty_to_invoice")),
      isWhole: Number(look(at, "sale.order.line", line, "qty_invoiced")) >= numberIn(line, "product_uom_qty"),
    }));
    if (figures.some(({ open }) => open > 0)) return "to invoice";
    return figures.length !== 0 && figures.every(({ isWhole }) => isWhole) ? "invoiced" : "no";
  },
  delivery_status: (at, row) => {
    const states = followAll(at, "sale.order", row, "picking_ids").map((each) => textIn(each, "state"));
    if (states.every((state) => state === "cancel")) return false;
    if (states.every((state) => ["done", "cancel"].includes(state))) return "full";
    return states.includes("done") ? "partial" : "pending";
  },
  partner_credit_warning: () => "",
};

/** Lines of invoices, those that are cancelled left out, that bill a line of an order. */
const billed = (at: At, line: Row): readonly Row[] =>
  at.db
    .rows("account.move.line")
    .filter((each) => idsIn(each["sale_line_ids"]).includes(idOf(line)))
    .filter((each) => at.db.find("account.move", each["move_id"])?.["state"] !== "cancel");

const orderLine: { readonly [field: string]: Compute } = {
  state: through("order_id", "state"),
  company_id: through("order_id", "company_id"),
  currency_id: through("order_id", "currency_id"),
  price_subtotal: (at, row) => amountsOf(at, saleLine(row)).net,
  price_tax: (at, row) => amountsOf(at, saleLine(row)).tax,
  price_total: (at, row) => {
    const { net, tax } = amountsOf(at, saleLine(row));
    return cents(net + tax);
  },
  qty_delivered: (at, row) =>
    cents(
      sum(
        at.db
          .rows("stock.move")
          .filter((move) => move["sale_line_id"] === row["id"] && move["state"] === "done"),
        (move) => numberIn(move, "quantity"),
      ),
    ),
  qty_invoiced: (at, row) =>
    cents(
      sum(
        billed(at, row),
        (each) => numberIn(each, "quantity") * signOf(at.db.find("account.move", each["move_id"])),
      ),
    ),
  qty_to_invoice: (at, row) => {
    if (look(at, "sale.order.line", row, "state") !== "sale") return 0;
    const sold = follow(at, "sale.order.line", row, "product_id");
    const policy = sold === undefined ? "order" : look(at, "product.product", sold, "invoice_policy");
    const invoiced = Number(look(at, "sale.order.line", row, "qty_invoiced"));
    const delivered = Number(look(at, "sale.order.line", row, "qty_delivered"));
    return cents((policy === "delivery" ? delivered : numberIn(row, "product_uom_qty")) - invoiced);
  },
  pricelist_item_id: (at, row) => {
    const sale = follow(at, "sale.order.line", row, "order_id");
    const goods = follow(at, "sale.order.line", row, "product_id");
    if (goods === undefined) return false;
    const list = follow(at, "sale.order", sale, "pricelist_id");
    return priceOf(at, { list, product: goods, quantity: numberIn(row, "product_uom_qty") }).rule;
  },
  invoice_lines: (at, row) => billed(at, row).map(idOf),
};

/** Lines of an invoice that stand on it, without those that the journal adds. */
export const goodsOf = (at: At, move: Row): readonly Row[] =>
  at.db
    .rows("account.move.line")
    .filter((line) => line["move_id"] === move["id"] && line["display_type"] === "product");

const moveTotals = (at: At, move: Row): ReturnType<typeof totalsOf> =>
  totalsOf(at, goodsOf(at, move).map(invoiceLine));

/** What was set against an invoice or a credit note. */
const settledOf = (at: At, move: Row): readonly Row[] =>
  at.db
    .rows("account.partial.reconcile")
    .filter((each) => each["invoice_id"] === move["id"] || each["counterpart_id"] === move["id"]);

const residual = (at: At, move: Row): number =>
  cents(
    Number(look(at, "account.move", move, "amount_total")) -
      sum(settledOf(at, move), (each) => numberIn(each, "amount")),
  );

function paymentsShown(at: At, move: Row): Json {
  const content = settledOf(at, move).map((each): Json => {
    const payment = at.db.find("account.payment", each["payment_id"]);
    const other = each["invoice_id"] === move["id"] ? each["counterpart_id"] : each["invoice_id"];
    const against = at.db.find("account.move", other);
    const journal = at.db.find("account.journal", (payment ?? against)?.["journal_id"]);
    return {
      name: textIn(payment ?? against, "name"),
      journal_name: textIn(journal, "name"),
      amount: numberIn(each, "amount"),
      date: textIn(each, "date"),
      partial_id: idOf(each),
      account_payment_id: payment?.["id"] ?? false,
      is_exchange: false,
    };
  });
  return content.length === 0 ? false : { title: "Less Payment", outstanding: false, content };
}

const move: { readonly [field: string]: Compute } = {
  invoice_line_ids: (at, row) => goodsOf(at, row).map(idOf),
  amount_untaxed: (at, row) => moveTotals(at, row).net,
  amount_tax: (at, row) => moveTotals(at, row).tax,
  amount_total: (at, row) => cents(moveTotals(at, row).net + moveTotals(at, row).tax),
  amount_untaxed_signed: (at, row) =>
    cents(Number(look(at, "account.move", row, "amount_untaxed")) * signOf(row)),
  amount_tax_signed: (at, row) => cents(Number(look(at, "account.move", row, "amount_tax")) * signOf(row)),
  amount_total_signed: (at, row) =>
    cents(Number(look(at, "account.move", row, "amount_total")) * signOf(row)),
  amount_residual: residual,
  payment_state: (at, row) => {
    const settled = settledOf(at, row);
    if (!isPosted(row) || settled.length === 0) return "not_paid";
    if (residual(at, row) > 0) return "partial";
    const isCredited = row["move_type"] === "out_invoice" && settled.every((each) => !each["payment_id"]);
    return isCredited ? "reversed" : "paid";
  },
  invoice_payments_widget: paymentsShown,
};

const isGoods = (row: Row): boolean => row["display_type"] === "product";

const moveLine: { readonly [field: string]: Compute } = {
  price_subtotal: (at, row) => (isGoods(row) ? amountsOf(at, invoiceLine(row)).net : 0),
  price_total: (at, row) => {
    const { net, tax } = amountsOf(at, invoiceLine(row));
    return isGoods(row) ? cents(net + tax) : 0;
  },
  amount_currency: (_at, row) => row["balance"] ?? 0,
  parent_state: through("move_id", "state"),
  move_type: through("move_id", "move_type"),
  partner_id: through("move_id", "partner_id"),
  company_id: through("move_id", "company_id"),
  reconciled: (at, row) => look(at, "account.move.line", row, "amount_residual") === 0,
  amount_residual: (at, row) => {
    const of = follow(at, "account.move.line", row, "move_id");
    if (row["display_type"] !== "payment_term" || of === undefined) return 0;
    return cents(residual(at, of) * signOf(of));
  },
};

const invoicesOf = (at: At, payment: Row): readonly number[] =>
  at.db
    .rows("account.partial.reconcile")
    .filter((each) => each["payment_id"] === payment["id"])
    .map((each) => Number(each["invoice_id"]));

const others: { readonly [field: string]: Compute } = {
  "stock.quant.available_quantity": (_at, row) =>
    cents(numberIn(row, "quantity") - numberIn(row, "reserved_quantity")),
  "ir.model.fields.model": through("model_id", "model"),
  "stock.move.product_qty": (_at, row) => row["product_uom_qty"] ?? 0,
  "stock.picking.carrier_tracking_url": () => false,
  "account.payment.reconciled_invoice_ids": (at, row) => [...invoicesOf(at, row)],
  "account.payment.is_reconciled": (at, row) => invoicesOf(at, row).length > 0,
};

const under = (
  model: string,
  fields: { readonly [field: string]: Compute },
): readonly (readonly [string, Compute])[] =>
  Object.entries(fields).map(([name, compute]) => [`${model}.${name}`, compute]);

/** Every computed field by `model.field`. */
export const computed: { readonly [field: string]: Compute } = Object.fromEntries([
  ...under("res.partner", partner),
  ...under("product.product", product),
  ...under("sale.order", order),
  ...under("sale.order.line", orderLine),
  ...under("account.move", move),
  ...under("account.move.line", moveLine),
  ...Object.entries(others),
]);

/** The rows that were there when the exchanges were recorded, and what was done between them unrecorded. */
import { layGround, put } from "./ground.ts";
import { openOdoo17 } from "./server.ts";
import type { Odoo17 } from "./server.ts";
import type { Values } from "./values.ts";

/** The moment of most recorded exchanges. */
const at = Date.UTC(2026, 10, 23, 13, 47, 49);
const integration = 6;
const gross = 2;
const customer = 10;

/** A server in the state that the first exchange met. */
export function recordedStory(): Odoo17 {
  const odoo = openOdoo17({ database: "cf", keys: { sync: "<api-key>" }, clock: () => at });
  const call = { user: integration, company: 1, context: {}, at };
  odoo.db.transact(call, (tx) => {
    layGround(odoo.db, tx, {
      company: "Nordlicht Handel Test",
      users: [
        { id: 2, login: "admin", name: "Administrator", isAdmin: true },
        { id: integration, login: "sync", name: "Crossfoot Integration", isAdmin: false },
      ],
      taxes: [
        { id: 3, name: "USt 19%", amount: 19 },
        { id: 4, name: "USt 7%", amount: 7 },
      ],
      terms: [],
      warehouses: [{ code: "WH", name: "My Company", location: 8 }],
      units: ["Units"],
    });
    put(odoo.db, tx, {
      "product.pricelist": [
        { id: 1, name: "Default", currency_id: 126, active: true },
        { id: gross, name: "Gross", currency_id: 126, active: true },
      ],
      "res.partner": [albatros, { id: 11, name: "Eva", parent_id: customer, type: "contact", active: true }],
    });
    for (const model of ["product.template", "product.product"]) odoo.db.goOnAfter(model, 1);
  });
  return odoo;
}

const albatros: Values = {
  ...{ id: customer, name: "Albatros Werkzeug GmbH", is_company: true, type: "contact", active: true },
  ...{ ref: "CF-A-1001", street: "Hafenstrasse 1", zip: "20457", city: "Hamburg", country_id: 57 },
  ...{ phone: "+49 40 555 0101", mobile: "+49 170 1", email: "einkauf@albatros.example", lang: "en_US" },
  property_product_pricelist: gross,
};

type Step = (odoo: Odoo17) => void;

const press = (odoo: Odoo17, model: string, method: string, ids: readonly number[]): void => {
  odoo.call(integration, { model, method, places: [[...ids]], named: {} });
};
const make = (odoo: Odoo17, model: string, values: readonly Values[]): void => {
  odoo.call(integration, { model, method: "create", places: [[...values]], named: {} });
};

/** Puts rows in as they were, with their ids. */
const found =
  (rows: { readonly [model: string]: readonly Values[] }): Step =>
  ({ db }) =>
    db.transact({ user: integration, company: 1, context: {}, at }, (tx) => put(db, tx, rows));

const order = (id: number, more: Values = {}): Values => ({
  ...{ id, name: `S000${String(id).padStart(2, "0")}`, state: "draft", partner_id: customer, locked: false },
  ...{ partner_invoice_id: customer, partner_shipping_id: customer, pricelist_id: gross, company_id: 1 },
  ...{ warehouse_id: 1, ...more },
});

const delivery = (
  id: number,
  quantities: readonly [asked: number, held: number],
): readonly [Values, Values] => [
  {
    ...{ id, name: `WH/OUT/0000${id}`, state: "assigned", partner_id: customer, company_id: 1 },
    ...{ picking_type_code: "outgoing", location_id: 8, sale_id: 10, origin: "S00010" },
  },
  {
    ...{ product_id: 2, product_uom_qty: quantities[0], quantity: quantities[1], product_uom: 1 },
    ...{ picking_id: id, state: "assigned", location_id: 8, location_dest_id: 5, company_id: 1 },
  },
];

const entry = (id: number, more: Values): Values => ({
  ...{ id, move_type: "out_invoice", partner_id: customer, currency_id: 126, company_id: 1, journal_id: 1 },
  ...more,
});

const goods = (id: number, move: number, price: number): Values => ({
  ...{ id, move_id: move, display_type: "product", product_id: 3, name: "[R19] R19", quantity: 3 },
  ...{ price_unit: price, tax_ids: [3], discount: 0 },
});

const stock: Step = (odoo) => {
  make(odoo, "product.template", [
    { name: "R19", default_code: "R19", type: "service", list_price: 0.33, taxes_id: [[6, 0, [3]]] },
    { name: "R7", default_code: "R7", type: "service", list_price: 0.33, taxes_id: [[6, 0, [4]]] },
  ]);
  const [picking, move] = delivery(1, [20, 14]);
  found({
    "stock.quant": [
      {
        ...{ id: 1, product_id: 2, location_id: 8, quantity: 100, reserved_quantity: 14, company_id: 1 },
        in_date: "2026-11-23 13:36:14",
      },
    ],
    "sale.order": [order(9), order(10), order(12, { state: "sale" })],
    "stock.picking": [picking, { ...picking, id: 2, name: "WH/OUT/00002", state: "cancel" }],
    "stock.move": [{ ...move, id: 1 }],
  })(odoo);
  odoo.db.goOnAfter("WH/OUT", 2);
  odoo.db.goOnAfter("stock.move", 3);
};

const prices: Step = found({
  "product.pricelist.item": [
    {
      ...{ id: 1, pricelist_id: gross, applied_on: "0_product_variant", product_id: 3, min_quantity: 100 },
      ...{ compute_price: "fixed", fixed_price: 0.28, base: "list_price" },
    },
    {
      ...{ id: 2, pricelist_id: gross, applied_on: "3_global", compute_price: "percentage" },
      ...{ percent_price: 5, base: "list_price" },
    },
  ],
});

const invoices: Step = (odoo) => {
  found({
    "account.move": [
      entry(1, { name: "/", state: "draft" }),
      entry(4, { name: "INV/2026/00004", state: "posted", invoice_date: "2026-11-23", currency_id: 1 }),
    ],
    "account.move.line": [goods(1, 1, 0.33), goods(2, 4, 0.71)],
    "account.payment": [
      {
        ...{ id: 7, name: "PBNK1/2026/00004", amount: 2.53, date: "2026-11-23", state: "posted" },
        ...{ payment_type: "inbound", currency_id: 1, ref: "INV/2026/00004", partner_id: customer },
      },
    ],
    "account.partial.reconcile": [{ invoice_id: 4, payment_id: 7, amount: 2.53, date: "2026-11-23" }],
  })(odoo);
  odoo.db.goOnAfter("account.move", 13);
  odoo.db.goOnAfter("account.move.line", 48);
  odoo.db.goOnAfter("sale.advance.payment.inv", 6);
};

/** What happened unrecorded right before an exchange, by its title. */
export const between: { readonly [title: string]: Step } = {
  "v17 product variants read shape": stock,
  "v17 pricelist items read shape": prices,
  "v17 quote create deep with lines": ({ db }) => {
    for (const model of ["sale.order", "S"]) db.goOnAfter(model, 17);
    db.goOnAfter("sale.order.line", 34);
  },
  "v17 order read record shape": (odoo) => press(odoo, "sale.order", "action_confirm", [18]),
  "v17 shipment sms wizard declined": (odoo) => make(odoo, "confirm.stock.sms", [{}]),
  "v17 shipment validate with skip sms": (odoo) => {
    const [first, firstMove] = delivery(4, [2, 2]);
    const [second, secondMove] = delivery(5, [5, 2]);
    found({
      "stock.picking": [first, second],
      "stock.move": [
        { ...firstMove, id: 20 },
        { ...secondMove, id: 21 },
      ],
    })(odoo);
  },
  "v17 invoice wizard create": invoices,
  "v17 invoice post": ({ db }) => db.goOnAfter("INV/2026", 3),
  "v17 invoice read posted": (odoo) => {
    odoo.db.goOnAfter("INV/2026", 4);
    press(odoo, "account.move", "action_post", [14]);
  },
  "v17 payment register wizard partial": ({ db }) => db.goOnAfter("account.payment.register", 7),
  "v17 payment register create": ({ db }) => {
    db.goOnAfter("account.payment", 7);
    db.goOnAfter("PBNK1/2026", 4);
  },
};

/** Answers as far as they are compared: the values under these names depend on what was not recorded. */
export const unrecorded: { readonly [title: string]: readonly string[] } = {
  "v17 account read record shape": ["credit", "credit_to_invoice"],
};

/** A company that works with version 17: its customers, goods, prices, stock, and a few documents. */
import { layGround, put } from "./ground.ts";
import type { Odoo17 } from "./server.ts";
import { numberIn, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** Ids of the users of this company. */
export const users = { admin: 2, sync: 6 } as const;
export const keys = { admin: "admin-key", sync: "sync-key" } as const;

const customers = 6;
const articles = 8;
const code = (letter: string, n: number, width: number): string =>
  `${letter}${String(n).padStart(width, "0")}`;

/** Calls a method as the administrator does at the screen. */
const asAdmin =
  (odoo: Odoo17) =>
  (model: string, method: string, places: readonly Json[], context: Values = {}): Json =>
    odoo.call(users.admin, { model, method, places, named: {} }, context);

const ids = (value: Json): readonly number[] => (Array.isArray(value) ? (value as number[]) : []);

function seedPartners(call: ReturnType<typeof asAdmin>): readonly number[] {
  const place = (street: string): Values => ({ street, zip: "60311", city: "Frankfurt", country_id: 57 });
  const made = Array.from({ length: customers }, (_, at): Values => {
    const n = at + 1;
    return {
      ...{ name: `Kunde ${n} GmbH`, ref: code("C", n, 5), is_company: true, ...place(`Allee ${n}`) },
      ...{ email: `kunde-${n}@example.com`, phone: `+49 69 100 ${n}`, property_payment_term_id: 2 },
      child_ids: [
        [0, 0, { name: `Person ${n}`, email: `person-${n}@example.com`, mobile: `+49 170 ${n}` }],
        [0, 0, { type: "delivery", ...place(`Rampe ${n}`) }],
        [0, 0, { type: "invoice", ...place(`Kasse ${n}`) }],
      ],
    };
  });
  return ids(call("res.partner", "create", [made]));
}

function seedGoods(odoo: Odoo17, call: ReturnType<typeof asAdmin>): readonly Row[] {
  const made = Array.from({ length: articles }, (_, at): Values => {
    const n = at + 1;
    return {
      ...{ name: `Teil ${n}`, default_code: code("P", n, 3), type: "product", invoice_policy: "delivery" },
      ...{ list_price: n * 1.25, standard_price: n * 0.5, taxes_id: [[6, 0, [3]]] },
    };
  });
  const labour = { name: "Freight", default_code: "FREIGHT", type: "service", list_price: 9 };
  call("product.template", "create", [[...made, { ...labour, taxes_id: [[6, 0, [3]]] }]]);
  const goods = odoo.db.rows("product.product").filter((row) => textIn(row, "default_code") !== "FREIGHT");
  const [first] = goods;
  call("product.pricelist.item", "create", [
    [
      {
        ...{ pricelist_id: 2, applied_on: "1_product", product_tmpl_id: numberIn(first, "product_tmpl_id") },
        ...{ min_quantity: 100, compute_price: "fixed", fixed_price: 0.99, base: "list_price" },
      },
      {
        ...{ pricelist_id: 2, applied_on: "3_global", compute_price: "percentage", percent_price: 5 },
        base: "list_price",
      },
    ],
  ]);
  return goods;
}

/** A quote of a customer, as a salesperson enters it. */
function quote(call: ReturnType<typeof asAdmin>, customer: number, product: number): number {
  const line = { product_id: product, product_uom_qty: 6 };
  const values = { partner_id: customer, order_line: [[0, 0, line]] };
  return ids(call("sale.order", "create", [[values]]))[0] ?? 0;
}

function seedDocuments(
  odoo: Odoo17,
  [first = 0, second = 0]: readonly number[],
  goods: readonly Row[],
): void {
  const call = asAdmin(odoo);
  const product = numberIn(goods[2], "id");
  quote(call, first, product);
  const open = quote(call, second, product);
  const whole = quote(call, first, product);
  call("sale.order", "action_confirm", [[open]]);
  call("sale.order", "action_confirm", [[whole]]);
  const pickings = odoo.db.rows("stock.picking").filter((row) => row["sale_id"] === whole);
  const sent = pickings.map((row) => numberIn(row, "id"));
  call("stock.picking", "button_validate", [sent], { skip_sms: true });
  const context = { active_model: "sale.order", active_ids: [whole], active_id: whole };
  const wizard = call(
    "sale.advance.payment.inv",
    "create",
    [[{ advance_payment_method: "delivered" }]],
    context,
  );
  call("sale.advance.payment.inv", "create_invoices", [wizard], context);
  call("account.move", "action_post", [odoo.db.rows("account.move").map((row) => numberIn(row, "id"))]);
}

/** Fills the empty database of a server. */
export function seedCompany(odoo: Odoo17, at: number): void {
  odoo.db.transact({ user: users.admin, company: 1, context: {}, at }, (tx) => {
    layGround(odoo.db, tx, {
      company: "Handel Siebzehn GmbH",
      users: [
        { id: users.admin, login: "admin", name: "Administrator", isAdmin: true },
        { id: users.sync, login: "sync", name: "Crossfoot Integration", isAdmin: false },
      ],
      taxes: [
        { id: 3, name: "19%", amount: 19 },
        { id: 4, name: "7%", amount: 7 },
      ],
      terms: [
        { name: "Immediate Payment", days: 0 },
        { name: "30 Days", days: 30 },
      ],
      warehouses: [
        { code: "WH", name: "Main", location: 8 },
        { code: "EAST", name: "East", location: 18 },
      ],
      units: ["Units", "Dozens"],
    });
    put(odoo.db, tx, {
      "product.pricelist": [
        { name: "Retail", currency_id: 126, active: true },
        { name: "Wholesale", currency_id: 126, active: true },
      ],
    });
  });
  const call = asAdmin(odoo);
  const partners = seedPartners(call);
  const goods = seedGoods(odoo, call);
  odoo.db.transact({ user: users.admin, company: 1, context: {}, at }, (tx) =>
    put(odoo.db, tx, {
      "stock.quant": goods.map((row) => ({
        ...{ product_id: numberIn(row, "id"), location_id: 8, quantity: 500, reserved_quantity: 0 },
        company_id: 1,
      })),
    }),
  );
  seedDocuments(odoo, partners, goods);
}

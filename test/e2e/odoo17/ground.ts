/** What every database of version 17 here holds before anybody works in it. */
import type { Database, Transaction } from "./database.ts";
import type { Values } from "./values.ts";

/** Names of the company and its taxes, and the ids that a recording knows them by. */
export interface Ground {
  readonly company: string;
  readonly users: readonly {
    readonly id: number;
    readonly login: string;
    readonly name: string;
    readonly isAdmin: boolean;
  }[];
  readonly taxes: readonly { readonly id: number; readonly name: string; readonly amount: number }[];
  readonly terms: readonly { readonly name: string; readonly days: number }[];
  readonly warehouses: readonly { readonly code: string; readonly name: string; readonly location: number }[];
  readonly units: readonly string[];
}

/** Puts rows into tables as they are. */
export const put = (
  db: Database,
  tx: Transaction,
  rows: { readonly [model: string]: readonly Values[] },
): void => {
  for (const [model, all] of Object.entries(rows)) for (const row of all) db.insert(model, row, tx);
};

/** Fills an empty database, as its installation does. */
export function layGround(db: Database, tx: Transaction, ground: Ground): void {
  put(db, tx, {
    "res.currency": [
      { id: 1, name: "USD", decimal_places: 2, rate: 1.1 },
      { id: 126, name: "EUR", decimal_places: 2, rate: 1 },
    ],
    "res.country": [
      { id: 57, name: "Germany", code: "DE" },
      { id: 75, name: "France", code: "FR" },
    ],
    "res.partner": [{ id: 1, name: ground.company, is_company: true, type: "contact", active: true }],
    "res.company": [
      {
        ...{ id: 1, name: ground.company, partner_id: 1, currency_id: 126 },
        tax_calculation_rounding_method: "round_per_line",
      },
    ],
    "res.users": [],
    "account.tax": ground.taxes.map((tax) => ({ ...tax, amount_type: "percent", type_tax_use: "sale" })),
    "account.payment.term": ground.terms.map((term) => ({ ...term, active: true })),
    "account.account": [{ name: "Receivable", account_type: "asset_receivable" }],
    "account.journal": [
      { id: 1, name: "Customer Invoices", type: "sale", code: "INV" },
      { id: 6, name: "Bank", type: "bank", code: "BNK1" },
    ],
    "uom.category": [{ id: 1, name: "Unit" }],
    "uom.uom": ground.units.map((name) => ({ name, active: true, category_id: 1, factor: 1, factor_inv: 1 })),
    "res.partner.industry": [
      { id: 1, name: "Agriculture" },
      { id: 2, name: "Manufacturing" },
    ],
    "product.category": [{ id: 1, name: "All", parent_path: "1/" }],
    "stock.location": [{ id: 5, name: "Customers", complete_name: "Partners/Customers", usage: "customer" }],
    "ir.model": ["res.partner", "sale.order", "product.template"].map((model) => ({ model, name: model })),
  });
  for (const { location, code, name } of ground.warehouses) {
    const home = { id: location, name: "Stock", complete_name: `${code}/Stock`, usage: "internal" };
    const place = db.insert("stock.location", home, tx);
    const own = { name, code, company_id: 1, lot_stock_id: location };
    const warehouse = db.insert("stock.warehouse", { active: true, ...own }, tx);
    db.update("stock.location", place, { warehouse_id: warehouse["id"] ?? false }, tx);
  }
  for (const { id, login, name, isAdmin } of ground.users) {
    const partner = db.insert("res.partner", { name, type: "contact", active: true }, tx);
    const of = { partner_id: partner["id"] ?? false, company_id: 1, company_ids: [1] };
    db.insert("res.users", { id, login, active: true, is_admin: isAdmin, ...of }, tx);
  }
}

import { fakeOdoo } from "./fake-odoo.ts";
import type { Asked, FakeOdoo, Reply } from "./fake-odoo.ts";
import { recorded } from "./recorded.ts";
import type { Exchange } from "./recorded.ts";

type Row = { readonly [field: string]: unknown };

/** Names of fields that a model has, for `fields_get`; what differs between the versions. */
const fields: { readonly [version: string]: { readonly [model: string]: readonly string[] } } = {
  v17: {
    "res.partner": ["mobile", "credit_limit", "property_product_pricelist"],
    "product.product": ["lst_price"],
    "sale.order": ["picking_ids", "delivery_status"],
    "sale.order.line": ["tax_id", "product_uom", "price_unit", "discount", "product_uom_qty"],
    "stock.picking": ["carrier_id", "carrier_tracking_ref", "sale_id"],
    "uom.uom": ["category_id"],
    "account.move": [],
    "account.move.line": ["sale_line_ids", "price_unit", "quantity"],
  },
  v19: {
    "res.partner": ["credit_limit", "property_product_pricelist", "x_crossfoot_reference"],
    "product.product": ["is_storable", "lst_price"],
    "sale.order": ["picking_ids", "delivery_status", "x_crossfoot_reference"],
    "sale.order.line": ["tax_ids", "product_uom_id", "price_unit", "discount", "product_uom_qty"],
    "stock.picking": ["carrier_id", "carrier_tracking_ref", "sale_id"],
    "account.move": [],
    "account.move.line": ["sale_line_ids", "price_unit", "quantity"],
  },
};

/** Fields without a limit of their own: prices of version 19. */
const digitsOf = (version: string, field: string): unknown =>
  version === "v19" && /price/.test(field) ? false : [16, 2];

/** Tables that every connection reads, which were not recorded. */
const tables: { readonly [model: string]: readonly Row[] } = {
  "res.company": [{ id: 1, name: "Nordlicht Handel Test", partner_id: [1, "Us"], currency_id: [126, "EUR"] }],
  "res.currency": [
    { id: 1, name: "USD", decimal_places: 2, rate: 1.1 },
    { id: 126, name: "EUR", decimal_places: 2, rate: 1 },
  ],
  "res.country": [{ id: 57, code: "DE" }],
  "res.users": [{ id: 5, login: "sync", partner_id: [3, "Sync"], company_id: [1, "Us"], company_ids: [1] }],
  "stock.warehouse": [{ id: 1, code: "WH", name: "My Company", company_id: [1, "Us"] }],
  "stock.location": [{ id: 5, usage: "internal", warehouse_id: [1, "WH"] }],
  "account.tax": [{ id: 8, name: "19%" }],
  "product.category": [{ id: 1, parent_path: "1/" }],
  "mail.message": [],
};

/** What was not recorded of rows that were: fields that this connector reads and the recorder did not. */
const more: { readonly [model: string]: Row } = {
  "res.partner": { active: true, type: "contact", partner_share: true },
  "product.product": { sale_ok: true, active: true },
  "stock.quant": { company_id: [1, "Us"] },
};

/** The rows that a recording holds of each model: what was answered to reads, the last one wins. */
function rowsIn(exchanges: readonly Exchange[]): ReadonlyMap<string, ReadonlyMap<number, Row>> {
  const found = new Map<string, Map<number, Row>>();
  for (const { request, response } of exchanges) {
    const [, , , plain] = request.path.split("/");
    const rpc = (request.body as { readonly params?: { readonly args: readonly unknown[] } } | null)?.params;
    const model = plain ?? (rpc === undefined ? undefined : String(rpc.args[3]));
    const body = response.body as { readonly result?: unknown } | unknown[];
    const answer = Array.isArray(body) ? body : body?.result;
    if (model === undefined || !Array.isArray(answer)) continue;
    const rows = found.get(model) ?? new Map<number, Row>();
    for (const row of answer as readonly Row[])
      if (typeof row === "object" && typeof row["id"] === "number")
        rows.set(row["id"], { ...more[model], ...rows.get(row["id"]), ...row });
    found.set(model, rows);
  }
  return found;
}

const clause = (domain: unknown, field: string, operator: string): unknown =>
  (domain as readonly unknown[]).find(
    (each): each is readonly unknown[] => Array.isArray(each) && each[0] === field && each[1] === operator,
  )?.[2];

/** A server of which the rows are those that were recorded with a real one of that version. */
export function recordedOdoo(version: "v17" | "v19", extra: typeof tables = {}): FakeOdoo {
  const rows = rowsIn(recorded(version));
  const all = (model: string): readonly Row[] =>
    extra[model] ?? [...(rows.get(model)?.values() ?? tables[model] ?? [])];
  const answer = (asked: Asked): Reply | undefined => {
    const { model, method, args } = asked;
    if (model === "res.users" && method !== "search_read") return undefined;
    if (method === "fields_get") {
      const known = fields[version]?.[model] ?? [];
      const names = (args["allfields"] as readonly string[]).filter((name) => known.includes(name));
      return {
        value: Object.fromEntries(
          names.map((name) => [
            name,
            { type: /^x_|mobile/.test(name) ? "char" : "float", digits: digitsOf(version, name) },
          ]),
        ),
      };
    }
    const ids = asked.ids ?? (clause(args["domain"] ?? [], "id", "in") as readonly number[] | undefined);
    const after = Number(clause(args["domain"] ?? [], "id", ">") ?? 0);
    const found = all(model).filter(
      (row) => (ids?.includes(Number(row["id"])) ?? true) && Number(row["id"]) > after,
    );
    return { value: found.toSorted((a, b) => Number(a["id"]) - Number(b["id"])) };
  };
  return fakeOdoo(answer, {
    version: version === "v17" ? "17.0" : "19.0",
    options: { ...versions[version] },
  });
}

const versions = { v17: { version: 17 }, v19: { version: 19 } } as const;

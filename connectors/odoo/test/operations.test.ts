import { externalId } from "../src/native.ts";
import type { HttpAnswer, HttpRequest, OrderStatus, PriceRequest } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import { converted, unitFor } from "../src/unit.ts";
import { fakeOdoo } from "./fake-odoo.ts";
import type { FakeOdoo } from "./fake-odoo.ts";
import { recorded } from "./recorded.ts";
import { recordedOdoo } from "./recorded-odoo.ts";

type Version = "v17" | "v19";
type Values = { readonly [name: string]: unknown };
type Tables = { readonly [model: string]: readonly Values[] };

/** Units and rights that were not recorded, in the form of each version. */
const units: { readonly [version in Version]: readonly Values[] } = {
  v17: [
    { id: 1, name: "Units", active: true, category_id: [1, "Unit"], factor: 1, factor_inv: 1 },
    { id: 2, name: "Dozens", active: true, category_id: [1, "Unit"], factor: 0.0833333333, factor_inv: 12 },
  ],
  v19: [
    { id: 1, name: "Units", active: true, parent_path: "1/", factor: 1 },
    { id: 2, name: "Dozens", active: true, parent_path: "1/2/", factor: 12 },
  ],
};

/** What a real server filled into a line of 100 pieces, as it was recorded. */
function recordedLine(version: Version): Values {
  const exchange = recorded(version).find(({ title }) => title.includes("price what-if"));
  const body = exchange?.response.body as Values | undefined;
  const answer = (body?.["result"] ?? body) as { readonly value: Values } | undefined;
  if (answer === undefined) throw new Error("no price was recorded");
  return answer.value;
}

/** Values of an `onchange` of an order, in either protocol; null for any other call. */
function asked({ path, body = "" }: HttpRequest): Values | null {
  const parsed = JSON.parse(body) as {
    readonly values: Values;
    readonly params?: { readonly args: unknown[] };
  };
  if (path.endsWith("sale.order/onchange")) return parsed.values;
  const args = parsed.params?.args;
  return args?.[3] === "sale.order" && args[4] === "onchange" ? ((args[5] as unknown[])[1] as Values) : null;
}

/** A recorded server that also fills in orders: each line as recorded, and a header of them. */
function pricing(version: Version, more: Tables = {}): FakeOdoo & { readonly heads: Values[] } {
  const partner = { id: 9, name: "Albatros", active: true };
  const session = recordedOdoo(version, {
    "uom.uom": units[version],
    "stock.location": [5, 8].map((id) => ({ id, usage: "internal", warehouse_id: [1, "WH"] })),
    "res.partner": [partner],
    "product.pricelist.item": [{ id: 4, min_quantity: 100 }],
    ...more,
  });
  const heads: Values[] = [];
  const fill = (values: Values): Values => {
    heads.push(values);
    if (values["order_line"] === undefined)
      return { pricelist_id: 1, currency_id: 126, company_id: 1, fiscal_position_id: false };
    const lines = (values["order_line"] as readonly [number, string, Values][]).map(([, key, line]) => [
      ...[0, key, { ...line, ...recordedLine(version), pricelist_item_id: 4 }],
    ]);
    const net = 28 * lines.length;
    return { order_line: lines, amount_untaxed: net, amount_tax: net * 0.19, amount_total: net * 1.19 };
  };
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    const values = asked(request);
    if (values === null) return session.http(request);
    const said = { value: fill(values) };
    const body = request.path === "/jsonrpc" ? { jsonrpc: "2.0", id: 1, result: said } : said;
    return { status: 200, headers: {}, body: JSON.stringify(body) };
  };
  return { ...session, http, heads };
}

const readings =
  /"(search_read|read|onchange|fields_get|context_get|authenticate|version)"|\/(search_read|read|onchange|fields_get|context_get)$/;
const isRead = ({ path, body = "" }: HttpRequest): boolean =>
  readings.test(path === "/jsonrpc" ? body : path);

const request: PriceRequest = {
  customer: externalId("9"),
  pricebook: null,
  currency: null,
  date: null,
  lines: [
    { product: externalId("2"), quantity: "100", unit: "Units" },
    { product: externalId("2"), quantity: "1", unit: "Dozens" },
  ],
};

describe.each(["v17", "v19"] as const)("operations of Odoo on recordings of %s", (version) => {
  it("keep every rule, and ask nothing that may write", async () => {
    const session = pricing(version);
    const watching = watch(session.http, isRead);
    const whole = openOdoo({ ...session, http: watching.http });
    const { price, availability } = whole.operations;
    const abilities = whole.manifest.operations ?? {};
    const some = {
      ...whole,
      manifest: {
        ...whole.manifest,
        operations: { price: abilities.price, availability: abilities.availability },
      },
      operations: { price, availability },
    };
    const wanted = { quantity: "1", unit: "Dozens" };
    const cases = {
      unknown: externalId("999999"),
      price: [request],
      availability: [{ rows: [{ product: externalId("2"), wanted }], warehouses: ["WH"], date: null }],
    };
    const report = await checkOperations(some as typeof whole, { watch: watching, cases });
    expect(report.findings).toEqual([]);
    expect(report.answers).toBe(2);
  });

  it("give a price with the discount that was left out as none, its tax and its rule", async () => {
    const answer = await openOdoo(pricing(version)).operations.price(request);
    expect(answer).toMatchObject({
      currency: "EUR",
      pricebook: "1",
      rows: [
        {
          unitPrice: "0.28",
          discountPercent: "0",
          net: "28",
          rule: { kind: "rule", id: "4", minQuantity: "100" },
        },
        { unit: "Dozens" },
      ],
      totals: { net: "56", tax: "10.64", gross: "66.64" },
    });
  });

  it("refuse a line whose price includes its tax, which nobody may take for a net one", async () => {
    const id = version === "v17" ? 3 : 8;
    const tax = { id, name: "19% included", amount: 19, amount_type: "percent", price_include: true };
    const answer = await openOdoo(pricing(version, { "account.tax": [tax] })).operations.price(request);
    const refused = { ok: false, failure: { failure: "invalid", code: "prices_with_tax" } };
    expect(answer).toMatchObject({ rows: [refused, refused], totals: null });
  });

  it("ask for the header first, and price no line without its list and currency", async () => {
    const session = pricing(version);
    await openOdoo(session).operations.price({ ...request, date: "2027-03-01" });
    const [head, whole] = session.heads;
    expect(head).toEqual({ partner_id: 9, date_order: "2027-03-01 12:00:00" });
    expect(whole).toMatchObject({ ...head, pricelist_id: 1, currency_id: 126, company_id: 1 });
    const unit = version === "v17" ? "product_uom" : "product_uom_id";
    const lines = whole?.["order_line"] as readonly unknown[];
    expect(lines[1]).toEqual([0, "virtual_1", { product_id: 2, product_uom_qty: 1, [unit]: 2 }]);
  });

  it("count stock from quants and moves, and put no warehouse into the context", async () => {
    const session = pricing(version);
    const wanted = { quantity: "2", unit: "Dozens" };
    const rows = [{ product: externalId("2"), wanted }];
    const answer = await openOdoo(session).operations.availability({ rows, warehouses: null, date: null });
    expect(answer.rows).toMatchObject([
      {
        ok: true,
        isStocked: true,
        unit: "Units",
        wanted: "24",
        places: [{ warehouse: "WH", onHand: "100" }],
      },
    ]);
    const contexts = session.asked.flatMap(({ context }) => Object.keys(context));
    expect(contexts.filter((key) => key.includes("warehouse"))).toEqual([]);
  });
});

describe("units of Odoo", () => {
  const unit = (id: number, name: string, family: string, size: string) => ({ id, name, family, size });
  const [piece, dozen] = [unit(1, "Units", "1", "1"), unit(2, "Dozens", "1", "12")];
  const kilo = unit(3, "kg", "3", "1000");

  it("are converted within their family, and found in it alone", () => {
    expect([converted("2", dozen, piece), converted("18", piece, dozen)]).toEqual(["24", "1.5"]);
    expect(unitFor([piece, dozen, kilo], 1, "Dozens")).toBe(dozen);
    expect(() => unitFor([piece, dozen, kilo], 1, "kg")).toThrow(/not counted/);
  });
});

describe("credit of Odoo", () => {
  const figures = { credit: 0.1, credit_to_invoice: 0.2, credit_limit: 1 };
  const creditOf = (partner: Values, isUsed: boolean, entries: readonly Values[] = []) => {
    const company = { id: 1, name: "Us", currency_id: [126, "EUR"], account_use_credit_limit: isUsed };
    const rows: { readonly [model: string]: readonly Values[] } = {
      "res.company": [company],
      "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
      "res.partner": [{ id: 9, commercial_partner_id: [9, "A"], ...partner }],
      "account.move.line": entries,
    };
    const session = fakeOdoo(({ model, method }) => {
      if (method === "fields_get") return { value: {} };
      return model === "res.users" && method !== "search_read" ? undefined : { value: rows[model] ?? [] };
    });
    const order = { amount: "0.7", currency: "EUR" };
    return openOdoo(session).operations.credit({ customer: externalId("9"), order });
  };

  it("is exact to the cent at the limit, and stops nobody beyond it", async () => {
    expect(await creditOf(figures, true)).toMatchObject({ exposure: "0.3", free: "0.7", verdict: "within" });
    const over = await creditOf({ ...figures, credit: 0.11 }, true);
    expect(over).toMatchObject({ exposure: "0.31", verdict: "over", isRefused: false });
  });

  it("has no limit where the limit is zero, or the company does not use limits", async () => {
    expect(await creditOf({ ...figures, credit_limit: 0 }, true)).toMatchObject({ limit: null, free: null });
    expect(await creditOf(figures, false)).toMatchObject({ limit: null, verdict: "no_limit" });
  });

  it("sums what fell due, credit notes taken off", async () => {
    const entries = [
      { id: 1, amount_residual: 10.1 },
      { id: 2, amount_residual: -3.2 },
    ];
    expect(await creditOf(figures, true, entries)).toMatchObject({ overdue: "6.9" });
  });
});

describe("how far an order of Odoo has come", () => {
  const line = (more: Values): Values => ({
    ...{ id: 35, order_id: [18, "S18"], product_id: [2, "G"], product_uom_id: [1, "Units"] },
    ...{ product_uom_qty: 24, qty_delivered: 0, display_type: false },
    ...more,
  });
  const statusOf = async (given: { readonly [model: string]: readonly Values[] }) => {
    const head = { id: 18, name: "S00018", state: "sale", delivery_status: "full", company_id: [1, "Us"] };
    const rows: { readonly [model: string]: readonly Values[] } = {
      "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
      "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
      "uom.uom": units.v19,
      "product.product": [{ id: 2, type: "consu" }],
      "sale.order": [{ ...head, order_line: [35], invoice_ids: [], picking_ids: [] }],
      ...given,
    };
    const session = fakeOdoo(({ model, method, args }) => {
      if (method === "fields_get") {
        const names = args["allfields"] as readonly string[];
        const known = names.filter((name) => ["tax_ids", "product_uom_id", "sale_id"].includes(name));
        return { value: Object.fromEntries(known.map((name) => [name, { type: "many2one" }])) };
      }
      return model === "res.users" && method !== "search_read" ? undefined : { value: rows[model] ?? [] };
    });
    const [status] = await openOdoo(session).operations.orderStatus({ orders: [externalId("18")] });
    return status as OrderStatus;
  };

  it("is what its lines say, although the header says `full`", async () => {
    const moves = [{ id: 7, sale_line_id: [35, "S18"], date: "2026-12-24 10:00:00" }];
    const given = { "sale.order.line": [line({ qty_delivered: 12 })], "stock.move": moves };
    expect(await statusOf(given)).toMatchObject({
      number: "S00018",
      delivered: "part",
      promisedDate: "2026-12-24",
      lines: [{ ordered: "24", delivered: "12", promisedDate: "2026-12-24" }],
    });
  });

  it("counts what was posted in another unit, and takes a credit note off", async () => {
    const booked = (id: number, quantity: number, more: Values): Values => ({
      ...{ id, sale_line_ids: [35], quantity, move_type: "out_invoice" },
      ...more,
    });
    const given = {
      "sale.order.line": [line({})],
      "account.move.line": [
        booked(1, 2, { product_uom_id: [2, "Dozens"] }),
        booked(2, 6, { product_uom_id: [1, "Units"], move_type: "out_refund" }),
      ],
    };
    expect(await statusOf(given)).toMatchObject({ invoiced: "part", lines: [{ invoiced: "18" }] });
  });

  it("has nothing to deliver of a service", async () => {
    const given = { "sale.order.line": [line({})], "product.product": [{ id: 2, type: "service" }] };
    expect(await statusOf(given)).toMatchObject({ delivered: "full", lines: [{ delivered: null }] });
  });
});

describe("the way from a quote of Odoo to its order", () => {
  const wayOf = async (state: string, more: Values = {}) => {
    const head = { id: 18, name: "S00018", state, company_id: [1, "Us"], order_line: [], invoice_ids: [] };
    const rows: { readonly [model: string]: readonly Values[] } = {
      "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
      "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
      "sale.order": state === "gone" ? [] : [{ ...head, ...more }],
    };
    const session = fakeOdoo(({ model, method, args }) => {
      if (method !== "fields_get")
        return model === "res.users" && method !== "search_read" ? undefined : { value: rows[model] ?? [] };
      const names = args["allfields"] as readonly string[];
      const known = names.filter((name) => name === "partner_credit_warning");
      return { value: Object.fromEntries(known.map((name) => [name, { type: "text" }])) };
    });
    return openOdoo(session).operations.quoteToOrder({ quote: externalId("18") });
  };

  it("is one change of state at a time, and then the order itself", async () => {
    const draft = await wayOf("draft");
    expect(draft).toMatchObject({ kind: "write", concerns: ["missing: a line"] });
    expect(draft).toMatchObject({ write: { transition: { via: "action_quotation_sent" } } });
    const warned = await wayOf("sent", { partner_credit_warning: "A has reached its credit limit of: 60" });
    expect(warned).toMatchObject({
      write: { id: "18", transition: { from: "sent", to: "converted", via: "action_confirm" } },
      concerns: [expect.stringContaining("credit limit")],
    });
    for (const state of ["sale", "done"])
      expect(await wayOf(state)).toEqual({ kind: "ordered", order: "18", number: "S00018" });
  });

  it("ends where nothing leads on: cancelled, or gone", async () => {
    expect(await wayOf("cancel")).toMatchObject({ kind: "closed", failure: { code: "wrong_state" } });
    expect(await wayOf("gone")).toMatchObject({ kind: "closed", failure: { code: "quote_unknown" } });
  });
});

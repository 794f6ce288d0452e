import type { NativeRecord } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

type Row = { readonly [field: string]: unknown };
type Rows = { readonly [model: string]: readonly Row[] };

const tables: Rows = {
  "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
  "account.tax": [
    { id: 8, name: "19%", price_include: false },
    { id: 9, name: "19% included", price_include: true },
  ],
  "res.partner": [{ id: 8, name: "C", is_company: true, parent_id: false }],
};
const digits = { type: "float", digits: [16, 2] };
const fields: { readonly [model: string]: object } = {
  "sale.order": { picking_ids: {}, delivery_status: {} },
  "sale.order.line": {
    tax_ids: {},
    product_uom_id: {},
    price_unit: digits,
    discount: digits,
    product_uom_qty: digits,
  },
  "account.move": { invoice_payments_widget: {} },
  "account.move.line": { sale_line_ids: {}, price_unit: digits, quantity: digits },
};

/** One record of an entity, of a server that holds these rows. */
async function read(entity: string, rows: Rows, options = {}): Promise<NativeRecord["native"]> {
  const session = fakeOdoo(
    ({ model, method, ids, args }: Asked) => {
      if (model === "res.users" && method !== "search_read") return undefined;
      if (method === "fields_get") return { value: fields[model] ?? {} };
      const all = rows[model] ?? tables[model] ?? [];
      const isOne = method === "read" && ids !== null;
      return { value: isOne ? all.filter((row) => ids.includes(Number(row["id"]))) : args["domain"] && all };
    },
    { options },
  );
  const roots = [
    "order_state",
    "approval",
    "approval_reason",
    "approval_by",
    "approval_at",
    "invoice_state",
    "lines",
    "payments",
    "validation",
    "amount_total",
    ...["company_currency", "company_net", "company_tax", "company_total", "company_rate"],
    "company_rate_date",
    "date",
    "number",
  ];
  const page = await openOdoo(session).read({ entity, roots, since: null, cursor: null, pageSize: 9 });
  const [record] = page.records;
  if (record === undefined) throw new Error(page.unreadable[0]?.failure.code);
  return record.native;
}

const line = (id: number, more: Row = {}): Row => ({
  ...{ id, display_type: false, product_id: [2, "[P] Bolt"], name: "[P] Bolt", product_uom_id: [1, "Units"] },
  ...{ product_uom_qty: 5, price_unit: 10, discount: 0, tax_ids: [8], qty_delivered: 0 },
  ...{ price_subtotal: 50, price_tax: 9.500000000000002, price_total: 59.5 },
  ...more,
});
const goods = { id: 2, type: "consu", default_code: "P", taxes_id: [8], display_name: "[P] Bolt" };
const order = (more: Row, lines: readonly Row[], invoices: readonly Row[] = []): Rows => ({
  "sale.order": [
    {
      ...{ id: 5, state: "sale", partner_id: [8, "C"], currency_id: [126, "EUR"], invoice_status: "no" },
      ...{ order_line: lines.map((each) => each["id"]), invoice_ids: invoices.map((each) => each["id"]) },
      ...more,
    },
  ],
  "sale.order.line": lines,
  "product.product": [goods, { ...goods, id: 3, type: "service" }],
  "account.move": invoices,
});

describe("the state of an order", () => {
  const stateOf = async (...of: Parameters<typeof order>): Promise<unknown> =>
    (await read("orders", order(...of)))["order_state"];

  it("is reckoned from its lines: Odoo says `full` for two of five when the rest was given up", async () => {
    expect(await stateOf({ delivery_status: "full" }, [line(1, { qty_delivered: 2 })])).toBe(
      "part_delivered",
    );
    expect(await stateOf({ delivery_status: "pending" }, [line(1)])).toBe("open");
    expect(await stateOf({}, [line(1, { qty_delivered: 5 })])).toBe("delivered");
  });

  it("is invoiced when all is, closed when all is paid; services are not delivered", async () => {
    const done = [line(1, { qty_delivered: 5 }), line(2, { product_id: [3, "S"] })];
    const invoice = { id: 7, state: "posted", payment_state: "partial" };
    const invoiced = { invoice_status: "invoiced" };
    expect(await stateOf(invoiced, done, [invoice])).toBe("invoiced");
    expect(await stateOf(invoiced, done, [{ ...invoice, payment_state: "paid" }])).toBe("closed");
    expect(await stateOf(invoiced, [line(1, { qty_delivered: 2 })], [invoice])).toBe("part_delivered");
  });

  it("is cancelled whatever was delivered: Odoo cancels an order that is delivered and paid", async () => {
    const cancelled = { state: "cancel", delivery_status: "full", picking_ids: [4] };
    expect(await stateOf(cancelled, [line(1, { qty_delivered: 5 })])).toBe("cancelled");
  });

  it("has its day in the company's zone, not in that of the server", async () => {
    const late = order({ date_order: "2026-12-31 23:30:00" }, [line(1)]);
    expect((await read("orders", late))["date"]).toBe("2026-12-31");
    expect((await read("orders", late, { timeZone: "Europe/Berlin" }))["date"]).toBe("2027-01-01");
    expect((await read("orders", late, { timeZone: "America/New_York" }))["date"]).toBe("2026-12-31");
  });
});

describe("a quote that was turned down", () => {
  const said = (id: number, date: string, body: string): Row => ({ id, res_id: 5, date, body });
  const rejected = (more: Row, comments: readonly Row[] = []): Rows => {
    const [[head = {}] = []] = [order({}, [line(1)])["sale.order"]];
    const own = { id: 5, state: "cancel", write_uid: [9, "Dora"], write_date: "2026-03-02 10:00:00" };
    return {
      ...order({ ...head, ...own, ...more }, [line(1)]),
      "mail.message": comments,
      "res.users": [{ id: 9, login: "dora", partner_id: [3, "Dora"] }],
    };
  };
  const approval = async (rows: Rows): Promise<readonly unknown[]> => {
    const { approval: state, approval_reason, approval_by, approval_at } = await read("quotes", rows);
    return [state, approval_reason, approval_by, approval_at];
  };
  const at = "2026-03-02T10:00:00.000Z";

  it("says who did it and when, and the newest comment until then as the reason", async () => {
    const comments = [
      said(1, "2026-03-01 08:00:00", "<p>Please look at it</p>"),
      said(2, "2026-03-02 10:00:00", "<p>Margin &lt; 5&nbsp;% &amp; <b>too</b> thin</p>"),
      said(3, "2026-03-02 10:00:01", "<p>Called the customer</p>"),
    ];
    const reason = "Margin < 5 % & too thin";
    expect(await approval(rejected({}, comments))).toEqual(["rejected", reason, "dora", at]);
    expect(await approval(rejected({}))).toEqual(["rejected", null, "dora", at]);
    const long = said(4, "2026-03-02 09:00:00", "x".repeat(2_000));
    expect(String((await approval(rejected({}, [long])))[1]).length).toBe(501);
  });

  it("by ourselves, at the CRM's word, is no rejection; nor is an order that was cancelled", async () => {
    expect(await approval(rejected({ write_uid: [5, "Us"] }))).toEqual(["none", null, null, null]);
    expect((await approval(rejected({ picking_ids: [4] })))[0]).toBe("approved");
    expect(await approval(rejected({ state: "sent" }))).toEqual(["none", null, null, null]);
  });

  it("that became an order says since when", async () => {
    const told = await approval(rejected({ state: "sale", date_order: "2026-03-01 09:30:00" }));
    expect(told).toEqual(["approved", null, null, "2026-03-01T09:30:00.000Z"]);
  });
});

describe("taxes of a quote", () => {
  const quote = (more: Row): Rows => order({ state: "draft" }, [line(1, more)]);

  it("that a fiscal position took away are missed aloud", async () => {
    expect((await read("quotes", quote({ tax_ids: [] })))["validation"]).toMatch(/^no tax on 1 of its lines/);
    expect((await read("quotes", quote({})))["validation"]).toBe(null);
  });

  it("that its prices hold park it; on an order the net of a piece is told instead", async () => {
    const gross = { tax_ids: [9], price_unit: 11.9 };
    await expect(read("quotes", quote(gross))).rejects.toThrow("prices_with_tax");
    expect((await read("orders", order({}, [line(1, gross)])))["lines"]).toMatchObject([
      { unit_price: "10", amount: "50", tax: "9.5" },
    ]);
  });
});

describe("an invoice", () => {
  const posted = (type: string, lines: readonly Row[], more: Row = {}): Rows => ({
    "account.move": [
      {
        ...{
          id: 7,
          move_type: type,
          state: "posted",
          name: "INV/1",
          partner_id: [8, "C"],
          currency_id: [126, "EUR"],
        },
        ...{
          amount_total: 59.5,
          invoice_line_ids: lines.map((each) => each["id"]),
          payment_state: "not_paid",
        },
        ...more,
      },
    ],
    "account.move.line": lines,
  });
  const booked = (more: Row = {}): Row => ({
    ...{ id: 1, display_type: "product", product_id: [2, "P"], quantity: 5, price_unit: 10, discount: 0 },
    ...{ price_subtotal: 50, price_total: 59.5, amount_currency: -50, tax_ids: [8] },
    ...more,
  });

  it("that was posted says what was booked, although Odoo let its line take another price", async () => {
    const changed = booked({ price_unit: 90, price_subtotal: 450, price_total: 535.5 });
    expect((await read("invoices", posted("out_invoice", [changed])))["lines"]).toMatchObject([
      { unit_price: "10", amount: "50", tax: null },
    ]);
    // A coin of rounding of the whole document is no change.
    const rounded = booked({ amount_currency: -49.99 });
    expect((await read("invoices", posted("out_invoice", [rounded])))["lines"]).toMatchObject([
      { unit_price: "10", amount: "49.99", tax: "9.5" },
    ]);
  });

  it("that takes back is negative in amounts and quantities, and its payments with it", async () => {
    const widget = { content: [{ partial_id: 3, date: "2026-11-26", amount: 59.5, journal_name: "Bank" }] };
    const credit = posted("out_refund", [booked({ amount_currency: 50 })], {
      invoice_payments_widget: widget,
    });
    expect(await read("invoices", credit)).toMatchObject({
      amount_total: "-59.5",
      lines: [{ quantity: "-5", unit_price: "10", amount: "-50", tax: "-9.5" }],
      payments: [{ id: "3", amount: "-59.5", method: "Bank" }],
    });
  });

  it("says what it is in the company's currency, with its rate and the day while told", async () => {
    const rates = { invoice_currency_rate: 1.25, expected_currency_rate: 1.25, invoice_date: "2026-11-26" };
    const signed = { amount_untaxed_signed: 40, amount_tax_signed: 7.6, amount_total_signed: 47.6 };
    const dollars = (type: string, more: Row): Rows =>
      posted(type, [booked()], { currency_id: [1, "USD"], ...signed, ...rates, ...more });
    expect(await read("invoices", dollars("out_invoice", {}))).toMatchObject({
      ...{ company_currency: "EUR", company_net: "40", company_tax: "7.6", company_total: "47.6" },
      ...{ company_rate: "0.8", company_rate_date: "2026-11-26" },
    });
    // A rate that somebody typed in is of no day; Odoo signs a credit note by itself.
    const credit = dollars("out_refund", { expected_currency_rate: 1.2, amount_total_signed: -47.6 });
    expect(await read("invoices", credit)).toMatchObject({
      ...{ company_total: "-47.6", company_rate: "0.8", company_rate_date: null },
    });
    // Version 17 tells no rate.
    const {
      invoice_currency_rate: _,
      expected_currency_rate: __,
      ...older
    } = dollars("out_invoice", {})["account.move"]?.[0] ?? {};
    expect(await read("invoices", { ...dollars("out_invoice", {}), "account.move": [older] })).toMatchObject({
      ...{ company_total: "47.6", company_rate: null, company_rate_date: null },
    });
  });

  it("has no number before it is posted, whichever way the version says so", async () => {
    for (const name of ["/", false]) {
      const draft = posted("out_invoice", [booked()], { name, state: "draft" });
      expect(await read("invoices", draft)).toMatchObject({ number: null, invoice_state: "draft" });
    }
  });
});

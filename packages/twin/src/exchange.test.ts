import { expect, test } from "vitest";
import { CRM_TOKEN, createCrm } from "./crm/crm.ts";
import { createErp } from "./erp/erp.ts";
import { inHome } from "./exchange.ts";
import type { JsonMap } from "./json.ts";

const own = { net: "100.00", tax: "19.00", gross: "119.00" };

test("a week has one rate, and the next one another; euros stay what they are", () => {
  const rates = ["2026-01-26", "2026-02-01", "2026-02-02", "2026-02-09"].map((day) => {
    const { rate, rateDay } = inHome({ ...own, currency: "USD", day }) ?? {};
    return [rate, rateDay];
  });
  expect(rates[0]).toEqual(rates[1]);
  expect(rates.map(([, from]) => from)).toEqual(["2026-01-26", "2026-01-26", "2026-02-02", "2026-02-09"]);
  expect(new Set(rates.map(([rate]) => rate)).size).toBe(3);
  expect(inHome({ ...own, currency: "EUR", day: "2026-02-01" })).toMatchObject({ ...own, rate: "1" });
});

test("what has no day, no total or no rate has no total in the home currency", () => {
  const day = "2026-02-01";
  expect(inHome({ ...own, currency: "USD", day: null })).toBeNull();
  expect(inHome({ ...own, tax: null, currency: "USD", day })).toBeNull();
  expect(inHome({ ...own, currency: "XXX", day })).toBeNull();
});

test("a yen has no decimals, and its euros have two; a total below zero mirrors the other", () => {
  const day = "2026-02-01";
  const yen = inHome({ net: "1000", tax: "-1000", gross: "0", currency: "JPY", day });
  expect(yen).toMatchObject({ gross: "0.00" });
  expect(yen?.tax).toBe(`-${yen?.net ?? ""}`);
  expect(yen?.net).toMatch(/^5\.\d\d$/);
});

test("both systems tell the same of an order and its invoice, at the rate of each one's day", async () => {
  let now = Date.parse("2026-02-06T10:00:00Z");
  const clock = (): number => now;
  const erp = createErp({ clock, invoicePolicy: "ordered" });
  const { people } = erp;
  const customer = people.create("customers", { name: "Otterby Mills", currency: "USD" });
  const article = people.create("items", {
    sku: "A1",
    name: "Tile",
    uom: "EA",
    tax_code: "S19",
    kind: "service",
  });
  const line = { item_id: article.id, qty: "3", uom: "EA", price: "33.33" };
  const head = { customer_id: customer.id, currency: "USD", warehouse: "MAIN" };
  const quote = people.createQuote({ ...head, lines: [line] });
  people.validateQuote(Number(quote.id));
  const orderId = Number(people.confirmQuote(Number(quote.id))["order_id"]);
  now += 7 * 86_400_000;
  const invoiceId = Number(people.invoice(orderId).id);
  const shown = async (path: string): Promise<JsonMap> => {
    const headers = { "x-api-key": erp.apiKey };
    const answer = await erp.fetch(new Request(`http://erp/rest/v1/${path}`, { headers }));
    return (await answer.json()) as JsonMap;
  };
  const [order, invoice] = [await shown(`sales_orders/${orderId}`), await shown(`invoices/${invoiceId}`)];
  expect([order["rate_date"], invoice["rate_date"]]).toEqual(["20260202", "20260209"]);
  expect(order["gross"]).toBe(invoice["gross"]);
  expect(order["company_gross"]).not.toBe(invoice["company_gross"]);

  const crm = createCrm({ clock, reckonsInHome: true });
  const account = crm.people.create("accounts", { name: "Otterby Mills", currency: "USD" });
  const put = async (object: string, body: JsonMap): Promise<JsonMap> => {
    const headers = { authorization: `Bearer ${CRM_TOKEN}`, "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await crm.fetch(new Request(`http://crm/api/v2/${object}`, request));
    expect(answer.status).toBe(201);
    return (await answer.json()) as JsonMap;
  };
  const usd = (amount: unknown) => ({ amount: String(amount), currency: "USD" });
  const common = { accountId: account.id, currency: "USD", number: "1" };
  const totals = { net: usd(order["net"]), tax: usd(order["tax"]), gross: usd(order["gross"]) };
  const mirrored = await put("orders", { ...common, date: "2026-02-06", totals });
  const { net, tax, gross: amount } = totals;
  const billed = await put("invoices", { ...common, date: "2026-02-13", net, tax, amount });
  for (const [mine, theirs] of [
    [mirrored, order],
    [billed, invoice],
  ] as const)
    expect([mine["homeCurrency"], mine["homeNet"], mine["homeTax"], mine["homeGross"]]).toEqual([
      theirs["company_currency"],
      theirs["company_net"],
      theirs["company_tax"],
      theirs["company_gross"],
    ]);
});

import type { CreditAnswer, PricedRow, RefusedRow } from "@crossfoot/connector-sdk";
import { compileMapping } from "@crossfoot/connector-sdk";
import type { Fields } from "@crossfoot/kernel";
import { externalId } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import { expect, test } from "vitest";
import { amountOf } from "./preflight-order.ts";
import { unsendableIn } from "./preflight-sending.ts";
import { judgeQuote } from "./preflight.ts";
import type { PreflightFacts } from "./preflight.ts";

const priced = (unitPrice: string): PricedRow => ({
  ...{ ok: true, product: externalId("1"), quantity: "2", unit: "pcs", unitPrice, discountPercent: "0" },
  ...{ net: "20", taxes: [{ name: "VAT", percent: "19" }] },
  rule: { kind: "list_price", id: null, minQuantity: null },
});
const refused = (code: string): RefusedRow => ({
  ok: false,
  failure: {
    ...{ failure: "invalid", code, message: code, status: null, retryAt: null, requestId: null, field: null },
  },
});
const credit: CreditAnswer = {
  ...{ currency: "EUR", limit: null, openOrders: "0", notHeld: "0", openInvoices: "0", overdue: "0" },
  ...{ exposure: "0", free: null, verdict: "no_limit", isRefused: false, isHeld: false },
};
const places = ["MAIN", "NORTH"].map((warehouse) => ({
  ...{ warehouse, onHand: "9", reserved: "0", incoming: "0", available: "9", availableAt: "9" },
  promisedFrom: warehouse === "NORTH" ? "2026-01-31" : null,
}));

/** A quote of two pieces at 10 with nothing odd about it, beside what a test changes. */
function factsOf(
  change: Partial<PreflightFacts> & { readonly quoted?: Fields; readonly price?: string | null },
) {
  const { quoted = {}, price = "10", ...facts } = change;
  const line = {
    key: "1",
    fields: {
      ...{ product: { link: "l-1" }, quantity: { value: "2", unit: "pcs" } },
      ...(price === null ? {} : { unitPrice: { amount: price, currency: "EUR" } }),
    },
  };
  const quote = {
    ...{ status: "accepted", account: { link: "l-2" }, currency: "EUR", warehouse: "NORTH" },
    ...quoted,
    lines: [line],
  } as unknown as Fields;
  const all: PreflightFacts = {
    ...{ quote, account: { status: "customer" }, products: [{ active: true }], prices: [priced("10")] },
    stock: [{ ok: true, product: externalId("1"), isStocked: true, unit: "pcs", wanted: "2", places }],
    ...{ totals: null, currency: "EUR", credit: { ...credit, isMeasured: true } },
    ...{ refuses: ["price_missing", "price_zero", "warehouse_missing", "warehouse_unknown"] },
    unsendable: { header: [], lines: [] },
    ...{ newcomer: null, foreseen: null },
    today: "2026-01-31",
    ...facts,
  };
  return all;
}

function said(change: Parameters<typeof factsOf>[0]): readonly string[] {
  const { verdict, findings, lines } = judgeQuote(factsOf(change));
  const all = [...findings, ...lines.flatMap((line) => line.findings)];
  return [verdict, ...all.map(({ code }) => code)];
}

test("what the ERP refuses by a rule that it declares is blocked, and is not where it declares none", () => {
  expect(said({})).toEqual(["ok"]);
  expect(said({ quoted: { warehouse: null } })).toEqual(["blocked", "warehouse_missing"]);
  expect(said({ quoted: { warehouse: "NOWHERE" } })).toEqual(["blocked", "warehouse_unknown"]);
  expect(said({ price: null })).toEqual(["blocked", "price_unknown"]);
  expect(said({ price: "0", prices: [priced("0")] })).toEqual(["blocked", "price_differs"]);
  const none = { refuses: [] };
  expect(said({ ...none, quoted: { warehouse: null } })).toEqual(["ok"]);
  expect(said({ ...none, quoted: { warehouse: "NOWHERE" } })).toEqual(["ok"]);
  expect(said({ ...none, price: "0", prices: [priced("0")] })).toEqual(["ok"]);
});

test("the same money is the same price, however it is split into a price and a discount", () => {
  const listed = { ...priced("12.5"), discountPercent: "20" };
  expect(said({ prices: [listed] })).toEqual(["ok"]);
  expect(said({ price: "10.01", prices: [listed] })).toEqual([
    "differs",
    "price_differs",
    "discount_differs",
  ]);
  expect(said({ price: "12.5", prices: [listed] })).toEqual(["differs", "discount_differs"]);
});

test("a discount of the whole is one that the ERP's own prices do not have", () => {
  expect(said({ quoted: { discountPercent: "3" } })).toEqual(["differs", "discount_differs"]);
  expect(said({ quoted: { discountPercent: "0" } })).toEqual(["ok"]);
});

test("a customer who comes with the order needs an address where the ERP refuses one without", () => {
  const street = { street: "1 Quai", city: "Brest" } as unknown as Fields;
  const nobody: Partial<PreflightFacts> = { account: null, credit: null };
  const newcomer = { billingAddress: null, otherAddresses: [], shippingAddress: { street: null } };
  const refuses = ["address_missing"] as const;
  const known = (fields: object, more: Partial<PreflightFacts> = {}): readonly string[] =>
    said({ ...nobody, newcomer: fields as unknown as Fields, refuses, ...more });
  expect(known(newcomer)).toEqual(["blocked", "data_missing", "account_missing"]);
  expect(known({ ...newcomer, billingAddress: street })).toEqual(["warning", "account_missing"]);
  expect(known(newcomer, { refuses: [] })).toEqual(["warning", "account_missing"]);
  expect(said({ ...nobody, refuses })).toEqual(["warning", "account_missing"]);
});

test("a line is promised for no day before the one that the ERP plans, told where one is wanted", () => {
  const row = (plannedFrom: string | null): PreflightFacts["stock"][number] => ({
    ...{ ok: true, product: externalId("1"), isStocked: true, unit: "pcs", wanted: "2", places, plannedFrom },
  });
  const days = (stock: PreflightFacts["stock"], more: Partial<PreflightFacts> = {}) =>
    judgeQuote(factsOf({ stock, ...more })).lines.map((line) => [line.promisedFrom, line.plannedFrom]);
  expect(days([row(null)])).toEqual([["2026-01-31", null]]);
  expect(days([row("2026-02-02")])).toEqual([["2026-02-02", "2026-02-02"]]);
  expect(days([row("2026-01-30")])).toEqual([["2026-01-31", "2026-01-30"]]);
  // Another line of the order is planned for a later day: only an ERP that sends all together waits for it.
  const both = [row("2026-02-02"), row("2026-02-04")];
  expect(days(both)).toEqual([["2026-02-02", "2026-02-02"]]);
  expect(days(both, { sendsTogether: true })).toEqual([["2026-02-04", "2026-02-04"]]);
  expect(said({ stock: [row("2026-02-02")] })).toEqual(["ok"]);
  const by = (requestedDate: string) => said({ stock: [row("2026-02-02")], quoted: { requestedDate } });
  expect(by("2026-02-02")).toEqual(["ok"]);
  expect(by("2026-02-01")).toEqual(["warning", "promised_later"]);
});

test("a customer whom the ERP holds is blocked, whatever his limit", () => {
  expect(said({ credit: { ...credit, isHeld: true, isMeasured: true } })).toEqual([
    "blocked",
    "account_blocked",
  ]);
});

test("a price that the ERP does not know stands in nobody's way while the quote has one", () => {
  expect(said({ prices: [refused("no_price")] })).toEqual(["warning", "price_unknown"]);
  expect(said({ prices: [refused("no_price")], price: null, refuses: [] })).toEqual([
    "blocked",
    "price_unknown",
  ]);
  expect(said({ prices: [refused("item_inactive")] })).toEqual(["blocked", "price_unknown"]);
});

test("stock is promised from the warehouse that the quote names, or from any where it names none", () => {
  expect(said({ quoted: { warehouse: "MAIN" } })).toEqual(["warning", "stock_short"]);
  expect(said({ refuses: [], quoted: { warehouse: null } })).toEqual(["ok"]);
});

test("what counts against the limit is the order at the quote's own prices, freight and discounts", () => {
  const asTold = factsOf({}).quote;
  const totals = { net: "20", tax: "3.8", gross: "23.81" };
  const rows = [priced("10")];
  expect(amountOf(asTold, { totals, rows }, "gross")).toEqual({ amount: "23.81", isWhole: true });
  expect(amountOf(factsOf({ price: "100" }).quote, { totals, rows }, "gross")).toEqual({
    amount: "238",
    isWhole: true,
  });
  const extras = { discountPercent: "10", freight: { amount: "5", currency: "EUR" } };
  const dear = factsOf({ quoted: extras }).quote;
  expect(amountOf(dear, { totals, rows }, "net")).toEqual({ amount: "23", isWhole: true });
  expect(amountOf(dear, { totals, rows }, "gross")).toEqual({ amount: "27.37", isWhole: true });
  const dinars = factsOf({ quoted: { currency: "KWD" }, price: "10.0525" }).quote;
  expect(amountOf(dinars, { totals, rows }, "net")).toEqual({ amount: "20.105", isWhole: true });
  const unknown = { totals: null, rows: [refused("no_price")] };
  expect(amountOf(asTold, unknown, "gross")).toMatchObject({ isWhole: false });
});

test("what the mapping cannot write is found on the header and on its line before anything is sent", () => {
  const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
  const compiled = compileMapping(
    {
      entities: {
        quotes: {
          fields: {
            customerOrderNumber: { path: "reference", max: 5 },
            currency: "currency",
            lines: {
              list: "lines",
              key: "id",
              fields: { quantity: { value: "qty", unit: "uom", digits: 3 } },
            },
          },
        },
      },
    },
    kinds,
  );
  if (!("mapping" in compiled)) throw new Error(JSON.stringify(compiled.problems));
  const mapping = compiled.mapping.entities["quotes"];
  if (mapping === undefined) throw new Error("no quotes");
  const lineOf = (value: string) => ({ key: value, fields: { quantity: { value, unit: "pcs" } } });
  const quote = {
    customerOrderNumber: "PO-123456",
    lines: [lineOf("2"), lineOf("0.0004")],
  } as unknown as Fields;
  const found = unsendableIn(mapping, quote, { connection: "erp", idOf: () => undefined });
  expect(found.header.map(({ verdict, code, message }) => [verdict, code, message.split(" ")[0]])).toEqual([
    ["blocked", "not_sendable", "customerOrderNumber"],
  ]);
  expect(found.lines.map((line) => line.map(({ code }) => code))).toEqual([[], ["not_sendable"]]);
});

import type { CreditRequest, OrderStatusRequest, PriceRequest } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import type { Row } from "../src/native.ts";
import { loadRules, ruleOf } from "../src/price-rule.ts";
import { readOptions } from "../src/options.ts";
import { createRpc } from "../src/rpc.ts";
import { converted, quantityIn } from "../src/unit.ts";
import { fakeTryton } from "./fake-tryton.ts";

const piece: Row = { symbol: "u", digits: 0, factor: 1, rate: 1 };
const dozen: Row = { symbol: "dz", digits: 0, factor: 12, rate: 0.083333333333 };
const third: Row = { symbol: "third", digits: 2, factor: 0.333333333333, rate: 3 };

describe("quantities in another unit", () => {
  it("are exact by the exact one of factor and rate", () => {
    expect(converted("2", dozen, piece)).toBe("24");
    expect(converted("18", piece, dozen)).toBe("1.5");
    expect(converted("6", third, piece)).toBe("2");
    expect(converted("2", piece, third)).toBe("6");
  });

  it("are refused when their unit cannot count them", () => {
    expect(quantityIn("2.0", piece)).toBe("2");
    expect(() => quantityIn("1.5", piece)).toThrow(/0 decimals/);
    expect(() => quantityIn("a few", piece)).toThrow(/no decimal number/);
    expect(() => quantityIn("9007199254740993", piece)).toThrow(/cannot hold|can hold/);
  });
});

describe("a price where somebody else is billed", () => {
  it("has the taxes of whoever is billed, in its lines and its totals", async () => {
    const unit = { "default_uom.": { id: 1, category: 1, ...piece } };
    const rows: { readonly [method: string]: unknown } = {
      "model.currency.currency.search_read": [{ id: 1, code: "EUR" }],
      "model.party.party.search_read": [{ id: 5 }],
      "model.product.product.search_read": [
        { id: 7, active: true, salable: true, "template.": { id: 9, active: true }, default_uom: 1, ...unit },
      ],
      "model.product.uom.search_read": [{ id: 1, category: 1, ...piece }],
      "model.sale.line.on_change": [{ unit_price: "3.5", amount: "7", taxes: [] }],
      "model.sale.sale.on_change": [{ untaxed_amount: "7", tax_amount: "0", total_amount: "7" }],
    };
    const billedIn = async (more: object): Promise<readonly unknown[]> => {
      const session = fakeTryton(({ method }) =>
        rows[method] === undefined ? undefined : { result: rows[method] },
      );
      const lines = [{ product: "7", quantity: "2", unit: "u" }];
      const asked = { customer: "5", pricebook: null, currency: "EUR", date: null, lines, ...more };
      const answer = await openTryton(session).operations.price(asked as unknown as PriceRequest);
      expect(answer.rows).toMatchObject([{ ok: true, unitPrice: "3.5" }]);
      return session.asked
        .filter(({ method }) => method.endsWith(".on_change"))
        .map(({ params }) => params[0] as unknown as { readonly [field: string]: unknown })
        .filter(({ lines: all }) => !Array.isArray(all) || all.length > 0)
        .map((values) => values["_parent_sale.invoice_party"] ?? values["invoice_party"] ?? null);
    };
    expect(await billedIn({})).toEqual([null, null]);
    expect(await billedIn({ billTo: null })).toEqual([null, null]);
    expect(await billedIn({ billTo: "6" })).toEqual([6, 6]);
  });
});

describe("the rule that makes a price", () => {
  const line = (id: number, more: object): object => {
    const none = { sequence: null, product: null, category: null, quantity: null };
    return { id, ...none, ...more };
  };
  const product: Row = { id: 7, categories_all: [3], "default_uom.": piece, "sale_uom.": dozen };
  const ruleWith = async (lines: readonly object[], more: object = {}) => {
    const session = fakeTryton(({ method }) => {
      if (method === "model.product.price_list.search_read")
        return { result: [{ id: 1, unit: "product_default", "lines.": lines, ...more }] };
      if (method === "model.product.category.search_read")
        return {
          result: [
            { id: 3, parent: 2 },
            { id: 2, parent: null },
          ],
        };
      return undefined;
    });
    const book = await loadRules(createRpc(session, readOptions(session.options)), 1);
    return (quantity: string, unit: Row = piece): string | null =>
      ruleOf(book, { product, quantity, unit }).id;
  };

  it("is the first in Tryton's order: without a sequence before those with one, then by id", async () => {
    const rule = await ruleWith([
      line(1, { sequence: 5 }),
      line(2, { sequence: 2 }),
      line(3, { quantity: 10 }),
    ]);
    expect([rule("10"), rule("9")]).toEqual(["3", "2"]);
  });

  it("is one of the product, of its categories and of those above them", async () => {
    const rule = await ruleWith([
      line(1, { product: 8 }),
      line(2, { category: 9 }),
      line(3, { category: 2, quantity: 5 }),
      line(4, { product: 7 }),
    ]);
    expect([rule("5"), rule("4")]).toEqual(["3", "4"]);
  });

  it("counts in the default unit, or in the unit of sale where the list says so", async () => {
    const lines = [line(1, { quantity: 24 }), line(2, {})];
    const inPieces = await ruleWith(lines);
    expect([inPieces("2", dozen), inPieces("1", dozen), inPieces("-24")]).toEqual(["1", "2", "1"]);
    const inDozens = await ruleWith(lines, { unit: "product_sale" });
    expect([inDozens("24"), inDozens("24", dozen)]).toEqual(["2", "1"]);
  });

  it("is none when none fits, and the product's own price without a list", async () => {
    const rule = await ruleWith([line(1, { product: 8 })]);
    expect(rule("1")).toBe(null);
    const book = { id: "1", isPerSaleUnit: false, lines: [], parents: new Map<string, string>() };
    const asked = { product, quantity: "1", unit: piece };
    expect(ruleOf(book, asked)).toEqual({ kind: "pricebook", id: null, minQuantity: null });
    expect(ruleOf(null, asked)).toEqual({ kind: "list_price", id: null, minQuantity: null });
  });
});

describe("how far an order has come", () => {
  const move = (state: string, quantity: number, uom: Row = piece): object => ({
    state,
    quantity,
    "uom.": uom,
  });
  const booked = (state: string | null, quantity: number): object => ({
    type: "line",
    quantity,
    "unit.": piece,
    "invoice.": state === null ? null : { state },
  });
  const goods = (id: number, more: object): object => ({
    id,
    type: "line",
    product: 7,
    "product.": { type: "goods" },
    quantity: 30,
    "unit.": piece,
    shipping_date: { __class__: "date", year: 2026, month: 12, day: id },
    "moves.": [],
    "invoice_lines.": [],
    ...more,
  });
  const statusOf = async (sale: object) => {
    const row = { id: 5, number: "9", state: "processing", shipment_state: "sent", confirmed_by: 1, ...sale };
    const session = fakeTryton(({ method }) =>
      method === "model.sale.sale.search_read" ? { result: [row] } : undefined,
    );
    const orders = ["5"] as unknown as OrderStatusRequest["orders"];
    const [status] = await openTryton(session).operations.orderStatus({ orders });
    return status;
  };

  it("is the sum of done moves in the line's unit, whatever the header says", async () => {
    const moves = [move("done", 1, dozen), move("cancelled", 18), move("assigned", 18)];
    const status = await statusOf({ "lines.": [goods(1, { "moves.": moves })] });
    expect(status).toMatchObject({
      state: "delivered",
      delivered: "part",
      promisedDate: "2026-12-01",
      lines: [{ ordered: "30", delivered: "12", invoiced: "0" }],
    });
  });

  it("counts what was posted, not what is a draft or was cancelled", async () => {
    const lines = [booked("posted", 10), booked("paid", 5), booked("draft", 9), booked("cancelled", 9)];
    const more = { "invoice_lines.": [...lines, booked(null, 9)] };
    const status = await statusOf({ "lines.": [goods(1, more)] });
    expect(status).toMatchObject({ invoiced: "part", lines: [{ invoiced: "15" }] });
  });

  it("promises only what is still to come; services and returns count for what they are", async () => {
    const lines = [
      goods(9, { "moves.": [move("done", 30)] }),
      goods(3, {}),
      goods(4, { quantity: -2, "moves.": [move("done", 2)] }),
      goods(8, { "product.": { type: "service" } }),
    ];
    const status = await statusOf({ "lines.": lines });
    expect(status).toMatchObject({
      delivered: "part",
      promisedDate: "2026-12-03",
      lines: [
        { delivered: "30", promisedDate: null },
        { delivered: "0", promisedDate: "2026-12-03" },
        { ordered: "-2", delivered: "-2", promisedDate: null },
        { delivered: null, promisedDate: null },
      ],
    });
  });

  it("is nothing of a sale that was never confirmed", async () => {
    const status = await statusOf({ state: "quotation", confirmed_by: null, "lines.": [goods(1, {})] });
    expect(status).toMatchObject({ ok: false, failure: { failure: "invalid", code: "order_unknown" } });
  });
});

describe("the credit of a customer", () => {
  it("measures an order in another currency by its number, as Tryton's confirmation does", async () => {
    const decimal = (text: string): object => ({ __class__: "Decimal", decimal: text });
    const party = {
      ...{ id: 5, credit_limit_amount: decimal("100"), credit_amount: decimal("40") },
      receivable: decimal("10"),
    };
    const session = fakeTryton(({ method }) => {
      if (method === "model.party.party.search_read") return { result: [party] };
      if (method === "model.account.move.line.search_read") return { result: [] };
      if (method === "model.sale.sale.default_get") return { result: { shipment_method: "order" } };
      return undefined;
    });
    const customer = "5" as unknown as CreditRequest["customer"];
    const asked = async (amount: string) =>
      openTryton(session).operations.credit({ customer, order: { amount, currency: "JPY" } });
    expect(await asked("60")).toMatchObject({ verdict: "within", isRefused: false });
    expect(await asked("60.01")).toMatchObject({ verdict: "over", isRefused: true });
  });
});

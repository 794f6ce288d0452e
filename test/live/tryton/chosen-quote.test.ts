/** Orders in Tryton of what a person chose: a part of a quote, and an older one of two revisions. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { companyName } from "../scenarios/company.ts";
import { openLiveStage } from "../scenarios/live-stage.ts";
import type { LiveStage } from "../scenarios/live-stage.ts";
import { openPair } from "../scenarios/pair.ts";
import type { Pair } from "../scenarios/pair.ts";
import { liveTryton, openTryton } from "./live-erp.ts";

/** The first load is more than the guard lets through unseen. */
const settings = "guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }\n";
/** Longer than any time-out on the way. */
const budgetMs = 240_000;
const { reason } = liveTryton;
if (reason !== null)
  console.log(`skipped, 1 file: a part of a quote and an older revision in Tryton, ${reason}`);

describe.skipIf(reason !== null)("what a person chose of a quote, and a real Tryton", () => {
  let stage: LiveStage | undefined;
  let pair: Pair | undefined;
  let admin: Awaited<ReturnType<typeof openTryton>>["admin"] | undefined;

  beforeAll(async () => {
    const opened = await openTryton();
    admin = opened.admin;
    const size = { seed: 1, accounts: 1, contactEvery: 100, products: 4 };
    stage = await openLiveStage({ ...liveTryton, open: async () => opened.live }, size);
    appendFileSync(join(stage.folder, "crossfoot.yaml"), settings);
    pair = await openPair(stage);
    await pair.settleAll();
  }, 600_000);
  afterAll(async () => {
    await pair?.engine.close();
    await stage?.close();
  });

  /** Everything that a test needs, once it is up. */
  function ground() {
    if (stage === undefined || pair === undefined || admin === undefined) throw new Error("Tryton is not up");
    const { engine, named, settleAll } = pair;
    const { people, state } = stage.crm;
    const line = (sku: string, quantity: string) => {
      const product = named("products", "sku", sku);
      const unit = product?.["unit"];
      return {
        ...{ productId: String(product?.id), quantity, unit: typeof unit === "string" ? unit : "" },
        unitPrice: { amount: "12.50", currency: "EUR" },
      };
    };
    /** A quote that was sent; answers its id. */
    const quote = (customerOrderNumber: string, lines: readonly ReturnType<typeof line>[]): string => {
      const made = people.createQuote({
        ...{ accountId: String(named("accounts", "name", companyName(0))?.id), currency: "EUR" },
        ...{ warehouse: "WH", paymentTerms: "net30", customerOrderNumber, validUntil: "2099-12-31", lines },
      });
      people.sendQuote(String(made.id));
      return String(made.id);
    };
    return { admin, engine, line, people, quote, settleAll, state };
  }

  test("a part becomes one order of what was accepted; what is left is given up", async () => {
    const { admin, engine, line, quote, settleAll, state } = ground();
    const id = quote("PO-PART", [line("P002", "10"), line("P003", "4")]);
    const lines = (): readonly { readonly id: string; readonly quantity: unknown }[] =>
      (state.records["quotes"]?.[id]?.["lines"] ?? []) as never;
    const accepted = [{ line: lines()[0]?.id ?? "", quantity: "6" }];
    const part = { lines: accepted, rest: "close" } as const;
    const asked = { quote: `crm:${id}`, by: "test", budgetMs, part };
    const first = await engine.moment.quoteToOrder(asked);
    expect(first).toMatchObject({ kind: "ordered", isMadeNow: true, rest: null });
    expect(await engine.moment.quoteToOrder(asked)).toMatchObject({ kind: "ordered", isMadeNow: false });
    await settleAll();
    const sales = await admin.find("sale.sale", [["description", "=", "PO-PART"]], ["state", "lines"]);
    expect(sales.map(({ state: now }) => now)).toEqual(["processing"]);
    const sold = await admin.find(
      "sale.line",
      [["sale", "=", Number(sales[0]?.["id"])]],
      ["product.code", "quantity"],
    );
    expect(sold.map((row) => [(row["product."] as { code?: string }).code, row["quantity"]])).toEqual([
      ["P002", 6],
    ]);
    expect(lines().map(({ quantity }) => Number(quantity))).toEqual([6]);
    expect(state.records["quotes"]?.[id]?.["status"]).toBe("converted");
    const quotes = Object.values(state.records["quotes"] ?? {});
    expect(quotes.filter((quote) => quote["customerOrderNumber"] === "PO-PART")).toHaveLength(1);
  }, 600_000);

  test("an older revision is ordered on purpose alone; the newer one is not any more", async () => {
    const { admin, engine, line, people, quote, settleAll, state } = ground();
    const [older, newer] = [quote("PO-REV", [line("P002", "3")]), quote("PO-REV", [line("P002", "5")])];
    const rows = state.records["quotes"] ?? {};
    // As systems do that revise a quote by another record.
    Object.assign(rows[newer] ?? {}, { number: rows[older]?.["number"], revision: 2 });
    await settleAll();
    people.acceptQuote(older, "ada");
    const asked = { quote: `crm:${older}`, by: "test", budgetMs };
    const refusal = { kind: "refused", refusal: { code: "quote_superseded" } };
    expect(await engine.moment.quoteToOrder(asked)).toMatchObject(refusal);
    const onPurpose = { ...asked, isOlderRevision: true };
    expect(await engine.moment.quoteToOrder(onPurpose)).toMatchObject({ kind: "ordered", isMadeNow: true });
    people.acceptQuote(newer, "ada");
    expect(await engine.moment.quoteToOrder({ ...asked, quote: `crm:${newer}` })).toMatchObject(refusal);
    await settleAll();
    const sales = await admin.find("sale.sale", [["description", "=", "PO-REV"]], ["state", "lines"]);
    expect(sales.map(({ state: now }) => now)).toEqual(["processing"]);
    const sold = await admin.find("sale.line", [["sale", "=", Number(sales[0]?.["id"])]], ["quantity"]);
    expect(sold.map(({ quantity }) => quantity)).toEqual([3]);
  }, 600_000);
});

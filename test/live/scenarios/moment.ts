import { expect, test } from "vitest";
import { loseFirstAnswers } from "./answers-lost.ts";
import { numberOf, wonQuote } from "./cash.ts";
import { companyName } from "./company.ts";
import type { Pair } from "./pair.ts";

/** Longer than any time-out on the way. */
const budgetMs = 120_000;

/** What people ask while a customer waits, of a pair that is in agreement. */
export function momentCases(pair: () => Pair): void {
  const accountOf = (customer: number): string =>
    String(pair().named("accounts", "name", companyName(customer))?.id);
  const goods = (): { readonly name: string; readonly unit: string } => {
    const product = pair().named("products", "sku", pair().stage.erp.goods.code);
    const unit = product?.["unit"];
    return { name: `crm:${product?.id}`, unit: typeof unit === "string" ? unit : "" };
  };

  test("in the moment: price, stock and credit are the ERP's own; a preflight says the same", async () => {
    const { engine, stage } = pair();
    const { moment } = engine;
    const account = accountOf(20);
    const { name, unit } = goods();
    const lines = [{ product: name, quantity: "3", unit }];
    const none = { pricebook: null, currency: "EUR", date: null };
    const price = await moment.price({ account: `crm:${account}`, ...none, lines, budgetMs });
    const [row] = price.kind === "now" ? price.answer.rows : [];
    if (row?.ok !== true) throw new Error(JSON.stringify(price));
    const stock = await moment.availability({
      rows: [{ product: name, quantity: "3", unit }],
      ...{ warehouses: [stage.erp.goods.warehouse], date: null, budgetMs },
    });
    expect(stock).toMatchObject({
      kind: "now",
      answer: { rows: [{ ok: true, product: name, wanted: "3" }] },
    });
    const credit = await moment.credit({ account: `crm:${account}`, order: null, budgetMs });
    expect(credit).toMatchObject({ kind: "now", answer: { currency: "EUR" } });
    const quote = `crm:${wonQuote(pair(), { account, pieces: 3, orderNumber: "PO-LIVE-M0" })}`;
    const told = await moment.preflight({ quote, budgetMs });
    if (told.kind !== "now") throw new Error(JSON.stringify(told));
    const differing = told.answer.lines[0]?.findings.filter(({ code }) => code === "price_differs");
    const isSame = Number(row.unitPrice) === 12.5;
    expect(differing?.map(({ quoted, found }) => [quoted, found])).toEqual(
      isSame ? [] : [["12.5", row.unitPrice]],
    );
    expect(told.answer.totals).toEqual(price.kind === "now" && price.answer.totals);
  }, 300_000);

  test("in the moment: two who click on a won quote, each first answer lost, hear of one order", async () => {
    const { engine, stage, settleAll } = pair();
    const quote = wonQuote(pair(), { account: accountOf(21), pieces: 2, orderNumber: "PO-LIVE-M1" });
    const asked = { quote: `crm:${quote}`, by: "test", budgetMs };
    const losing = loseFirstAnswers([stage.lines.crm, stage.lines.erp]);
    const clicks = await Promise.all([engine.moment.quoteToOrder(asked), engine.moment.quoteToOrder(asked)]);
    losing.stop();
    let last = clicks[0];
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1)
      last = await engine.moment.quoteToOrder(asked);
    if (last.kind !== "ordered") throw new Error(JSON.stringify(last));
    expect(losing.lost.length).toBeGreaterThan(0);
    expect((await stage.erp.people.papersOf(last.order.number ?? "")).orders).toEqual([last.order.number]);
    expect(last.order.names.map((name) => name.split(":")[0])).toEqual(["erp", "crm"]);
    const status = await engine.moment.orderStatus({ order: last.order.names[1] ?? "", budgetMs });
    expect(status).toMatchObject({ kind: "now", answer: { delivered: "none", invoiced: "none" } });
    await settleAll();
    expect(numberOf(pair(), quote)).toBe(last.order.number);
    console.log(`answers lost on the way to an order: ${JSON.stringify(losing.lost)}`);
  }, 600_000);

  test("in the moment: a won quote for a customer who was made a second ago becomes an order", async () => {
    const { engine, stage, settleAll } = pair();
    const { crm } = stage;
    const model = crm.state.records["accounts"]?.[accountOf(22)];
    const made = crm.people.createAccount({
      ...{ name: "Fable Works Just Met", currency: "EUR", status: "customer" },
      billingAddress: model?.["billingAddress"] ?? null,
    });
    const quote = wonQuote(pair(), { account: String(made.id), pieces: 1, orderNumber: "PO-LIVE-M2" });
    const answer = await engine.moment.quoteToOrder({ quote: `crm:${quote}`, by: "test", budgetMs });
    expect(answer).toMatchObject({ kind: "ordered", isMadeNow: true });
    expect((await stage.erp.people.customersNamed("Fable Works Just Met")).length).toBe(1);
    await settleAll();
  }, 300_000);

  test("in the moment: an open order is cancelled once, a done one never", async () => {
    const { engine, stage, named, settleAll } = pair();
    const { moment } = engine;
    const { people } = stage.erp;
    const quote = wonQuote(pair(), { account: accountOf(21), pieces: 2, orderNumber: "PO-LIVE-M3" });
    const made = await moment.quoteToOrder({ quote: `crm:${quote}`, by: "test", budgetMs });
    if (made.kind !== "ordered") throw new Error(JSON.stringify(made));
    const { number } = made.order;
    const order = made.order.names.find((name) => name.startsWith("crm:")) ?? "";
    const asked = { order, by: "test", reason: "ordered twice", budgetMs };
    const would = await moment.cancellationOf({ order, budgetMs });
    const losing = loseFirstAnswers([stage.lines.crm, stage.lines.erp]);
    let last = await moment.cancelOrder(asked);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1)
      last = await moment.cancelOrder(asked);
    losing.stop();
    const shown = (): unknown => named("orders", "number", number)?.["status"];
    expect(would).toEqual({ kind: "possible", state: "open" });
    expect(last).toMatchObject({ kind: "cancelled", order: { number } });
    expect(shown()).toBe("cancelled");
    expect(losing.lost.length).toBeGreaterThan(0);
    await settleAll();
    // The quote stays what it was, and asking for its order again makes no second one.
    expect(stage.crm.state.records["quotes"]?.[quote]?.["status"]).toBe("converted");
    const again = await moment.quoteToOrder({ quote: `crm:${quote}`, by: "test", budgetMs });
    expect(again).toMatchObject({ kind: "ordered", order: { number }, isMadeNow: false });
    const sent = named("orders", "status", "closed") ?? named("orders", "status", "invoiced");
    const answer = await moment.cancelOrder({ ...asked, order: `crm:${sent?.id}` });
    expect(answer).toMatchObject({ kind: "refused", refusal: { code: "order_bound" } });
    expect((await people.papersOf(number ?? "")).shipments).toEqual([]);
  }, 300_000);
}

import { expect, test } from "vitest";
import { loseFirstAnswers } from "./answers-lost.ts";
import { wonQuote } from "./cash.ts";
import { companyName } from "./company.ts";
import type { Pair } from "./pair.ts";

/** Longer than any time-out on the way. */
const budgetMs = 120_000;

type Moment = Pair["engine"]["moment"];
type Standing = Extract<Awaited<ReturnType<Moment["changeOf"]>>, { readonly kind: "standing" }>;
type Wish = Extract<Parameters<Moment["changeOrder"]>[0]["wish"], { readonly add: unknown }>;

const quantitiesOf = (lines: unknown): readonly unknown[] =>
  (lines as readonly { readonly quantity: unknown }[]).map(({ quantity }) => quantity);

async function standingOf(moment: Moment, order: string): Promise<Standing> {
  const told = await moment.changeOf({ order, budgetMs });
  if (told.kind !== "standing") throw new Error(JSON.stringify(told));
  return told;
}

/** What the ERP never takes, or not together, is told before anything is written, and so is the rest. */
async function refusesMore({ engine: { moment } }: Pair, wish: Wish, order: string): Promise<void> {
  const before = await standingOf(moment, order);
  const { lines, add, requestedDate = null, customerOrderNumber = null } = wish;
  const more: readonly Partial<Wish>[] = [{ add }, { requestedDate }, { customerOrderNumber }];
  for (const each of more) {
    const wanted: Wish = { lines, add: [], ...each };
    const would = await moment.wouldChange({ order, wish: wanted, version: null, budgetMs });
    const codes = would.kind === "possible" ? would.refusals.map(({ code }) => code) : [would.kind];
    expect(new Set(codes)).toEqual(new Set(["field_not_offered"]));
    const asked = { order, wish: wanted, version: null, by: "test", reason: "more", budgetMs };
    const answer = await moment.changeOrder(asked);
    expect(answer).toMatchObject({ kind: "refused", refusal: { code: "not_offered" } });
  }
  expect(await standingOf(moment, order)).toEqual(before);
}

/**
 * Changes of an order are taken back from the journal: a plain value is as it was before, in both systems;
 * lines are left to a person, who is told so.
 */
async function takesBack({ engine, named, settleAll }: Pair, order: string): Promise<void> {
  const written = async () =>
    ((await engine.why({ entity: "orders", id: order }))?.intents ?? []).filter(
      ({ target, kind, state }) => target === "erp" && kind === "update" && state === "settled",
    );
  const [before, earlier] = [await standingOf(engine.moment, order), await written()];
  const withLines = earlier.find(({ fields }) => "lines" in fields);
  const undoing = (key: string) => engine.undo({ what: "write", id: key, by: "test" });
  const ofLines = await undoing(withLines?.key ?? "");
  expect(ofLines.undo?.left.map(({ field, why }) => [field, why])).toContainEqual(["lines", "refused"]);
  expect(ofLines.writes.flatMap(({ fields }) => Object.keys(fields))).not.toContain("lines");

  const wish: Wish = { lines: [], add: [], customerOrderNumber: "PO-MISTAKE" };
  const asked = { order, wish, version: null, by: "test", reason: "a mistake", budgetMs };
  expect(await engine.moment.changeOrder(asked)).toMatchObject({ kind: "changed", isDoneNow: true });
  const made = (await written()).filter(({ key }) => !earlier.some((each) => each.key === key));
  expect(made).toHaveLength(1);
  const plan = await undoing(made[0]?.key ?? "");
  expect([plan.undo?.left, plan.writes.length]).toEqual([[], 1]);
  expect((await engine.apply(plan)).unmade).toEqual([]);
  await settleAll();
  const { customerOrderNumber } = await standingOf(engine.moment, order);
  expect(customerOrderNumber).toBe(before.customerOrderNumber);
  const shown = named("orders", "number", String(plan.writes[0]?.label));
  expect(shown?.["customerOrderNumber"]).toBe(before.customerOrderNumber);
}

/** An order that stands is changed at the CRM's word, of a pair that is in agreement. */
export function orderChangeCases(pair: () => Pair): void {
  test("in the moment: an open order is changed once, as the ERP lets it, down to what left", async () => {
    const { engine, stage, named, settleAll } = pair();
    const { moment } = engine;
    const { people, changesOrders, goods } = stage.erp;
    const account = String(named("accounts", "name", companyName(23))?.id);
    const quote = wonQuote(pair(), { account, pieces: 3, orderNumber: "PO-LIVE-M4" });
    const made = await moment.quoteToOrder({ quote: `crm:${quote}`, by: "test", budgetMs });
    if (made.kind !== "ordered") throw new Error(JSON.stringify(made));
    const { number } = made.order;
    const order = made.order.names.find((name) => name.startsWith("crm:")) ?? "";
    const standing = (): Promise<Standing> => standingOf(moment, order);
    const before = await standing();
    const [line] = before.lines;
    const product = named("products", "sku", goods.code);
    const more = { name: "more", product: `crm:${product?.id}`, quantity: "1", unit: null };
    const all: Wish = {
      lines: [{ line: line?.line ?? "", quantity: "5" }],
      add: [more],
      requestedDate: "2099-11-30",
      customerOrderNumber: "PO-LIVE-M4b",
    };
    const takesAll = changesOrders === "all";
    if (!takesAll) await refusesMore(pair(), all, order);
    const { lines, customerOrderNumber = null } = all;
    const wish: Wish = takesAll ? all : { lines, add: [] };
    const quantities = takesAll ? ["5", "1"] : ["5"];
    const date = takesAll ? "2099-11-30" : before.requestedDate;
    const asked = { order, wish, version: before.version, by: "test", reason: "two more", budgetMs };
    const losing = loseFirstAnswers([stage.lines.crm, stage.lines.erp], { hangs: false });
    let last = await moment.changeOrder(asked);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1)
      last = await moment.changeOrder(asked);
    losing.stop();
    expect(last).toMatchObject({ kind: "changed", order: { number } });
    expect(losing.lost.length).toBeGreaterThan(0);
    expect(await moment.changeOrder({ ...asked, version: null })).toMatchObject({ isDoneNow: false });
    if (!takesAll) {
      const number: Wish = { lines: [], add: [], customerOrderNumber };
      const numbered = await moment.changeOrder({ ...asked, wish: number, version: null });
      expect(numbered).toMatchObject({ kind: "changed", isDoneNow: true });
    }
    const after = await standing();
    expect(quantitiesOf(after.lines)).toEqual(quantities);
    expect(after).toMatchObject({ requestedDate: date, customerOrderNumber: "PO-LIVE-M4b" });
    const shown = named("orders", "number", number);
    const prices = (shown?.["lines"] ?? []) as readonly { readonly unitPrice: unknown }[];
    expect(prices[0]?.unitPrice).toEqual({ amount: "12.50", currency: "EUR" });
    expect(quantitiesOf(shown?.["lines"])).toEqual(quantities);
    expect([shown?.["requestedDate"] ?? null, shown?.["customerOrderNumber"]]).toEqual([date, "PO-LIVE-M4b"]);

    await takesBack(pair(), order);

    // A line that goes away stays at nothing; goods that left hold the rest.
    if (takesAll) {
      const gone = { lines: [{ line: after.lines[1]?.line ?? "", quantity: "0" }], add: [] };
      const taken = await moment.changeOrder({ ...asked, wish: gone, version: null });
      expect(taken).toMatchObject({ kind: "changed", isDoneNow: true });
      expect(quantitiesOf((await standing()).lines)).toEqual(["5", "0"]);
    }
    const [shipment] = await people.waitingShipments(number ?? "");
    expect(await people.deliver(shipment?.id ?? "", "half")).toBe("half");
    const left = (quantity: string): Wish => ({ lines: [{ line: line?.line ?? "", quantity }], add: [] });
    expect(await moment.changeOrder({ ...asked, wish: left("1"), version: null })).toMatchObject({
      kind: "refused",
      refusal: { code: "line_bound" },
    });
    expect(await moment.changeOrder({ ...asked, wish: left("4"), version: null })).toMatchObject({
      kind: "changed",
    });
    expect((await standing()).lines.map(({ quantity, done }) => [quantity, Number(done) > 0])).toEqual(
      [["4", true] as const, ["0", false] as const].slice(0, quantities.length),
    );
    await settleAll();
    expect((await people.papersOf(number ?? "")).orders).toEqual([number]);
  }, 300_000);
}

import { ConnectorError } from "@crossfoot/connector-sdk";
import { expect, test } from "vitest";
import { holdCarrying, orderStage, quoteOf } from "./testing/order-stage.ts";
import type { OrderStage } from "./testing/order-stage.ts";
import type { World } from "./world.ts";

/** Longer than any wait of the small world: nobody gets tired. */
const patient = 60_000;

const shown = ({ crm }: OrderStage): readonly unknown[] =>
  crm.rows("orders").map(({ fields }) => fields["number"]);
const stateOf = ({ crm }: OrderStage): unknown => crm.rows("quotes")[0]?.fields["status"];

test("an order is told once the ERP has it, and carried to the CRM behind the answer", async () => {
  const stage = await orderStage();
  const { moment } = stage.engine;
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  const door = holdCarrying(stage);
  const first = await moment.quoteToOrder({ ...asked, until: "ordered" });
  const [order] = stage.erp.rows("orders");
  const number = order?.fields["number"];
  expect(first).toEqual({
    kind: "ordered",
    order: { names: [`erp:${order?.id}`], number },
    isMadeNow: true,
    rest: null,
  });
  await door.reached;
  expect(shown(stage)).toEqual([]);
  // Meanwhile whoever asks hears of the same order, at once or when the CRM shows it.
  expect(await moment.quoteToOrder({ ...asked, until: "ordered" })).toEqual({ ...first, isMadeNow: false });
  const whole = moment.quoteToOrder(asked);
  door.open();
  const [crmOrder] = (await whole, stage.crm.rows("orders"));
  const names = [`erp:${order?.id}`, `crm:${crmOrder?.id}`];
  expect(await whole).toEqual({ kind: "ordered", order: { names, number }, isMadeNow: false, rest: null });
  expect([shown(stage), stateOf(stage)]).toEqual([[number], "accepted"]);
  expect(stage.erp.rows("orders")).toHaveLength(1);
});

test("whoever waits for the CRM and has no time left is told the order that the ERP has", async () => {
  const stage = await orderStage();
  const door = holdCarrying(stage);
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody" };
  const early = stage.engine.moment.quoteToOrder({ ...asked, budgetMs: patient, until: "ordered" });
  await door.reached;
  expect(await stage.engine.moment.quoteToOrder({ ...asked, budgetMs: 1 })).toMatchObject({
    ...{ kind: "ordered", order: { names: [`erp:${stage.erp.rows("orders")[0]?.id}`] } },
  });
  expect((await early).kind).toBe("ordered");
  door.open();
});

test("a program that dies behind its answer leaves one order, which the next run carries", async () => {
  const stage = await orderStage();
  holdCarrying(stage);
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  expect((await stage.engine.moment.quoteToOrder({ ...asked, until: "ordered" })).kind).toBe("ordered");
  // It never goes on; its time is over, and another program takes its share.
  stage.onCarry = null;
  stage.pass(60_000);
  const other = stage.restart({ holder: "other" });
  await other.run();
  expect(shown(stage)).toEqual([stage.erp.rows("orders")[0]?.fields["number"]]);
  const again = await other.moment.quoteToOrder(asked);
  expect(again).toMatchObject({ kind: "ordered", isMadeNow: false });
  expect(again.kind === "ordered" && again.order.names).toHaveLength(2);
  expect([stage.erp.rows("quotes"), stage.erp.rows("orders"), stage.crm.rows("orders")]).toMatchObject([
    ...[[{}], [{}], [{}]],
  ]);
});

test("an ERP that goes away behind the answer takes nothing of it back, and is written down", async () => {
  const stage = await orderStage();
  const said: unknown[] = [];
  const warn = (event: string, facts?: object): void => void said.push([event, facts]);
  const engine = stage.restart({ log: { ...stage.world.log, warn } });
  stage.onCarry = () =>
    Promise.reject(new ConnectorError({ failure: "transient", code: "unreachable", message: "away" }));
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  const told = await engine.moment.quoteToOrder(asked);
  const order = stage.erp.rows("orders")[0]?.id;
  expect(told).toMatchObject({ kind: "ordered", order: { names: [`erp:${order}`] }, isMadeNow: true });
  expect(said).toEqual([["order_not_carried", { name: order, message: "away" }]]);
  stage.onCarry = null;
  await engine.run();
  expect(shown(stage)).toHaveLength(1);
});

test("a defect behind the answer is written down, and the run says that it failed", async () => {
  const stage = await orderStage();
  const said = Promise.withResolvers<unknown>();
  const warn = (event: string, facts?: object): void => said.resolve([event, facts]);
  const engine = stage.restart({ log: { ...stage.world.log, warn } });
  stage.onCarry = () => Promise.reject(new TypeError("ours"));
  const quote = `crm:${quoteOf(stage)}`;
  const told = await engine.moment.quoteToOrder({
    ...{ quote, by: "somebody", budgetMs: patient, until: "ordered" },
  });
  expect(told.kind).toBe("ordered");
  expect(await said.promise).toEqual([
    "order_not_carried",
    { name: quote, message: expect.any(String) as string },
  ]);
  const runs = await stage.store.listRuns(10);
  expect(runs.filter(({ state }) => state === "failed").map(({ command }) => command)).toEqual([
    `order ${quote}`,
  ]);
});

test("the end of a program waits for what is carried behind its answers", async () => {
  const stage = await orderStage();
  const door = holdCarrying(stage);
  const quote = `crm:${quoteOf(stage)}`;
  await stage.engine.moment.quoteToOrder({ quote, by: "somebody", budgetMs: patient, until: "ordered" });
  await door.reached;
  let isClosed = false;
  const closing = stage.engine.close().then(() => (isClosed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([isClosed, shown(stage)]).toEqual([false, []]);
  door.open();
  await closing;
  expect(shown(stage)).toHaveLength(1);
});

test("what takes too long then is cut where the next run goes on", async () => {
  const stage = await orderStage();
  const restMs = 10_000;
  const sleep: World["sleep"] = (ms, signal) =>
    ms === restMs ? Promise.resolve(true) : stage.world.sleep(ms, signal);
  const engine = stage.restart({ sleep });
  const door = holdCarrying(stage);
  const quote = `crm:${quoteOf(stage)}`;
  await engine.moment.quoteToOrder({ quote, by: "somebody", budgetMs: patient, until: "ordered" });
  await door.reached;
  const closing = engine.close();
  await new Promise((resolve) => setImmediate(resolve));
  door.open();
  await closing;
  // The call under way ended, and nothing was begun after it.
  expect(shown(stage)).toEqual([]);
  await stage.restart({ holder: "other" }).run();
  expect(shown(stage)).toHaveLength(1);
});

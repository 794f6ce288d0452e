import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, OrderStatus, Transition } from "@crossfoot/connector-sdk";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Cancelling } from "./moment-port.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const containing = (text: string): string => expect.stringContaining(text) as string;
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
/** Longer than any wait of the small world: nobody gets tired. */
const patient = 60_000;
const tables = { accounts: {}, contacts: {}, products: {}, quotes: {}, invoices: {} };
const button: Transition = { from: "open", to: "cancelled", via: "cancel" };

interface Stage extends MiniWorld {
  readonly erpOrder: string;
  readonly crmOrder: string;
  /** How far the ERP says that the order has come; null does not offer to tell. */
  progress: Pick<OrderStatus, "delivered" | "invoiced" | "limits"> | null;
  lines: OrderStatus["lines"];
  /** Called before each write to the ERP, which waits for what it promises. */
  onWrite: (() => Promise<void> | void) | null;
}

async function stageOf({
  order = {},
  offered = [button],
  contract = null,
  progress = null,
}: {
  readonly order?: JsonMap;
  readonly offered?: readonly Transition[];
  readonly contract?: Json;
  readonly progress?: Stage["progress"];
} = {}): Promise<Stage> {
  const state: Pick<Stage, "progress" | "lines" | "onWrite"> = { progress, lines: [], onWrite: null };
  let mini: MiniWorld | null = null;
  const erpConnection = (connection: Connection): Connection => ({
    ...connection,
    manifest: {
      ...connection.manifest,
      ...(progress === null ? {} : { operations: { orderStatus: { rowsMax: 5, tracks: false } } }),
    },
    operations: {
      orderStatus: ({ orders }) =>
        Promise.resolve(
          orders.map((id): OrderStatus => ({
            ...{ ok: true, order: id, number: "SO-1", promisedDate: null, shipments: [], lines: state.lines },
            ...{ delivered: "none", invoiced: "none", ...state.progress },
            state: textOf(mini?.erp.get("orders", id).fields["status"]),
          })),
        ),
    },
    write: async (writes) => {
      await state.onWrite?.();
      return connection.write(writes);
    },
  });
  mini = await miniWorld({
    ...{ database: (deps) => createMemoryStore(deps), hasDocuments: true, contract },
    crm: { entities: { ...tables, orders: { notes: true } } },
    erp: { entities: { ...tables, orders: { create: false, update: false, transitions: offered } } },
    wrapConnection: (id, connection) => (id === "erp" ? erpConnection(connection) : connection),
  });
  const account = mini.erp.add("accounts", customer);
  const fields = { number: "SO-1", date: "2026-01-05", account, status: "open", currency: "EUR", lines: [] };
  const erpOrder = mini.erp.add("orders", { ...fields, ...order });
  await mini.engine.run();
  const crmOrder = mini.crm.rows("orders")[0]?.id ?? "";
  return Object.assign(state, mini, { erpOrder, crmOrder });
}

const ask = (
  { engine, crmOrder }: Pick<Stage, "engine" | "crmOrder">,
  reason = "ordered twice",
): Promise<Cancelling> =>
  engine.moment.cancelOrder({ order: `crm:${crmOrder}`, by: "ada", reason, budgetMs: patient });
const statusIn = ({ crm, erp }: MiniWorld): readonly unknown[] => [
  erp.rows("orders")[0]?.fields["status"],
  crm.rows("orders")[0]?.fields["status"],
];
const codeOf = (answer: Cancelling): string =>
  answer.kind === "refused" ? answer.refusal.code : answer.kind;

test("an open order is cancelled once in the ERP; the CRM shows it with the reason", async () => {
  const stage = await stageOf();
  const first = await ask(stage);
  const names = [`erp:${stage.erpOrder}`, `crm:${stage.crmOrder}`];
  expect(first).toEqual({ kind: "cancelled", order: { names, number: "SO-1" }, isDoneNow: true });
  expect(statusIn(stage)).toEqual(["cancelled", "cancelled"]);
  const note = ["Crossfoot: cancelled in erp at the word of ada: ordered twice"];
  expect(stage.crm.notesOn(stage.crmOrder)).toEqual(note);
  const { writes } = stage.erp;
  expect(await ask(stage, "another reason")).toEqual({ ...first, isDoneNow: false });
  expect(stage.erp.writes).toBe(writes);
  expect(stage.crm.notesOn(stage.crmOrder)).toEqual(note);
  const run = await stage.engine.run();
  expect(run.entities.flatMap(({ settled }) => Object.values(settled))).toEqual([]);
});

test("why the ERP itself would not cancel it is told before anything is written", async () => {
  const limit = (failure: "unsupported" | "invalid"): NonNullable<Stage["progress"]> => {
    const cancel = failureRecord(new ConnectorError({ failure, code: "limit", message: "packed" }));
    const limits = { lines: null, moreLines: null, besideLines: null, cancel, held: {} };
    return { delivered: "none", invoiced: "none", limits };
  };
  const stage = await stageOf({ progress: limit("invalid") });
  const { writes } = stage.erp;
  const refused = { kind: "refused", refusal: { code: "order_bound", message: "packed" } };
  expect(await ask(stage)).toMatchObject(refused);
  const asked = { order: `crm:${stage.crmOrder}`, budgetMs: patient };
  expect(await stage.engine.moment.cancellationOf(asked)).toMatchObject(refused);
  stage.progress = limit("unsupported");
  expect(codeOf(await ask(stage))).toBe("not_offered");
  expect(stage.erp.writes).toBe(writes);
  stage.progress = { delivered: "none", invoiced: "none" };
  expect(codeOf(await ask(stage))).toBe("cancelled");
});

test("two who ask at once, in one program and in two, cancel it once", async () => {
  const stage = await stageOf();
  const other = stage.restart({ holder: "other" });
  const { writes } = stage.erp;
  const answers = await Promise.all([ask(stage), ask(stage), ask({ ...stage, engine: other })]);
  expect(answers.filter((each) => each.kind === "cancelled" && each.isDoneNow).length).toBeLessThan(2);
  expect((await ask(stage)).kind).toBe("cancelled");
  expect(stage.erp.writes - writes).toBe(1);
  expect(statusIn(stage)).toEqual(["cancelled", "cancelled"]);
});

test.each(["lost_answer", "lost_request", "throttled"] as const)(
  "a write that meets %s cancels it once",
  async (fault) => {
    const stage = await stageOf();
    stage.erp.faults = [fault];
    let last = await ask(stage);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1) {
      stage.pass(60_000);
      last = await ask(stage);
    }
    expect(last.kind).toBe("cancelled");
    expect(statusIn(stage)).toEqual(["cancelled", "cancelled"]);
    expect(stage.erp.get("orders", stage.erpOrder).version).toBe(2);
  },
);

test("a wish that was stored is done by the next run, when its program dies before it is sent", async () => {
  const stage = await stageOf();
  const broken = stage.restart({
    store: new Proxy(stage.store, {
      get: (target, name) =>
        name === "claimIntents"
          ? () => Promise.reject(new Error("killed"))
          : (Reflect.get(target, name) as unknown),
    }),
  });
  await expect(ask({ ...stage, engine: broken })).rejects.toThrow("killed");
  expect(statusIn(stage)).toEqual(["open", "open"]);
  stage.pass(600_000);
  await stage.engine.run();
  expect(statusIn(stage)).toEqual(["cancelled", "cancelled"]);
  expect(await ask(stage)).toMatchObject({ kind: "cancelled", isDoneNow: false });
  expect(stage.crm.notesOn(stage.crmOrder)).toHaveLength(1);
});

test("the end of a program waits for a cancellation that goes on behind its answer", async () => {
  const stage = await stageOf();
  const [reached, opened] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  stage.onWrite = async () => {
    reached.resolve(null);
    await opened.promise;
  };
  const asked = { order: `crm:${stage.crmOrder}`, by: "ada", reason: "ordered twice", budgetMs: 1 };
  expect((await stage.engine.moment.cancelOrder(asked)).kind).toBe("pending");
  await reached.promise;
  let isClosed = false;
  const closing = stage.engine.close().then(() => (isClosed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([isClosed, ...statusIn(stage)]).toEqual([false, "open", "open"]);
  opened.resolve(null);
  await closing;
  // Its note is written as well: nothing of the wish is left to a next run.
  expect(statusIn(stage)).toEqual(["cancelled", "cancelled"]);
  expect(stage.crm.notesOn(stage.crmOrder)).toHaveLength(1);
});

test.each(["part_delivered", "delivered", "invoiced", "closed"])(
  "an order that is %s stays: by the contract its state is the ERP's",
  async (status) => {
    const offered = [{ ...button, from: status }];
    const stage = await stageOf({ order: { status }, offered });
    const { writes } = stage.erp;
    const answer = await ask(stage);
    const message = containing(`is ${status} in erp, and by the contract erp alone decides`);
    expect(answer).toMatchObject({ kind: "refused", refusal: { code: "order_bound", message } });
    expect(stage.erp.writes).toBe(writes);
    expect(statusIn(stage)).toEqual([status, status]);
  },
);

test("who may is the contract's: a rule may keep open orders, or leave delivered ones", async () => {
  const rule = (writer: string, statuses: readonly string[]): Json => ({
    entities: { orders: { ownership: [{ at: "erp", statuses, fields: ["status"], writer }] } },
  });
  const kept = await stageOf({ contract: rule("nobody", ["open"]) });
  expect(await ask(kept)).toMatchObject({
    refusal: { code: "order_bound", message: containing("by the contract nobody decides") },
  });
  const left = await stageOf({
    contract: rule("crm", ["delivered"]),
    order: { status: "delivered" },
    offered: [{ ...button, from: "delivered" }],
  });
  expect((await ask(left)).kind).toBe("cancelled");
});

test("what is delivered or invoiced in part stays, whatever its state says", async () => {
  const stage = await stageOf({ progress: { delivered: "none", invoiced: "part" } });
  expect(await ask(stage)).toMatchObject({
    refusal: { code: "order_bound", message: containing("invoiced in part") },
  });
  stage.progress = { delivered: "full", invoiced: "none" };
  const line = { id: "1", product: null, unit: "pcs", ordered: "1", invoiced: "0", promisedDate: null };
  stage.lines = [{ ...line, delivered: "1" }];
  expect(codeOf(await ask(stage))).toBe("order_bound");
  expect(statusIn(stage)).toEqual(["open", "open"]);
  // What is not delivered at all, such as a service, is done only once it is invoiced.
  stage.lines = [{ ...line, delivered: null }];
  expect((await ask(stage)).kind).toBe("cancelled");
});

test("a closed period of the ERP holds its orders", async () => {
  const periods = { closedThrough: "2026-01-31", entities: ["orders"] };
  const stage = await stageOf({ contract: { periods } });
  expect(codeOf(await ask(stage))).toBe("order_bound");
  expect(statusIn(stage)).toEqual(["open", "open"]);
});

test("an ERP that offers no way, or refuses it, is told with its reason; later it may do it", async () => {
  const without = await stageOf({ offered: [] });
  expect(await ask(without)).toMatchObject({
    refusal: { code: "not_offered", message: containing("take back an order that is open") },
  });
  const stage = await stageOf();
  stage.erp.faults = ["refused"];
  expect(codeOf(await ask(stage))).toBe("refused_by_erp");
  expect(statusIn(stage)).toEqual(["open", "open"]);
  stage.erp.faults = ["silent"];
  expect(await ask(stage)).toMatchObject({
    refusal: { code: "refused_by_erp", failure: { code: "transition_had_no_effect" } },
  });
  expect((await ask(stage)).kind).toBe("cancelled");
});

test("an order that moves between the look and the write is judged anew", async () => {
  const stage = await stageOf();
  let times = 0;
  stage.onWrite = () => {
    times += 1;
    if (times === 1) stage.erp.edit("orders", stage.erpOrder, { status: "delivered" });
  };
  expect(codeOf(await ask(stage))).toBe("order_bound");
  expect(statusIn(stage)[0]).toBe("delivered");
  await stage.engine.run();
  expect(statusIn(stage)).toEqual(["delivered", "delivered"]);
});

test("whether it would be cancelled is told without a trace", async () => {
  const stage = await stageOf();
  const would = (): Promise<Cancelling> =>
    stage.engine.moment.cancellationOf({ order: `erp:${stage.erpOrder}`, budgetMs: patient });
  const { writes } = stage.erp;
  const runs = await stage.store.listRuns(50);
  expect(await would()).toEqual({ kind: "possible", state: "open" });
  expect(stage.erp.writes).toBe(writes);
  expect(await stage.store.listRuns(50)).toEqual(runs);
  await ask(stage);
  expect(await would()).toMatchObject({ kind: "cancelled", isDoneNow: false });
});

test("wrong names, a pause and a side that is only observed are refused; nothing is written", async () => {
  const stage = await stageOf();
  const { moment } = stage.engine;
  const named = async (order: string): Promise<string> =>
    codeOf(await moment.cancelOrder({ order, by: "ada", reason: "x", budgetMs: patient }));
  expect(await named("crm:none")).toBe("record_unknown");
  expect(await named("erp:none")).toBe("record_unknown");
  expect(await named("SO-1")).toBe("invalid");
  expect(await named(`erp:${stage.erp.rows("accounts")[0]?.id}`)).toBe("record_unknown");
  const observing = stage.restart({ observed: new Set([stage.world.sides[1]?.id ?? ""]) as never });
  expect(codeOf(await ask({ ...stage, engine: observing }))).toBe("held");
  await stage.store.pause({ kind: "entity", name: "orders" }, "ada");
  expect(codeOf(await ask(stage))).toBe("held");
  expect(statusIn(stage)).toEqual(["open", "open"]);
});

test("an ERP that takes no write is told as away; the same wish is granted when it is back", async () => {
  const stage = await stageOf({ progress: { delivered: "none", invoiced: "none" } });
  const away = new ConnectorError({ failure: "transient", code: "unreachable", message: "away" });
  stage.onWrite = () => {
    throw away;
  };
  const answer = await ask(stage);
  expect(codeOf(answer)).toBe("erp_away");
  stage.onWrite = null;
  stage.pass(600_000);
  expect((await ask(stage)).kind).toBe("cancelled");
});

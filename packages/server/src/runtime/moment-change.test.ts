import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, EntityAbilities, OrderLimits, OrderStatus } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { FailureRecord, Json, JsonMap } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { ChangeQuestion, Changing, ChangeWish } from "./change-port.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";
import type { World } from "./world.ts";

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const containing = (text: string): string => expect.stringContaining(text) as string;
/** Longer than any wait of the small world: nobody gets tired. */
const patient = 60_000;
const tables = { accounts: {}, contacts: {}, products: {}, quotes: {}, invoices: {} };

interface Stage extends MiniWorld {
  readonly erpOrder: string;
  readonly crmOrder: string;
  /** What is delivered and invoiced, by the id of the line; null does not offer to tell. */
  done: { readonly [line: string]: readonly [delivered: string, invoiced: string] } | null;
  /** What the ERP itself would refuse; null tells nothing of it. */
  limits: OrderLimits | null;
  /** Called before each write to the ERP, which waits for what it promises. */
  onWrite: (() => Promise<void> | void) | null;
}

const rowsOf = ({ erp, erpOrder }: Stage): readonly JsonMap[] => {
  const { lines } = erp.get("orders", erpOrder).fields;
  return Array.isArray(lines) ? (lines as readonly Json[]).filter((line) => isMap(line)) : [];
};

async function stageOf({
  order = {},
  abilities = {},
  contract = null,
  done = {},
}: {
  readonly order?: JsonMap;
  readonly abilities?: Partial<EntityAbilities>;
  readonly contract?: Json;
  readonly done?: Stage["done"];
} = {}): Promise<Stage> {
  const state: Pick<Stage, "done" | "limits" | "onWrite"> = { done, limits: null, onWrite: null };
  let stage: Stage | null = null;
  const statusOf = (id: string): OrderStatus => ({
    ...{ ok: true, order: id as OrderStatus["order"], number: "SO-1", promisedDate: null, shipments: [] },
    ...{ delivered: "none", invoiced: "none", ...(state.limits === null ? {} : { limits: state.limits }) },
    state: textOf(stage?.erp.get("orders", id).fields["status"] ?? order["status"] ?? "open"),
    lines: (stage === null ? [] : rowsOf(stage)).map((row) => {
      const [delivered = "0", invoiced = "0"] = state.done?.[textOf(row["id"])] ?? [];
      const { id: line, qty, unit } = row;
      const told = { product: null, unit: textOf(unit), ordered: textOf(qty), promisedDate: null };
      return { id: textOf(line), ...told, delivered, invoiced };
    }),
  });
  const erpConnection = (connection: Connection): Connection => ({
    ...connection,
    manifest: {
      ...connection.manifest,
      ...(done === null ? {} : { operations: { orderStatus: { rowsMax: 5, tracks: false } } }),
    },
    operations: { orderStatus: ({ orders }) => Promise.resolve(orders.map((id) => statusOf(id))) },
    write: async (writes) => {
      await state.onWrite?.();
      return connection.write(writes);
    },
  });
  const mini = await miniWorld({
    ...{ database: (deps) => createMemoryStore(deps), hasDocuments: true, contract },
    crm: { entities: { ...tables, orders: { notes: true } } },
    erp: { entities: { ...tables, orders: { create: false, ...abilities } } },
    wrapConnection: (id, connection) => (id === "erp" ? erpConnection(connection) : connection),
  });
  const account = mini.erp.add("accounts", customer);
  const [bolt, nut] = ["BOLT", "NUT"].map((sku) => mini.erp.add("products", { sku, name: sku, unit: "pcs" }));
  const line = (id: string, product: string | undefined, qty: string): Json => ({
    ...{ id, product: product ?? "", qty, unit: "pcs", price: "9", net: null },
  });
  const fields = { number: "SO-1", date: "2026-01-05", account, status: "open", currency: "EUR" };
  const erpOrder = mini.erp.add("orders", {
    ...fields,
    lines: [line("L1", bolt, "10"), line("L2", nut, "4")],
    ...order,
  });
  await mini.engine.run();
  const crmOrder = mini.crm.rows("orders")[0]?.id ?? "";
  stage = Object.assign(state, mini, { erpOrder, crmOrder });
  return stage;
}

const failureOf = (failure: "unsupported" | "invalid", message: string): FailureRecord =>
  failureRecord(new ConnectorError({ failure, code: "limit", message }));
const wishOf = (wish: Partial<ChangeWish>): ChangeWish => ({ lines: [], add: [], ...wish });
const fewer = wishOf({ lines: [{ line: "erp:L1", quantity: "7" }] });

function ask(
  { engine, crmOrder }: Pick<Stage, "engine" | "crmOrder">,
  wish: ChangeQuestion["wish"] = fewer,
  version: string | null = null,
): Promise<Changing> {
  const asked = { by: "ada", reason: "one box less", budgetMs: patient };
  return engine.moment.changeOrder({ order: `crm:${crmOrder}`, wish, version, ...asked });
}

const quantities = (fields: JsonMap | undefined): readonly unknown[] => {
  const lines = fields?.["lines"];
  return Array.isArray(lines)
    ? (lines as readonly Json[]).map((line) => (isMap(line) ? line["qty"] : null))
    : [];
};
const shownIn = ({ crm, erp }: MiniWorld): readonly unknown[] => [
  quantities(erp.rows("orders")[0]?.fields),
  quantities(crm.rows("orders")[0]?.fields),
];
const both = (...list: readonly string[]): readonly unknown[] => [list, list];
const codeOf = (answer: Changing): string => (answer.kind === "refused" ? answer.refusal.code : answer.kind);
const productOf = ({ erp }: MiniWorld, sku: string): string =>
  `erp:${erp.rows("products").find(({ fields }) => fields["sku"] === sku)?.id}`;

test("an open order is changed once in the ERP; the CRM shows it with the reason", async () => {
  const stage = await stageOf();
  const first = await ask(stage);
  const names = [`erp:${stage.erpOrder}`, `crm:${stage.crmOrder}`];
  const changes = [{ line: "erp:L1", field: "quantity", from: "10 pcs", to: "7 pcs" }];
  expect(first).toEqual({ kind: "changed", order: { names, number: "SO-1" }, changes, isDoneNow: true });
  expect(shownIn(stage)).toEqual(both("7", "4"));
  // What the wish does not name stays as it was.
  expect(rowsOf(stage)[0]).toMatchObject({ id: "L1", unit: "pcs", price: "9" });
  const note = ["Crossfoot: changed in erp at the word of ada: one box less"];
  expect(stage.crm.notesOn(stage.crmOrder)).toEqual(note);
  const { writes } = stage.erp;
  expect(await ask(stage)).toEqual({ ...first, changes: [], isDoneNow: false });
  expect(stage.erp.writes).toBe(writes);
  expect(stage.crm.notesOn(stage.crmOrder)).toEqual(note);
  const run = await stage.engine.run();
  expect(run.entities.flatMap(({ settled }) => Object.values(settled))).toEqual([]);
  expect(stage.erp.rows("orders")).toHaveLength(1);
});

test("lines go away and come, once under their names; the last one does not go", async () => {
  const stage = await stageOf();
  const product = productOf(stage, "BOLT");
  const wish = wishOf({
    lines: [{ line: "L2", quantity: "0" }],
    add: [{ name: "spare", product, quantity: "3.0", unit: null }],
  });
  expect(await ask(stage, wish)).toMatchObject({
    kind: "changed",
    changes: [
      { line: "erp:L2", from: "4 pcs", to: null },
      { line: "spare", from: null, to: "3 pcs" },
    ],
  });
  expect(shownIn(stage)).toEqual(both("10", "3"));
  expect(await ask(stage, wish)).toMatchObject({ kind: "changed", isDoneNow: false });
  expect(shownIn(stage)).toEqual(both("10", "3"));
  // Under the same name another quantity changes the line that is there.
  const more = wishOf({ add: [{ name: "spare", product, quantity: "5", unit: "pcs" }] });
  expect(await ask(stage, more)).toMatchObject({ kind: "changed", isDoneNow: true });
  expect(shownIn(stage)).toEqual(both("10", "5"));
  const all = wishOf({ lines: rowsOf(stage).map(({ id }) => ({ line: textOf(id), quantity: "0" })) });
  expect(await ask(stage, all)).toMatchObject({
    refusal: { code: "invalid", message: containing("cancelled") },
  });
});

test("two who ask the same at once change it once; two who ask for others both get theirs", async () => {
  const stage = await stageOf();
  const other = stage.restart({ holder: "other" });
  const { writes } = stage.erp;
  const answers = await Promise.all([ask(stage), ask(stage), ask({ ...stage, engine: other })]);
  expect(answers.filter((each) => each.kind === "changed" && each.isDoneNow).length).toBeLessThan(2);
  expect((await ask(stage)).kind).toBe("changed");
  expect(stage.erp.writes - writes).toBe(1);
  const one = wishOf({ lines: [{ line: "erp:L1", quantity: "6" }] });
  const two = wishOf({ lines: [{ line: "erp:L2", quantity: "2" }] });
  const both2 = await Promise.all([ask(stage, one), ask(stage, two)]);
  expect(both2.map((each) => each.kind)).toEqual(["changed", "changed"]);
  expect(shownIn(stage)).toEqual(both("6", "2"));
});

test.each(["lost_answer", "lost_request", "throttled"] as const)(
  "a change that meets %s is made once, with the line that it adds",
  async (fault) => {
    const stage = await stageOf();
    const product = productOf(stage, "NUT");
    const wish = { ...fewer, add: [{ name: "x", product, quantity: "4", unit: null }] };
    stage.erp.faults = [fault];
    let last = await ask(stage, wish);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1) {
      stage.pass(60_000);
      last = await ask(stage, wish);
    }
    expect(last.kind).toBe("changed");
    expect(shownIn(stage)).toEqual(both("7", "4", "4"));
    expect(stage.erp.get("orders", stage.erpOrder).version).toBe(2);
    expect(await ask(stage, wish)).toMatchObject({ kind: "changed", isDoneNow: false });
    expect(shownIn(stage)).toEqual(both("7", "4", "4"));
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
  expect(shownIn(stage)).toEqual(both("10", "4"));
  const standing = await stage.engine.moment.changeOf({ order: `crm:${stage.crmOrder}`, budgetMs: patient });
  expect(standing).toMatchObject({ kind: "standing", isUnderWay: true });
  stage.pass(600_000);
  await stage.engine.run();
  expect(shownIn(stage)).toEqual(both("7", "4"));
  expect(await ask(stage)).toMatchObject({ kind: "changed", isDoneNow: false });
  expect(stage.crm.notesOn(stage.crmOrder)).toHaveLength(1);
});

test("the end of a program cuts changes that take too long, and begins none that waits", async () => {
  const stage = await stageOf();
  const sleep: World["sleep"] = (ms, signal) =>
    ms === 10_000 ? Promise.resolve(true) : stage.world.sleep(ms, signal);
  const engine = stage.restart({ sleep });
  const [reached, opened] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  stage.onWrite = async () => {
    reached.resolve(null);
    await opened.promise;
  };
  const asked = { order: `crm:${stage.crmOrder}`, by: "ada", reason: "less", budgetMs: 1, version: null };
  const other = wishOf({ lines: [{ line: "erp:L2", quantity: "2" }] });
  const answers = [fewer, other].map((wish) => engine.moment.changeOrder({ ...asked, wish }));
  expect((await Promise.all(answers)).map(codeOf)).toEqual(["pending", "pending"]);
  await reached.promise;
  const closing = engine.close();
  await new Promise((resolve) => setImmediate(resolve));
  opened.resolve(null);
  await closing;
  // The call under way ended; whoever asked for the other one was not promised it.
  expect(shownIn(stage)).toEqual([both("7", "4")[0], both("10", "4")[0]]);
  await stage.restart({ holder: "other" }).run();
  expect(shownIn(stage)).toEqual(both("7", "4"));
});

test.each(["delivered", "invoiced", "closed", "cancelled"])(
  "an order that is %s stays: by the contract it is the ERP's",
  async (status) => {
    const stage = await stageOf({ order: { status } });
    const { writes } = stage.erp;
    const message = containing(`is ${status} in erp, and by the contract erp alone decides`);
    expect(await ask(stage)).toMatchObject({ kind: "refused", refusal: { code: "order_bound", message } });
    expect(stage.erp.writes).toBe(writes);
    expect(shownIn(stage)).toEqual(both("10", "4"));
  },
);

test("of a partly delivered order only what is not done yet changes", async () => {
  const stage = await stageOf({ order: { status: "part_delivered" } });
  stage.done = { L1: ["6", "2"], L2: ["4", "0"] };
  const asked = async (line: string, quantity: string): Promise<string> =>
    codeOf(await ask(stage, wishOf({ lines: [{ line, quantity }] })));
  expect(await asked("L1", "5")).toBe("line_bound");
  expect(await asked("L1", "0")).toBe("line_bound");
  expect(await asked("L2", "9")).toBe("line_bound");
  expect(shownIn(stage)).toEqual(both("10", "4"));
  expect(await asked("L1", "6")).toBe("changed");
  expect(shownIn(stage)).toEqual(both("6", "4"));
  // All of a wish or nothing.
  const mixed = wishOf({ lines: [{ line: "L1", quantity: "5" }], requestedDate: "2026-03-01" });
  expect(await ask(stage, mixed)).toMatchObject({
    refusal: { message: containing("line erp:L1 is delivered or invoiced in full") },
  });
});

test("an ERP that does not tell what is done keeps the lines of an order that is begun", async () => {
  const open = await stageOf({ done: null });
  expect(codeOf(await ask(open))).toBe("changed");
  const begun = await stageOf({ done: null, order: { status: "part_delivered" } });
  expect(await ask(begun)).toMatchObject({
    refusal: { code: "line_bound", message: containing("does not tell") },
  });
});

test("who may is the contract's: it may keep the lines of open orders, or leave invoiced ones", async () => {
  const rule = (writer: string, statuses: readonly string[]): Json => ({
    entities: { orders: { ownership: [{ at: "erp", statuses, fields: ["lines"], writer }] } },
  });
  const kept = await stageOf({ contract: rule("nobody", ["open"]) });
  expect(await ask(kept)).toMatchObject({
    refusal: { code: "line_bound", message: containing("nobody decides about its lines") },
  });
  const left = await stageOf({ contract: rule("crm", ["invoiced"]), order: { status: "invoiced" } });
  expect((await ask(left)).kind).toBe("changed");
  const periods = { closedThrough: "2026-01-31", entities: ["orders"] };
  expect(codeOf(await ask(await stageOf({ contract: { periods } })))).toBe("order_bound");
});

test("an order that moved since it was looked at is refused; without a look it is judged anew", async () => {
  const stage = await stageOf();
  const look = await stage.engine.moment.wouldChange({
    ...{ order: `erp:${stage.erpOrder}`, wish: fewer, version: null, budgetMs: patient },
  });
  expect(look).toMatchObject({ kind: "possible", version: "1", refusals: [] });
  let times = 0;
  stage.onWrite = () => {
    times += 1;
    if (times === 1) stage.erp.edit("orders", stage.erpOrder, { date: "2026-01-06" });
  };
  expect(codeOf(await ask(stage, fewer, "1"))).toBe("order_moved");
  expect(shownIn(stage)[0]).toEqual(["10", "4"]);
  times = 0;
  expect((await ask(stage)).kind).toBe("changed");
  expect(shownIn(stage)).toEqual(both("7", "4"));
  times = 0;
  stage.onWrite = () => {
    times += 1;
    if (times === 1) stage.erp.edit("orders", stage.erpOrder, { status: "closed" });
  };
  expect(codeOf(await ask(stage, wishOf({ lines: [{ line: "L1", quantity: "1" }] })))).toBe("order_bound");
});

test("the answer under one version is the same when it was lost: the change counts as made", async () => {
  const stage = await stageOf();
  stage.erp.faults = ["lost_answer"];
  expect(await ask(stage, fewer, "1")).toMatchObject({ kind: "changed", isDoneNow: true });
  expect(await ask(stage, fewer, "1")).toMatchObject({ kind: "changed", isDoneNow: false });
});

test("an ERP that takes no change, or refuses it, is told with its reason; later it may", async () => {
  const without = await stageOf({ abilities: { update: false } });
  expect(codeOf(await ask(without))).toBe("not_offered");
  const stage = await stageOf();
  stage.erp.faults = ["refused"];
  expect(codeOf(await ask(stage))).toBe("refused_by_erp");
  expect(shownIn(stage)).toEqual(both("10", "4"));
  expect((await ask(stage)).kind).toBe("changed");
});

const open: OrderLimits = {
  ...{ lines: null, moreLines: null, besideLines: null, cancel: null, held: {} },
};
const never = failureOf("unsupported", "the module is missing");
const later = failureOf("invalid", "a shipment is being picked");

test("what the ERP's own limits refuse is told with its reason before anything is written", async () => {
  const stage = await stageOf();
  const { writes } = stage.erp;
  const product = productOf(stage, "NUT");
  const more = wishOf({ add: [{ name: "x", product, quantity: "1", unit: null }] });
  const refusals = async (wish: ChangeWish): Promise<unknown> => {
    const asked = { order: `crm:${stage.crmOrder}`, wish, version: null, budgetMs: patient };
    const told = await stage.engine.moment.wouldChange(asked);
    return told.kind === "possible" ? told.refusals.map(({ code, why }) => [code, why]) : told;
  };
  stage.limits = { ...open, lines: never };
  expect(await refusals(fewer)).toEqual([["field_not_offered", never.message]]);
  expect(await ask(stage)).toMatchObject({ refusal: { code: "not_offered", message: never.message } });
  stage.limits = { ...open, lines: later };
  expect(await refusals(fewer)).toEqual([["field_bound", later.message]]);
  expect(await ask(stage)).toMatchObject({ refusal: { code: "line_bound", message: later.message } });
  stage.limits = { ...open, moreLines: never };
  expect(await refusals(more)).toEqual([["field_not_offered", never.message]]);
  expect(codeOf(await ask(stage, more))).toBe("not_offered");
  stage.limits = { ...open, held: { L1: "8" } };
  expect(await refusals(fewer)).toEqual([["below_done", containing("8 of line")]]);
  expect(codeOf(await ask(stage))).toBe("line_bound");
  stage.limits = { ...open, besideLines: never };
  const dated = { ...fewer, requestedDate: "2026-03-01" };
  expect(await refusals(dated)).toContainEqual(["field_not_offered", never.message]);
  expect(await refusals(fewer)).toEqual([]);
  expect(stage.erp.writes).toBe(writes);
  stage.limits = { ...open, moreLines: never, held: { L1: "7" } };
  expect((await ask(stage)).kind).toBe("changed");
});

test("what a change would come to is told without a trace", async () => {
  const stage = await stageOf();
  stage.done = { L1: ["8", "0"] };
  const { writes } = stage.erp;
  const runs = await stage.store.listRuns(50);
  const product = productOf(stage, "NUT");
  const wish = wishOf({
    lines: [
      { line: "erp:L1", quantity: "7" },
      { line: "L9", quantity: "1" },
      { line: "L2", quantity: "4.0" },
    ],
    add: [
      { name: "a", product, quantity: "2", unit: null },
      { name: "b", product: "erp:none", quantity: "2", unit: "pcs" },
    ],
  });
  const told = await stage.engine.moment.wouldChange({
    ...{ order: `crm:${stage.crmOrder}`, wish, version: null, budgetMs: patient },
  });
  expect(told).toMatchObject({
    kind: "possible",
    state: "open",
    changes: [
      { line: "erp:L1", from: "10 pcs", to: "7 pcs" },
      { line: "a", from: null, to: "2 pcs" },
      { line: "b", from: null, to: "2 pcs" },
    ],
    refusals: [
      { line: "L9", code: "line_unknown" },
      { line: "erp:L1", code: "below_done" },
      { line: "b", code: "product_unknown" },
    ],
  });
  const standing = await stage.engine.moment.changeOf({ order: `crm:${stage.crmOrder}`, budgetMs: patient });
  expect(standing).toMatchObject({
    ...{ kind: "standing", state: "open", version: "1", isUnderWay: false, bound: null },
    lines: [
      { line: "erp:L1", product: productOf(stage, "BOLT"), quantity: "10", unit: "pcs", done: "8" },
      { line: "erp:L2", product, quantity: "4", unit: "pcs", done: "0" },
    ],
  });
  expect(stage.erp.writes).toBe(writes);
  expect(await stage.store.listRuns(50)).toEqual(runs);
});

test("a system that keeps a line that is taken away at zero shows it there", async () => {
  const stage = await stageOf({ abilities: { lineRemoval: "zero" } });
  const gone = wishOf({ lines: [{ line: "L2", quantity: "0" }] });
  expect((await ask(stage, gone)).kind).toBe("changed");
  expect(shownIn(stage)).toEqual(both("10", "0"));
  expect(await ask(stage, gone)).toMatchObject({ kind: "changed", isDoneNow: false });
});

test("wrong names and quantities, a pause and an observed side are refused; nothing is written", async () => {
  const stage = await stageOf();
  const asked = async (wish: Partial<ChangeWish>): Promise<string> => codeOf(await ask(stage, wishOf(wish)));
  expect(await asked({ lines: [{ line: "erp:L9", quantity: "0" }] })).toBe("invalid");
  expect(await asked({ lines: [{ line: "L1", quantity: "-1" }] })).toBe("invalid");
  expect(await asked({ lines: [{ line: "L1", quantity: "1,5" }] })).toBe("invalid");
  const add = { name: "x", product: productOf(stage, "NUT"), unit: null };
  expect(await asked({ add: [{ ...add, quantity: "0" }] })).toBe("invalid");
  // The small systems have no such field.
  expect(await asked({ requestedDate: "2026-02-01" })).toBe("not_offered");
  expect(await asked({ requestedDate: "soon" })).toBe("invalid");
  const observing = stage.restart({ observed: new Set([stage.world.sides[1]?.id ?? ""]) as never });
  expect(codeOf(await ask({ ...stage, engine: observing }))).toBe("held");
  await stage.store.pause({ kind: "entity", name: "orders" }, "ada");
  expect(codeOf(await ask(stage))).toBe("held");
  expect(shownIn(stage)).toEqual(both("10", "4"));
});

/** A quote of the CRM whose order the stage's one is, in the ERP as well, and a revision of it. */
async function revised(stage: Stage, lines: readonly JsonMap[], status = "accepted"): Promise<string> {
  const { crm, erp, engine } = stage;
  const account = crm.rows("accounts")[0]?.id ?? "";
  const head = { number: "Q1", date: "2026-01-05", account, currency: "EUR", lines: [] };
  crm.add("quotes", { ...head, revision: "1", status: "accepted" });
  await engine.run();
  erp.edit("orders", stage.erpOrder, { source: erp.rows("quotes")[0]?.id ?? null });
  const product = (sku: unknown): string =>
    crm.rows("products").find(({ fields }) => fields["sku"] === sku)?.id ?? "";
  const rows = lines.map(({ sku, ...rest }, at) => ({
    ...{ id: `q${at}`, product: product(sku), unit: "pcs", price: "9" },
    ...rest,
  }));
  const revision = crm.add("quotes", { ...head, revision: "2", status, lines: rows });
  await engine.run();
  return `crm:${revision}`;
}

test("a revision of a quote that is ordered changes its order, once, and makes no second one", async () => {
  const stage = await stageOf();
  const quote = await revised(stage, [
    { sku: "BOLT", qty: "8" },
    { sku: "BOLT", qty: "1" },
  ]);
  const first = await ask(stage, { quote });
  expect(first).toMatchObject({ kind: "changed", isDoneNow: true });
  expect(shownIn(stage)).toEqual(both("8", "1"));
  expect(await ask(stage, { quote })).toMatchObject({ kind: "changed", isDoneNow: false });
  expect(shownIn(stage)).toEqual(both("8", "1"));
  expect([stage.erp.rows("quotes"), stage.erp.rows("orders")].map((rows) => rows.length)).toEqual([1, 1]);
});

test("a quote changes no order but its own, when it is accepted, and no price", async () => {
  const sent = await stageOf();
  const asked = async (stage: Stage, quote: string): Promise<string> => codeOf(await ask(stage, { quote }));
  expect(await asked(sent, await revised(sent, [{ sku: "BOLT", qty: "8" }], "sent"))).toBe("not_accepted");
  const dearer = await stageOf();
  const price = await revised(dearer, [{ sku: "BOLT", qty: "8", price: "10" }]);
  expect(await asked(dearer, price)).toBe("line_bound");
  const other = await stageOf();
  const quote = await revised(other, [{ sku: "BOLT", qty: "8" }]);
  other.erp.edit("orders", other.erpOrder, { source: null });
  expect(await asked(other, quote)).toBe("invalid");
  expect(await asked(other, "crm:none")).toBe("record_unknown");
  for (const stage of [sent, dearer, other]) expect(shownIn(stage)).toEqual(both("10", "4"));
});

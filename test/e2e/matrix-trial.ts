/** Worlds that are killed together, each at its own step of the crash matrix, and what became of them. */
import type { FaultEffect } from "@crossfoot/twin";
import type { RunSummary } from "crossfoot/testing";
import { runThrough } from "./busy.ts";
import { audit, commitsOf } from "./kill-audit.ts";
import type { KillStage } from "./kill-stage.ts";
import type { Order, Plan } from "./matrix-child.ts";
import type { Point, SystemManner } from "./matrix-gate.ts";
import type { Ground } from "./matrix-ground.ts";
import { startLife } from "./matrix-life.ts";
import type { Life } from "./matrix-life.ts";

/** A call that is held at its system while its caller is killed. */
interface WirePoint {
  readonly side: "crm" | "erp";
  readonly method: "POST" | "PUT" | "PATCH";
  readonly path: string;
  /**
   * `lands late`: held before it takes effect, which it does after the caller is dead. `is lost`: it never
   * does. `answers`: it took effect, and the answer is held.
   */
  readonly how: "lands late" | "is lost" | "answers";
  readonly nth?: number;
}

/** What the killed program was asked for. */
export type Command =
  | { readonly kind: "run"; readonly sweep?: boolean }
  | { readonly kind: "apply" }
  | { readonly kind: "delivery" }
  | { readonly kind: "sync"; readonly entity: string; readonly id: (stage: KillStage) => string };

/** A write as the store knew it right after the kill. */
interface KnownWrite {
  readonly key: string;
  readonly state: string;
  readonly what: string;
}

/** What a case showed. */
export interface Seen {
  readonly stage: KillStage;
  /** Commits of the integration user before the command, at the kill, and after the recovery pass. */
  readonly commits: { readonly given: number; readonly killed: number; readonly recovered: number };
  /** Right after the restart, before anything else. */
  readonly writes: readonly KnownWrite[];
  /** Calls of the ERP that were charged, used or not: before the command, and right after the kill. */
  readonly charged: { readonly before: number; readonly after: number };
  /** Kinds of the journal's entries since the command was given. */
  readonly journal: readonly string[];
  readonly fence: { readonly before: number; readonly after: number };
  /** Calls of the recovery pass, as `erp POST /customers`. */
  readonly calls: readonly string[];
  readonly recovered: RunSummary | null;
  /** What a caller that repeats its request was answered. */
  readonly again: unknown;
  /** What is not as the table of the matrix has it, for every row alike. */
  readonly faults: readonly string[];
}

/** One case: a row of the matrix, killed before or after its step. */
export interface MatrixCase {
  readonly row: number;
  readonly title: string;
  readonly people: (stage: KillStage) => void;
  readonly command: Command;
  readonly point: Point | WirePoint;
  readonly manner?: SystemManner;
  /** A run before, which nobody kills, while this is what becomes of accounts that are made in the CRM. */
  readonly before?: { readonly trouble: FaultEffect; readonly people: (stage: KillStage) => void };
  /** What is not as the row has it; empty is good. */
  readonly judge: (seen: Seen) => readonly string[];
}

interface Running {
  readonly name: string;
  readonly one: MatrixCase;
  readonly stage: KillStage;
  readonly release: PromiseWithResolvers<null>;
  plan: Plan | null;
  given: number;
  killed: number;
  fence: number;
  charged: number;
  /** Entries of the journal before the command was given. */
  entries: number;
  failure: string | null;
}

/** The name of a case, which is the title of its test. */
export const nameOf = ({ row, title }: MatrixCase): string => `row ${row}, killed ${title}`;

const isWire = (point: Point | WirePoint): point is WirePoint => "how" in point;

/** Holds the call at its system. Answers what resolves when it is there. */
function holdCall({ stage, release }: Running, point: WirePoint): Promise<null> {
  const { side, method, path, how, nth = 1 } = point;
  const there = Promise.withResolvers<null>();
  stage[side].faults.add({
    method,
    path,
    nth,
    effect: { kind: "delay", ms: 1, when: how === "answers" ? "after" : "before" },
  });
  stage.holding.hold = async (ms) => {
    if (ms === 0) return;
    there.resolve(null);
    await release.promise;
    if (how === "is lost") throw new Error("lost on its way");
  };
  return there.promise;
}

async function orderOf(running: Running, life: Life): Promise<Order | null> {
  const { one, stage, name } = running;
  const { command } = one;
  if (command.kind === "apply") {
    running.plan ??= await life.order<Plan>(name, { kind: "plan" });
    return { kind: "apply", plan: running.plan };
  }
  if (command.kind === "sync") return { kind: "sync", entity: command.entity, id: command.id(stage) };
  return command.kind === "run" ? { kind: "run", sweep: command.sweep === true } : null;
}

const fenceOf = async (life: Life, name: string): Promise<number> => {
  const sql = "select min(fence)::int as fence from lease where name like 'shard/%'";
  return (await life.order<{ fence: number }[]>(name, { kind: "query", sql }))[0]?.fence ?? 0;
};

async function chargedOf(life: Life, name: string): Promise<number> {
  const sql =
    "select coalesce((select sum((charge->>'calls')::int)::int from jsonb_array_elements(state->'charges') " +
    "charge), 0) as calls from quota where connection = 'erp'";
  return (await life.order<{ calls: number }[]>(name, { kind: "query", sql }))[0]?.calls ?? 0;
}

async function journalOf(life: Life, name: string): Promise<readonly { readonly kind: string }[]> {
  return life.order(name, { kind: "query", sql: "select kind from journal order by at, shard, seq" });
}

const never = new Promise<void>(() => undefined);

/** The life that ends at its point. */
async function liveTo(running: Running, life: Life): Promise<void> {
  const { name, one, stage } = running;
  const manner = one.manner ?? {};
  await life.order(name, { kind: "open", folder: stage.folder, manner, takesOver: false });
  if (one.before !== undefined) {
    one.before.people(stage);
    stage.crm.faults.add({ method: "POST", path: "/accounts", times: 0, effect: one.before.trouble });
    await life.order(name, { kind: "run", waitMsMax: 0 });
    for (const { faults } of [stage.crm, stage.erp]) faults.clear();
  }
  const isDelivery = one.command.kind === "delivery";
  if (isDelivery) {
    const url = await life.order<string>(name, { kind: "listen" });
    stage.crm.webhooks.subscribe(`${url}/hooks/crm`, "a secret of webhooks", ["accounts.*"]);
  }
  if (!isDelivery) one.people(stage);
  const order = await orderOf(running, life);
  running.given = commitsOf(stage);
  running.fence = await fenceOf(life, name);
  running.charged = await chargedOf(life, name);
  running.entries = (await journalOf(life, name)).length;
  const held = isWire(one.point) ? holdCall(running, one.point) : never;
  // A caller that waits too long for its answer gives up; it stands still all the same.
  const point = isWire(one.point) ? ({ name: "write", when: "after" } as const) : one.point;
  await life.order(name, { kind: "arm", point });
  if (isDelivery) one.people(stage);
  const isAnswered = !isWire(one.point) && one.point.name === "answer" && one.point.when === "after";
  if (isAnswered && order !== null) await life.order(name, order);
  else await life.until(name, { order, triesMax: 3 }, held);
}

/** The sender of a webhook got no answer that it could count on: it sends the same bytes again. */
async function sendAgain({ stage, name }: Running, life: Life): Promise<unknown> {
  const last = stage.crm.webhooks.state.lastRequest;
  if (last === null) throw new Error("nothing was ever delivered");
  const url = await life.order<string>(name, { kind: "listen" });
  const { body, headers } = last;
  const answer = await fetch(`${url}/hooks/crm`, { method: "POST", body, headers });
  const { reason } = (await answer.json()) as { readonly reason: string };
  await life.order(name, { kind: "hints" });
  return { status: answer.status, reason };
}

async function again(running: Running, life: Life): Promise<unknown> {
  const { one, stage, name } = running;
  if (one.command.kind === "delivery") return sendAgain(running, life);
  if (one.command.kind === "run") return null;
  const order = await orderOf(running, life);
  if (order === null) return null;
  const done = await life.order(name, order);
  return { done, orders: Object.keys(stage.erp.state.records["sales_orders"] ?? {}).length };
}

async function faultsOf(
  running: Running,
  life: Life,
  recovered: RunSummary | null,
): Promise<readonly string[]> {
  const { stage, name } = running;
  const found = audit(stage);
  const before = commitsOf(stage);
  const idle = await runThrough(() => life.order(name, { kind: "run" }));
  const dead = await life.order<{ deadLetters: unknown[] } & unknown[]>(name, { kind: "deadLetters" });
  const told = (label: string, rows: readonly string[]): readonly string[] =>
    rows.map((row) => `${label}: ${row}`);
  return [
    ...told("missing", found.lost),
    ...told("doubled", found.doubled),
    ...told("wrong", found.wrong),
    ...told("store", await life.order<readonly string[]>(name, { kind: "verify" })),
    ...told(
      "dead letter",
      dead.map((row) => JSON.stringify(row)),
    ),
    ...[recovered, idle].flatMap((run) =>
      (run?.troubles ?? []).map(({ failure }) => `trouble: ${failure.message}`),
    ),
    ...(commitsOf(stage) === before ? [] : [`a further run made ${commitsOf(stage) - before} commits`]),
    ...(recovered?.state === "failed" ? ["the recovery pass failed"] : []),
  ];
}

/** The life that finds what the dead one left. */
async function recover(running: Running, life: Life): Promise<Seen> {
  const { name, stage, given, killed } = running;
  await life.order(name, { kind: "open", folder: stage.folder, manner: {}, takesOver: true });
  const writes = await life.order<KnownWrite[]>(name, {
    kind: "query",
    sql:
      "select key, state, kind || ' ' || target || ' ' || entity as what from intent order by " +
      "stored_at, key",
  });
  const charged = { before: running.charged, after: await chargedOf(life, name) };
  const rows = await journalOf(life, name);
  const log = { times: 0, effect: { kind: "delay", ms: 0 } as const };
  for (const { faults } of [stage.crm, stage.erp]) faults.add(log);
  const from = { crm: stage.crm.faults.fired.length, erp: stage.erp.faults.fired.length };
  const repeated = await again(running, life);
  const recovered = await runThrough(() => life.order(name, { kind: "run" }));
  const calls = (["crm", "erp"] as const).flatMap((side) =>
    stage[side].faults.fired.slice(from[side]).map(({ method, path }) => `${side} ${method} ${path}`),
  );
  const commits = { given, killed, recovered: commitsOf(stage) };
  const fence = { before: running.fence, after: await fenceOf(life, name) };
  const faults = await faultsOf(running, life, recovered);
  const journal = rows.slice(running.entries).map(({ kind }) => kind);
  return { stage, commits, writes, charged, journal, fence, calls, recovered, again: repeated, faults };
}

/** What a case came to: what was seen, or why nothing was. */
export type Outcome = { readonly seen: Seen } | { readonly failure: string };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs cases side by side: one program lives all of them to their points, is killed, another recovers. */
export async function killTogether(
  ground: Ground,
  cases: readonly MatrixCase[],
): Promise<ReadonlyMap<string, Outcome>> {
  const all = await Promise.all(
    cases.map(async (one): Promise<Running> => {
      const stage = await ground.open();
      const counts = { plan: null, given: 0, killed: 0, fence: 0, charged: 0, entries: 0, failure: null };
      return { name: nameOf(one), one, stage, release: Promise.withResolvers<null>(), ...counts };
    }),
  );
  const attempt = async (running: Running, work: () => Promise<void>): Promise<void> => {
    if (running.failure !== null) return;
    try {
      await work();
    } catch (error) {
      running.failure = messageOf(error);
    }
  };
  const first = startLife();
  await Promise.all(all.map((running) => attempt(running, () => liveTo(running, first))));
  await first.kill();
  for (const running of all) {
    for (const { faults } of [running.stage.crm, running.stage.erp]) faults.clear();
    running.killed = commitsOf(running.stage);
    running.release.resolve(null);
  }
  const second = startLife();
  const outcomes = new Map<string, Outcome>();
  await Promise.all(
    all.map((running) =>
      attempt(running, async () => {
        outcomes.set(running.name, { seen: await recover(running, second) });
      }),
    ),
  );
  await second.kill();
  for (const { name, failure, stage } of all) {
    if (failure !== null) outcomes.set(name, { failure });
    await stage.close();
  }
  return outcomes;
}

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServer, startPostgres } from "crossfoot/testing";
import type { Database, TestPostgres } from "crossfoot/testing";
import { audit } from "./kill-audit.ts";
import { runCli } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage } from "./kill-stage.ts";

const size = { seed: 20_260_106, accounts: 900, products: 40, history: 12, quotes: 12 };
const settings = `
guard:
  create: { countFree: 100000 }
  update: { countFree: 100000 }
cadence: { accounts: 2s, contacts: 2s, products: 2s, quotes: 2s, orders: 2s }
`;
/** How long the ERP takes for a write while the workers are watched: long enough for all that happens. */
const slowMs = 1_500;
/** Longest wait for something that others do, on a machine that is busy. */
const waiting = { timeout: 180_000, interval: 200 } as const;

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `crossfoot worker` as a program of its own. */
async function startWorker(folder: string): Promise<Worker> {
  const started = Promise.withResolvers<ChildProcess>();
  const ended = runCli(folder, ["worker"], started.resolve);
  return { child: await started.promise, ended };
}

/** How many shards each living worker holds, by the id of its program. */
async function sharesOf(database: Database): Promise<ReadonlyMap<number, number>> {
  const rows = await database.query<{ holder: string; held: number }>(
    "select holder, count(*)::int as held from lease where name like 'shard/%' and holder <> '' and " +
      "expires_at > now() group by holder",
  );
  return new Map(rows.map(({ holder, held }) => [pidOf(holder), held]));
}

const pidOf = (holder: string): number => Number(/-(\d+)-[0-9a-f]{8}\//.exec(holder)?.[1]);

const countOf = async (database: Database, sql: string): Promise<number> =>
  (await database.query<{ count: number }>(`select count(*)::int as count from ${sql}`))[0]?.count ?? 0;

/** The run that a worker is at, or that it was at when it was stopped. */
async function runOf(database: Database, child: ChildProcess): Promise<string | null> {
  const sql = `select id from run where holder like '%-${child.pid ?? 0}-%' and state = 'running'`;
  return (await database.query<{ id: string }>(sql))[0]?.id ?? null;
}

/**
 * Stops a worker while it is at a run, and waits until the others hold all that it held; answers the run. One
 * that was at its end, or between two runs, holds nothing that could be fenced: it goes on, and is stopped
 * again.
 */
async function stopInRun({
  database,
  child,
}: {
  readonly database: Database;
  readonly child: ChildProcess;
}): Promise<string> {
  const holds = async (): Promise<boolean> => (await sharesOf(database)).has(child.pid ?? 0);
  const total = async (): Promise<number> =>
    [...(await sharesOf(database)).values()].reduce((sum, held) => sum + held, 0);
  for (let tries = 0; tries < 20; tries += 1) {
    await expect.poll(holds, waiting).toBe(true);
    child.kill("SIGSTOP");
    const run = await runOf(database, child);
    await expect.poll(async () => !(await holds()) && (await total()) === 16, waiting).toBe(true);
    // Its end would have been stored before it gave what it held.
    const isOpen = `run where id = '${run ?? ""}' and state in ('running', 'abandoned')`;
    if ((await countOf(database, isOpen)) === 1 && run !== null) return run;
    child.kill("SIGCONT");
  }
  throw new Error("twenty times the worker was stopped at no run");
}

describe("three workers, each a program of its own, over one PostgreSQL", () => {
  let server: TestPostgres;
  let stage: KillStage;
  let database: Database;
  const workers: Worker[] = [];
  const pids = (): readonly number[] => workers.map(({ child }) => child.pid ?? 0);
  const shares = async (): Promise<readonly number[]> =>
    [...(await sharesOf(database)).values()].toSorted((a, b) => a - b);

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    stage = await openKillStage(size, { home: "server", url });
    const file = join(stage.folder, "crossfoot.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("timeoutSeconds: 1", "timeoutSeconds: 3"));
    appendFileSync(file, settings);
    stage.holding.hold = (ms) => pause(ms);
    stage.erp.faults.add({ method: "POST", times: 0, effect: { kind: "delay", ms: slowMs } });
    stage.crm.faults.add({ method: "POST", times: 0, effect: { kind: "delay", ms: slowMs } });
    database = await openServer(url);
    for (let count = 0; count < 3; count += 1) workers.push(await startWorker(stage.folder));
  }, 120_000);

  afterAll(async () => {
    for (const { child } of workers) child.kill("SIGKILL");
    await database.close();
    await stage.close();
    await server.stop();
  });

  it("share the shards, no two shares differing by more than one", { timeout: 200_000 }, async () => {
    await expect.poll(shares, waiting).toEqual([5, 5, 6]);
    expect(new Set((await sharesOf(database)).keys())).toEqual(new Set(pids()));
  });

  it("take the shards of a killed one over", { timeout: 200_000 }, async () => {
    const [victim] = workers;
    victim?.child.kill("SIGKILL");
    expect((await victim?.ended)?.isKilled).toBe(true);
    await expect.poll(shares, waiting).toEqual([8, 8]);
    expect((await sharesOf(database)).has(victim?.child.pid ?? 0)).toBe(false);
  });

  it(
    "fence one that was stopped and wakes up: it stores nothing any more",
    { timeout: 400_000 },
    async () => {
      const stopped = workers[1]?.child;
      if (stopped === undefined) throw new Error("no second worker was started");
      const run = await stopInRun({ database, child: stopped });
      // Beside that it ended, which is told once, whoever tells it.
      const entries = `journal where run_id = '${run}' and kind <> 'run_ended'`;
      const ends = `journal where kind = 'run_ended' and body ->> 'run' = '${run}'`;
      const stored = await countOf(database, entries);
      expect((await sharesOf(database)).has(stopped.pid ?? 0)).toBe(false);
      stopped.kill("SIGCONT");
      // One that began a run meanwhile has called this one abandoned; else it says itself why it failed.
      const ended =
        `run where id = '${run}' and (state = 'abandoned' or state = 'failed' and summary->>'message' like ` +
        "'the lease % is held by another worker%')";
      await expect.poll(() => countOf(database, ended), waiting).toBe(1);
      await expect.poll(shares, waiting).toEqual([8, 8]);
      expect(await countOf(database, entries)).toBe(stored);
      expect(await countOf(database, `${ends} and body ->> 'state' in ('abandoned', 'failed')`)).toBe(1);
      expect(await countOf(database, ends)).toBe(1);
    },
  );

  it(
    "bring all to the other side, and nothing twice, by the logs of both systems",
    {
      timeout: 600_000,
    },
    async () => {
      for (const { faults } of [stage.crm, stage.erp]) faults.clear();
      await expect.poll(() => audit(stage).lost, { ...waiting, timeout: 580_000 }).toEqual([]);
      const { doubled, wrong, created } = audit(stage);
      expect({ doubled, wrong }).toEqual({ doubled: [], wrong: [] });
      expect(created).toBeGreaterThan(300);
      const hands = "(select split_part(holder, '/', 1) from run where holder is not null group by 1) hands";
      expect(await countOf(database, hands)).toBe(3);
    },
  );

  it("end when they are asked to, and say how much they did", { timeout: 120_000 }, async () => {
    const alive = workers.slice(1);
    for (const { child } of alive) child.kill("SIGTERM");
    const ends = await Promise.all(alive.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    for (const { stdout } of ends) expect((JSON.parse(stdout) as { runs: number }).runs).toBeGreaterThan(0);
  });
});

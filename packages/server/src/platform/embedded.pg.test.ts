import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database, Log } from "../ports.ts";
import { openEmbedded, type EmbeddedOptions } from "./embedded.ts";
import { logBytesMax } from "./embedded-upkeep.ts";
import { readLock } from "./folder-lock.ts";
import { prepareStore, type PreparedStore } from "./testing/prepared-store.ts";
import { refusalOf } from "./testing/refusal.ts";
import type { TempFolder } from "./testing/temp-folder.ts";

let prepared: PreparedStore;
beforeAll(async () => {
  prepared = await prepareStore();
});
afterAll(() => prepared.remove());

let folder: TempFolder;
let database: Database | null = null;
beforeEach(() => {
  folder = prepared.copy();
});
afterEach(async () => {
  await database?.close();
  database = null;
  folder.remove();
});

async function open(options: EmbeddedOptions = {}): Promise<Database> {
  database = await openEmbedded(folder.path, options);
  return database;
}

/** PostgreSQL panics at the next write of its log: it must begin a new file, and cannot make one. */
async function breakLog(opened: Database): Promise<void> {
  await opened.script("create table kept (n int); insert into kept values (0)");
  renameSync(join(folder.path, "database", "pg_wal"), join(folder.path, "pg_wal.away"));
  await opened.query("select pg_switch_wal()");
}

/** Takes {@link breakLog} back: the disk can be written again. */
function mendLog(): void {
  renameSync(join(folder.path, "pg_wal.away"), join(folder.path, "database", "pg_wal"));
}

describe("when PostgreSQL dies", () => {
  it("every call is answered: in doubt where it ran, not sent where it waited", async () => {
    const told: string[] = [];
    const tell = (event: string): void => {
      told.push(event);
    };
    const log: Log = { info: tell, warn: tell, error: tell };
    const opened = await open({ log });
    await breakLog(opened);
    const running = refusalOf(opened.query("insert into kept values (1)"));
    const waiting = [
      refusalOf(opened.query("select 1")),
      refusalOf(opened.transaction((tx) => tx.query("insert into kept values (2)"))),
      refusalOf(opened.script("insert into kept values (3)")),
    ];
    expect(await running).toMatchObject({ code: "08007", isUnknownOutcome: true, isRetryable: false });
    for (const refusal of await Promise.all(waiting)) {
      expect(refusal).toMatchObject({ code: "08003", isUnknownOutcome: false, isRetryable: false });
    }
    // Each of those that waited asked for it to be started again.
    expect(told).toEqual(Array.from({ length: 4 }, () => "store_lost"));
    expect(readLock(folder.path)?.pid).toBe(process.pid);
    await opened.close();
    expect(readLock(folder.path)).toBeNull();
  });

  it("the next call starts it again once it can be, with all that it acknowledged", async () => {
    const told: string[] = [];
    const tell = (event: string): void => {
      told.push(event);
    };
    const opened = await open({ log: { info: tell, warn: tell, error: tell } });
    await breakLog(opened);
    const refused = await refusalOf(opened.query("insert into kept values (1)"));
    expect(refused).toMatchObject({ isUnknownOutcome: true });
    expect(await refusalOf(opened.query("select 1"))).toMatchObject({
      message: expect.stringMatching(/^no connection to the store \(/) as string,
    });
    mendLog();
    const rows = await opened.query<{ n: number }>("select n from kept order by n");
    // What was under way when it died may be there; what was acknowledged is.
    expect(rows.map(({ n }) => n).slice(0, 1)).toEqual([0]);
    await opened.transaction((tx) => tx.query("insert into kept values (4)"));
    expect(await opened.query("select 1 as one from kept where n = 4")).toEqual([{ one: 1 }]);
    expect(told.at(-1)).toBe("store_started_again");
  });

  it("what is left of a transaction does not run in the one that was started again", async () => {
    const opened = await open();
    await breakLog(opened);
    const lost = opened.transaction(async (tx) => {
      await tx.query("insert into kept values (1)");
      await tx.query("select pg_switch_wal()").catch(() => undefined);
      mendLog();
      await tx.query("insert into kept values (2)");
    });
    expect(await refusalOf(lost)).toMatchObject({ code: "08003", isUnknownOutcome: false });
    expect(await opened.query("select n from kept order by n")).toEqual([{ n: 0 }]);
  });

  it("before the commit nothing was stored, and the caller hears so", async () => {
    const opened = await open();
    await breakLog(opened);
    const lost = opened.transaction(async (tx) => {
      await tx.query("insert into kept values (1)");
      await tx.query("select pg_switch_wal()");
    });
    expect(await refusalOf(lost)).toMatchObject({ code: "08006", isUnknownOutcome: false });
  });

  it("and cannot start, opening says so and gives the folder back", async () => {
    rmSync(join(folder.path, "database", "pg_wal"), { recursive: true });
    expect(await refusalOf(openEmbedded(folder.path))).toMatchObject({ code: "58000" });
    expect(readLock(folder.path)).toBeNull();
  });
});

describe("upkeep", () => {
  const checkpointOf = async (opened: Database): Promise<unknown> => {
    const [row] = await opened.query("select redo_lsn::text as at from pg_control_checkpoint()");
    return row?.["at"];
  };

  it("writes a checkpoint once enough log was written, without being asked", async () => {
    const opened = await open();
    const before = await checkpointOf(opened);
    await opened.script("create table bulk (filler text)");
    const rows = Math.ceil(logBytesMax / 4_000);
    const insert =
      "insert into bulk select string_agg(md5((i * 130 + j)::text), '') from generate_series(1, $1) i";
    await opened.query(`${insert}, generate_series(1, 125) j group by i`, [rows]);
    await expect.poll(() => checkpointOf(opened), { timeout: 20_000 }).not.toBe(before);
  });

  it("vacuums and analyses what changed", async () => {
    const opened = await open({ upkeepIntervalMs: 50 });
    await opened.script("create table busy (n int); insert into busy select generate_series(1, 5000)");
    await opened.query("update busy set n = n + 1");
    const seen = async (): Promise<unknown> => {
      const [row] = await opened.query(
        "select last_vacuum is not null as v, last_analyze is not null as a from pg_stat_user_tables",
      );
      return row;
    };
    await expect.poll(seen, { timeout: 20_000 }).toEqual({ v: true, a: true });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Database, Queryable } from "../ports.ts";
import { lookAt } from "./running.ts";
import { openServer, type ServerOptions } from "./server.ts";
import { startChild } from "./testing/child.ts";
import { cuttingProxy, type CuttingProxy } from "./testing/cutting-proxy.ts";
import { startPostgres, type TestPostgres } from "./testing/postgres.ts";
import { stopOrphans } from "./testing/postgres-orphans.ts";
import { refusalOf } from "./testing/refusal.ts";

let postgres: TestPostgres;
const opened: Database[] = [];
let proxy: CuttingProxy | null = null;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  proxy?.close();
  proxy = null;
  await Promise.all(opened.splice(0).map((database) => database.close()));
});
afterAll(() => postgres.stop());

async function open(url: string, options: ServerOptions = {}): Promise<Database> {
  const database = await openServer(url, options);
  opened.push(database);
  return database;
}

/** A database with the table `kept`, and a line to it that can be cut. */
async function proxied(options: ServerOptions = {}) {
  const url = await postgres.createDatabase();
  const direct = await open(url);
  await direct.script("create table kept (n int primary key)");
  proxy = await cuttingProxy(url);
  const kept = async (): Promise<unknown> => direct.query("select n from kept order by n");
  return { proxy, kept, database: await open(proxy.url, options) };
}

const insert = (database: Queryable, n: number): Promise<unknown> =>
  database.query("insert into kept values ($1)", [n]);

describe("opening", () => {
  it("says in plain words what does not fit, never with the password", async () => {
    expect(await refusalOf(openServer("mysql://u:hush@127.0.0.1/x"))).toMatchObject({ code: "08001" });
    const nobody = await refusalOf(openServer("postgres://u:hush@127.0.0.1:1/x"));
    expect(nobody).toMatchObject({ code: "08001", isRetryable: true, isUnknownOutcome: false });
    const address = new URL(postgres.url);
    address.password = "hush";
    address.pathname = "/nowhere";
    const missing = await refusalOf(openServer(address.href));
    expect(missing).toMatchObject({ code: "3D000", isRetryable: false });
    for (const { message } of [nobody, missing]) expect(message).not.toContain("hush");
  });

  it("refuses a database whose text is not UTF8", async () => {
    const admin = await open(postgres.url);
    await admin.query(
      "create database latin encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0",
    );
    const address = new URL(postgres.url);
    address.pathname = "/latin";
    expect(await refusalOf(openServer(address.href))).toMatchObject({ code: "0A000" });
  });
});

describe("reads that are asked for in one breath", () => {
  const pid = "select pg_backend_pid() as pid";
  const pidsOf = async (database: Database, reads: number): Promise<readonly number[]> => {
    const asked = Array.from({ length: reads }, () => database.query<{ pid: number }>(pid));
    return (await Promise.all(asked)).map(([row]) => row?.pid ?? 0);
  };

  it("share a connection, by eight; each has its own answer, and one that fails fails alone", async () => {
    const database = await open(await postgres.createDatabase());
    await database.script("create table kept (n int primary key)");
    const pids = await pidsOf(database, 20);
    expect([0, 8, 16].map((from) => new Set(pids.slice(from, from + 8)).size)).toEqual([1, 1, 1]);
    expect(new Set(pids).size).toBe(3);
    const mixed = await Promise.allSettled([
      database.query("select 1 as n"),
      database.query("select 1 / 0"),
      insert(database, 4),
      database.query("select $1::int as n", [3]),
    ]);
    expect(mixed.map((each) => (each.status === "fulfilled" ? each.value : each.status))).toEqual([
      [{ n: 1 }],
      "rejected",
      [],
      [{ n: 3 }],
    ]);
    expect(await database.query("select n from kept")).toEqual([{ n: 4 }]);
  });

  it("all say so when their connection breaks, and the next have another", async () => {
    const { proxy, database } = await proxied();
    const before = await pidsOf(database, 3);
    proxy.cutAt("select 17", "before");
    const asked = ["select 16", "select 17", "select 18"].map((sql) => refusalOf(database.query(sql)));
    for (const refusal of (await Promise.all(asked)).slice(1)) {
      expect(refusal).toMatchObject({ code: "08007", isUnknownOutcome: true });
    }
    expect(new Set([...before, ...(await pidsOf(database, 3))]).size).toBe(2);
  });

  it("are refused inside a transaction of the same database, and nobody else's with them", async () => {
    const database = await open(await postgres.createDatabase());
    const outside = Promise.withResolvers<null>();
    const seen = database.transaction(async (tx) => {
      await tx.query("select 1");
      const refused = refusalOf(database.query("select 2"));
      outside.resolve(null);
      return refused;
    });
    await outside.promise;
    expect(await database.query("select 3 as n")).toEqual([{ n: 3 }]);
    expect(await seen).toMatchObject({ code: "25001" });
  });

  it("wait for those before them without being taken for dead", async () => {
    const database = await open(await postgres.createDatabase(), { statementTimeoutMs: 900 });
    const asked = Array.from({ length: 8 }, () => database.query("select pg_sleep(0.8)::text as slept"));
    expect(await Promise.all(asked)).toEqual(asked.map(() => [{ slept: "" }]));
  });

  it("are answered when the database is closed in the same breath", async () => {
    const database = await openServer(await postgres.createDatabase());
    const asked = database.query("select 1 as n");
    await database.close();
    expect(await asked).toEqual([{ n: 1 }]);
    expect(await refusalOf(database.query("select 2"))).toMatchObject({ code: "08003" });
  });
});

describe("when the connection breaks", () => {
  it("inside a transaction nothing was stored, and it may be tried again", async () => {
    const { proxy, database, kept } = await proxied();
    proxy.cutAt("select 17", "after");
    const work = async (tx: Queryable): Promise<void> => {
      await insert(tx, 1);
      await tx.query("select 17");
    };
    const refusal = await refusalOf(database.transaction(work));
    expect(refusal).toMatchObject({ isRetryable: true, isUnknownOutcome: false });
    expect(await kept()).toEqual([]);
  });

  it.each([
    ["before", []],
    ["after", [{ n: 1 }]],
  ] as const)("%s the server got the commit, the outcome is not known", async (when, rows) => {
    const { proxy, database, kept } = await proxied();
    proxy.cutAt("commit", when);
    const refusal = await refusalOf(database.transaction((tx) => insert(tx, 1)));
    expect(refusal).toMatchObject({ code: "08007", isRetryable: false, isUnknownOutcome: true });
    await expect.poll(kept).toEqual(rows);
  });

  it("in a statement that commits by itself the outcome is not known", async () => {
    const { proxy, database, kept } = await proxied();
    proxy.cutAt("insert into kept", "after");
    expect(await refusalOf(insert(database, 1))).toMatchObject({ code: "08007", isUnknownOutcome: true });
    await expect.poll(kept).toEqual([{ n: 1 }]);
  });

  it("because the server stopped, the next call gets a fresh one", async () => {
    const database = await open(await postgres.createDatabase());
    await database.script("create table kept (n int)");
    for (const how of ["fast", "kill"] as const) {
      const work = async (tx: Queryable): Promise<void> => {
        await insert(tx, 1);
        await postgres.restart(how);
        await insert(tx, 2);
      };
      expect(await refusalOf(database.transaction(work))).toMatchObject({ isRetryable: true });
      await expect.poll(() => database.query("select * from kept").catch(() => null)).toEqual([]);
    }
  });

  it("half open, the statement ends after its time", async () => {
    // Half a second for the server's own limit and five for the way: this is the longest test of the file.
    const { proxy, database } = await proxied({ statementTimeoutMs: 500 });
    const work = async (tx: Queryable): Promise<void> => {
      await insert(tx, 1);
      proxy.freeze();
      await insert(tx, 2);
    };
    const first = await refusalOf(database.transaction(work));
    expect(first).toMatchObject({ isRetryable: true, isUnknownOutcome: false });
  }, 30_000);
});

describe("at once", () => {
  it("statements that are asked for together leave together", async () => {
    const { proxy, database, kept } = await proxied();
    const asked = ["select 'first'", "select 'second'", "select 'third'"];
    const work = async (tx: Queryable): Promise<void> => {
      await insert(tx, 1);
      proxy.freeze();
      const answers = Promise.all(asked.map((sql) => tx.query(sql)));
      answers.catch(() => undefined);
      await expect.poll(() => asked.filter((sql) => proxy.swallowed().includes(sql))).toEqual(asked);
      proxy.close();
      await answers;
    };
    expect(await refusalOf(database.transaction(work))).toMatchObject({ isUnknownOutcome: false });
    expect(await kept()).toEqual([]);
  });

  it("a deadlock ends one of two transactions, which may be tried again", async () => {
    const database = await open(await postgres.createDatabase());
    await database.script(
      "create table pair (n int primary key, hits int); insert into pair values (1, 0), (2, 0)",
    );
    const hit = (tx: Queryable, n: number): Promise<unknown> =>
      tx.query("update pair set hits = hits + 1 where n = $1", [n]);
    const both = [Promise.withResolvers<null>(), Promise.withResolvers<null>()] as const;
    const run = (own: 0 | 1): Promise<unknown> =>
      database.transaction(async (tx) => {
        await hit(tx, own + 1);
        both[own].resolve(null);
        await both[own === 0 ? 1 : 0].promise;
        await hit(tx, own === 0 ? 2 : 1);
      });
    const outcomes = await Promise.allSettled([run(0), run(1)]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed.map(({ reason }: { readonly reason: unknown }) => reason)).toMatchObject([
      { code: "40P01", isRetryable: true },
    ]);
  });

  it("a serialisation failure may be tried again", async () => {
    const url = await postgres.createDatabase();
    const [database, other] = [await open(url), await open(url)];
    await database.script("create table count (n int); insert into count values (0)");
    const work = async (tx: Queryable): Promise<void> => {
      await tx.query("set transaction isolation level repeatable read");
      await tx.query("select n from count");
      await other.query("update count set n = n + 1");
      await tx.query("update count set n = n + 1");
    };
    expect(await refusalOf(database.transaction(work))).toMatchObject({ code: "40001", isRetryable: true });
  });

  it("callers beyond the connections wait, and a statement without end is ended", async () => {
    const database = await open(await postgres.createDatabase(), {
      connectionsMax: 2,
      statementTimeoutMs: 300,
    });
    const sessions = "select count(*)::int as n from pg_stat_activity where datname = current_database()";
    const counts = await Promise.all(
      Array.from({ length: 20 }, () => database.transaction((tx) => tx.query(sessions))),
    );
    for (const [row] of counts) expect(row?.["n"]).toBeLessThanOrEqual(2);
    expect(await refusalOf(database.query("select pg_sleep(60)"))).toMatchObject({ code: "57014" });
    await database.script("select pg_sleep(0.5)");
    expect(await refusalOf(database.query("select pg_sleep(60)"))).toMatchObject({ code: "57014" });
  });
});

describe("plans", () => {
  /** One connection, and how often a table was read as a whole over it. */
  async function planned(): Promise<{ readonly database: Database; wholeReads(): Promise<number> }> {
    const database = await open(await postgres.createDatabase(), { connectionsMax: 1 });
    await database.script("create table kept (n int primary key, text text); analyze kept");
    return {
      database,
      async wholeReads() {
        await database.query("select pg_stat_force_next_flush()");
        const [row] = await database.query<{ seq_scan: string }>(
          "select seq_scan from pg_stat_user_tables where relname = 'kept'",
        );
        return Number(row?.seq_scan);
      },
    };
  }
  const find = (database: Queryable, n: number): Promise<unknown> =>
    database.query("select text from kept where n = $1::int", [n]);

  it("that were made while a table was empty are not kept while it is filled", async () => {
    const { database, wholeReads } = await planned();
    for (let n = 0; n < 12; n += 1) await find(database, n);
    const text = "x".repeat(1_000);
    const rows = Array.from({ length: 500 }, (_each, n) => ({ n, text }));
    await database.query(
      "insert into kept (n, text) select n, text from jsonb_to_recordset($1::jsonb) as r(n int, text text)",
      [JSON.stringify(rows)],
    );
    const before = await wholeReads();
    expect(before).toBeGreaterThan(0);
    expect(await find(database, 400)).toEqual([{ text }]);
    expect(await wholeReads()).toBe(before);
  });

  it("of a table that got other columns fail once, and the next call is answered", async () => {
    const { database } = await planned();
    const all = (): Promise<unknown> => database.query("select * from kept where n = $1::int", [1]);
    await database.query("insert into kept (n, text) values ($1::int, 'one')", [1]);
    expect(await all()).toEqual([{ n: 1, text: "one" }]);
    await database.script("alter table kept add column more int");
    expect(await refusalOf(all())).toMatchObject({ code: "0A000" });
    expect(await all()).toEqual([{ n: 1, text: "one", more: null }]);
  });
});

describe("the server of the tests", () => {
  it("left behind by a killed run is stopped by the next one", async () => {
    const child = startChild(new URL("./testing/server-starter.ts", import.meta.url));
    const pid = Number(await child.line());
    expect(lookAt(pid).isRunning).toBe(true);
    await stopOrphans();
    expect(lookAt(pid).isRunning).toBe(true);
    await child.kill();
    await stopOrphans();
    expect(lookAt(pid).isRunning).toBe(false);
    expect(lookAt(postgres.pid).isRunning).toBe(true);
  });
});

import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openServer } from "../platform/server.ts";
import { startChild, type Child } from "../platform/testing/child.ts";
import { startPostgres, type TestPostgres } from "../platform/testing/postgres.ts";
import type { Database } from "../ports.ts";
import { migrate } from "./migrate.ts";
import { schemaOf } from "./testing/schema.ts";

const steps = readdirSync(new URL("./migrations/", import.meta.url)).toSorted();
const migrator = new URL("./testing/migrator.ts", import.meta.url);

let postgres: TestPostgres;
let whole: readonly string[];
const opened: Database[] = [];
const children: Child[] = [];
beforeAll(async () => {
  postgres = await startPostgres({ isDurable: false });
  const database = await open(await postgres.createDatabase());
  await migrate(database);
  whole = await schemaOf(database);
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await Promise.all(opened.splice(0).map((database) => database.close()));
});
afterAll(() => postgres.stop());

async function open(url: string): Promise<Database> {
  const database = await openServer(url);
  opened.push(database);
  return database;
}

function start(...flags: readonly string[]): Child {
  const child = startChild(migrator, ...flags);
  children.push(child);
  return child;
}

describe("several workers that start at once", () => {
  it("make each step once, and all of them find the whole schema", async () => {
    const url = await postgres.createDatabase();
    const workers = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    const made = await Promise.all(workers.map((worker) => migrate(worker)));
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(steps.length);
    expect(await schemaOf(workers[0] as Database)).toEqual(whole);
  });
});

describe("a worker that is killed in the middle of a migration", () => {
  /** A child that stands in the middle of a step: its first change waits for a lock that somebody holds. */
  async function standingInside(step: string) {
    const url = await postgres.createDatabase();
    const [database, holder] = [await open(url), await open(url)];
    await database.script(`
      create function stand_still() returns event_trigger language plpgsql as $$ begin
        if current_query() like '%''${step}''%' then perform pg_advisory_xact_lock(99); end if; end $$;
      create event trigger slow on ddl_command_end execute function stand_still();`);
    const release = Promise.withResolvers<null>();
    const held = Promise.withResolvers<null>();
    const holding = holder.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(99)");
      held.resolve(null);
      await release.promise;
    });
    await held.promise;
    const child = start(url, "inside", step);
    expect(await child.line()).toBe("begins");
    const waiting =
      "select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";
    const waiters = (): Promise<{ pid: number }[]> => database.query(waiting);
    await expect.poll(waiters).toHaveLength(1);
    const [{ pid } = { pid: 0 }] = await waiters();
    return {
      database,
      child,
      pid,
      letGo: async () => {
        release.resolve(null);
        await holding;
      },
      clear: () => database.script("drop event trigger slow; drop function stand_still"),
    };
  }

  it.each(steps)("inside %s, and whose backend ends with it, has made nothing of that step", async (step) => {
    const { database, child, pid, letGo, clear } = await standingInside(step);
    await child.kill();
    await database.query("select pg_terminate_backend($1)", [pid]);
    await letGo();
    await clear();
    const [row] = await database.query<{ newest: number }>(
      "select coalesce(max(version), 0)::int as newest from schema_version",
    );
    expect(row?.newest).toBe(Number(step.slice(0, 4)) - 1);
    await migrate(database);
    expect(await schemaOf(database)).toEqual(whole);
  });

  it("inside a step, and whose backend goes on without it, has made the step once", async () => {
    const step = steps.at(-1) ?? "";
    const { database, child, letGo, clear } = await standingInside(step);
    await child.kill();
    const next = migrate(database);
    await letGo();
    expect(await next).toBe(0);
    await clear();
    expect(await schemaOf(database)).toEqual(whole);
  });

  it.each(steps.flatMap((step) => [["before", step] as const, ["after", step] as const]))(
    "%s %s, the next start goes on from there",
    async (when, step) => {
      const url = await postgres.createDatabase();
      const child = start(url, when, step);
      for (let line = await child.line(); line !== "there"; line = await child.line())
        if (line === null) throw new Error("the migrator never came to the step");
      await child.kill();
      const database = await open(url);
      const left = steps.filter((each) => (when === "before" ? each >= step : each > step));
      expect(await migrate(database)).toBe(left.length);
      expect(await schemaOf(database)).toEqual(whole);
    },
  );
});

describe("an older program over a newer schema", () => {
  it("refuses to start and changes nothing", async () => {
    const database = await open(await postgres.createDatabase());
    await migrate(database);
    await database.query("insert into schema_version (version, name) values (9999, '9999-later.sql')");
    await expect(migrate(database)).rejects.toThrow(/newer Crossfoot \(its schema is 9999/);
    expect(await schemaOf(database)).toEqual([...whole, "version 9999 9999-later.sql"].toSorted());
  });
});

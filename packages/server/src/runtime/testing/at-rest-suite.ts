import { expect } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import { systemEntropy } from "../../platform/entropy.ts";
import type { Database } from "../../ports.ts";
import type { Store } from "../../store/port.ts";
import { SealedElsewhere, tokenMark } from "../../store/sealed/vault.ts";
import { createStore } from "../../store/store.ts";
import { allRows, testSealing } from "../../store/testing/sealing.ts";
import { migrated } from "../../testing.ts";
import type { TestHome } from "../../testing.ts";
import { createEngine } from "../create.ts";
import { anonymise, personScene, personValues } from "./person-scene.ts";
import type { PersonScene } from "./person-scene.ts";

type Deps = Omit<Parameters<typeof createStore>[0], "database">;

/** What nobody may find in the database: values of records of every kind. */
const planted = [...personValues, "other@person.example", "Other", "Quartermain-Lost"];

const sealedScene = async (database: Database): Promise<PersonScene> =>
  personScene({
    database: async (deps: Deps) => {
      const store = createStore({ ...deps, database, sealing: testSealing() });
      await store.migrate();
      return store;
    },
  });

/** Where planted values stand, by table. */
async function found(database: Database, texts: readonly string[]): Promise<readonly string[]> {
  const all = await allRows(database);
  return Object.entries(all).flatMap(([table, rows]) =>
    texts
      .filter((text) => rows.some((row) => row.toLowerCase().includes(text.toLowerCase())))
      .map((text) => `${table}: ${text}`),
  );
}

/** A store of that database that seals, opened as at a start. */
async function opened(
  database: Database,
  { world }: PersonScene,
): Promise<{ readonly store: Store; readonly engine: PersonScene["engine"] }> {
  const store = createStore({ ...world, database, sealing: testSealing() });
  await store.migrate();
  return { store, engine: createEngine({ ...world, store }) };
}

/** How many writes a run makes that looks at everything. */
async function writesOf({ crm, erp }: PersonScene, engine: PersonScene["engine"]): Promise<number> {
  const before = crm.writes + erp.writes;
  await engine.run({ sweep: true });
  return crm.writes + erp.writes - before;
}

/** A statement of somebody who says to have the keys. */
const byHand = (database: Database, sql: string): Promise<unknown> =>
  database.transaction(async (tx) => {
    await tx.query("select set_config('crossfoot.has_keys', 'on', true)");
    return tx.query(sql);
  });

/** Stops working after so many commits, as a program that is killed; a lone statement is one too. */
function cutOff(database: Database, after: number): Database {
  let left = after;
  const living = <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    return left < 0 ? Promise.reject(new Error("killed")) : work();
  };
  return {
    home: database.home,
    query: (sql, parameters) =>
      sql.startsWith("select")
        ? database.query(sql, parameters)
        : living(() => database.query(sql, parameters)),
    script: (sql) => database.script(sql),
    close: () => database.close(),
    transaction: (work) => living(() => database.transaction(work)),
  };
}

/** Does a work again and again until it ends, each time cut off after so many commits. Answers how often. */
async function untilDone(
  database: Database,
  after: (cuts: number) => number,
  work: (cut: Database) => Promise<unknown>,
): Promise<number> {
  for (let cuts = 0; ; cuts += 1) {
    const end = await work(cutOff(database, after(cuts))).then(
      () => "done",
      (cause: unknown) => String(cause),
    );
    if (end === "done") return cuts;
    expect(end).toContain("killed");
  }
}

/** What stands in the database. */
async function nothingPlain(home: TestHome): Promise<void> {
  const database = await home.open(migrated);
  const mini = await sealedScene(database);
  expect(await found(database, planted)).toEqual([]);
  expect((await mini.engine.verify()).broken).toEqual([]);
  const state = await mini.store.sealingState();
  expect(state).toMatchObject({ state: "sealed", master: "k-1", others: 0 });
  expect(state?.keys).toBeGreaterThan(5);
  const [lost] = await mini.store.lostValues({ link: mini.link, limit: 10 });
  expect(JSON.stringify(lost?.value)).toContain("Quartermain");
  const held = await mini.store.heldOf({ links: [mini.link], records: [], identifiers: ["wilhelmina"] });
  expect(JSON.stringify(held)).toContain("w.quartermain@canary.example");
  expect(JSON.stringify(held)).not.toContain(tokenMark);
}

/** Erasures. */
async function erasing(home: TestHome): Promise<void> {
  const database = await home.open(migrated);
  const mini = await sealedScene(database);
  const keysOf = async (): Promise<readonly string[]> => {
    const rows = await database.query<{ id: string }>(
      "select id from data_key where subject in ($1, $2, $3) order by subject",
      [`l:${mini.link}`, `r:crm/contacts/${mini.crmId}`, `r:erp/contacts/${mini.erpId}`],
    );
    return rows.map(({ id }) => id);
  };
  const before = await keysOf();
  expect(before).toHaveLength(3);
  await anonymise(mini);
  const proof = await mini.engine.privacy.erasePerson(mini.link, { by: "ada", why: "asked" });
  expect(proof.rows["journal"]).toBeGreaterThan(3);
  for (const id of await keysOf()) expect(before).not.toContain(id);
  expect(await found(database, before)).toEqual([]);
  const told = JSON.stringify(
    await mini.store.heldOf({ links: [mini.link], records: [], identifiers: ["person.example"] }),
  );
  for (const value of personValues) expect(told).not.toContain(value);
  expect(told).toContain("other@person.example");
  expect((await mini.engine.verify()).broken).toEqual([]);
  expect(await writesOf(mini, mini.engine)).toBe(0);
  expect(await found(database, planted)).toEqual([]);
  // Without the key of a record its next reading brings it; without that of a link nothing is handed on.
  await database.query("delete from data_key where subject like 'r:crm/%'");
  const next = await opened(database, mini);
  expect(await writesOf(mini, next.engine)).toBe(0);
  const all = await next.store.heldOf({ links: [], records: [], identifiers: ["person.example"] });
  expect(JSON.stringify(all)).toContain("other@person.example");
  await database.query("delete from data_key where subject like 'l:%'");
  const last = await opened(database, mini);
  const links = await last.store.linksOfEntity("contacts", 10, null);
  await expect(last.store.loadBundles(links)).rejects.toThrow(SealedElsewhere);
}

/** A store that has values already. */
async function switchingOn(home: TestHome): Promise<void> {
  const database = await home.open(migrated);
  const mini = await personScene({ database });
  expect((await found(database, planted)).length).toBeGreaterThan(20);
  const cuts = await untilDone(
    database,
    () => 2,
    (cut) => createStore({ ...mini.world, database: cut, sealing: testSealing() }).migrate(),
  );
  expect(cuts).toBeGreaterThan(3);
  expect(await found(database, planted)).toEqual([]);
  const { engine, store } = await opened(database, mini);
  expect(await store.sealingState()).toMatchObject({ state: "sealed", others: 0 });
  expect((await engine.verify()).broken).toEqual([]);
  // Nobody but a store that seals may touch an entry, and what was sealed is still what was chained.
  await expect(byHand(database, "update journal set body = '{}'")).rejects.toThrow("append only");
  expect(await writesOf(mini, engine)).toBe(0);
  expect(await found(database, planted)).toEqual([]);
}

/** Master keys. */
async function keys(home: TestHome): Promise<void> {
  const database = await home.open(migrated);
  const world = { entropy: systemEntropy, clock: systemClock };
  const open = async (masters: readonly [string, ...string[]]): Promise<Store> => {
    const store = createStore({ ...world, database, sealing: testSealing(masters) });
    await store.migrate();
    return store;
  };
  const first = await open(["k-1"]);
  await first.savePlan("p-1", { of: "Wilhelmina" });
  await expect(createStore({ ...world, database }).migrate()).rejects.toThrow("`atRest.key`");
  await expect(open(["k-2"])).rejects.toThrow(SealedElsewhere);
  const before = await allRows(database);
  const both = await open(["k-1", "k-2"]);
  await expect(both.rewrapKeys("k-3")).rejects.toThrow("k-3");
  const cuts = await untilDone(
    database,
    (before) => before,
    async (cut) => {
      const store = createStore({ ...world, database: cut, sealing: testSealing(["k-1", "k-2"]) });
      await store.migrate();
      // Cut off between: some keys are under one master key, some under the other, and both are asked for.
      const { master = "", others = 0 } = (await store.sealingState()) ?? {};
      if (master === "k-2" && others > 0)
        for (const one of ["k-1", "k-2"] as const)
          await expect(open([one])).rejects.toThrow("`crossfoot privacy rekey`");
      await store.rewrapKeys("k-2");
    },
  );
  expect(cuts).toBe(2);
  expect(await both.rewrapKeys("k-2")).toBe(0);
  expect(await both.sealingState()).toEqual({ state: "sealed", master: "k-2", keys: 1, others: 0 });
  expect((await allRows(database))["plan"]).toEqual(before["plan"]);
  await expect(open(["k-1"])).rejects.toThrow(SealedElsewhere);
  expect(await (await open(["k-2"])).planBody("p-1")).toEqual({ of: "Wilhelmina" });
  // The right name on other bytes: the store's own key does not open, and nothing else is read.
  await database.query("update sealing set master = 'k-1'");
  await database.query("update data_key set master = 'k-1'");
  await expect(open(["k-1"])).rejects.toThrow(SealedElsewhere);
}

/** A program that was started without the key, and still runs. */
async function keyless(home: TestHome): Promise<void> {
  const database = await home.open(migrated);
  let switchOn: (() => Promise<unknown>) | null = null;
  const mini = await personScene({
    database,
    wrapConnection: (id, connection) => ({
      ...connection,
      async write(writes) {
        const written = await connection.write(writes);
        if (id === "erp") await switchOn?.();
        switchOn = null;
        return written;
      },
    }),
  });
  // Values are sealed while it waits for the answer to a write: it cannot store what came of it.
  const sealing = createStore({ ...mini.world, database, sealing: testSealing() });
  switchOn = () => sealing.migrate();
  mini.crm.edit("contacts", mini.crmId, { family: "Plainword" });
  await expect(mini.engine.run()).rejects.toThrow(SealedElsewhere);
  expect(switchOn).toBeNull();
  const before = mini.crm.writes + mini.erp.writes;
  mini.pass(120_000);
  mini.crm.edit("contacts", mini.crmId, { family: "Plainword-Again" });
  await expect(mini.engine.run()).rejects.toThrow(SealedElsewhere);
  await expect(mini.store.savePlan("p-9", { of: "Plainword" })).rejects.toThrow("started without their key");
  await expect(mini.store.endRun("r-9", "done", { of: "Plainword" })).rejects.toThrow(SealedElsewhere);
  const sign = { holder: "w-9", isAlone: false, ttlMs: 900 };
  await expect(mini.store.beat(sign)).rejects.toThrow(SealedElsewhere);
  expect(mini.crm.writes + mini.erp.writes).toBe(before);
  expect(await found(database, [...planted, "Plainword"])).toEqual([]);
  await byHand(database, "update lease set expires_at = now() - interval '1 hour'");
  // Who has the key asks about the write that was under way, makes it no second time, and goes on.
  const { engine } = await opened(database, mini);
  await engine.run();
  mini.pass(120_000);
  await engine.run();
  const row = mini.erp.rows("contacts").find(({ id }) => id === mini.erpId);
  expect(row?.fields["family"]).toBe("Plainword-Again");
  expect((await engine.verify()).broken).toEqual([]);
  expect(await found(database, [...planted, "Plainword"])).toEqual([]);
}

/** What has to hold of a store whose values are sealed, on both homes: each rule, and what proves it. */
export const atRestRules: readonly (readonly [rule: string, prove: (home: TestHome) => Promise<void>])[] = [
  ["a store whose values are sealed holds none of them, and tells them all the same", nothingPlain],
  ["an erasure destroys the person's keys, and everybody else's values stay", erasing],
  ["a store from before is sealed at the next start, wherever the one before was cut off", switchingOn],
  ["a wrong key is refused; another wraps the keys anew, and the former opens nothing", keys],
  ["a program without the key writes nothing from the moment on that values are sealed", keyless],
];

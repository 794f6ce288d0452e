import { createHash } from "node:crypto";
import { createMemoryStore, createStore, dumpSql, migrated, openEphemeral } from "crossfoot/testing";
import type { Database, Dump, Entropy, MemoryStore, Store } from "crossfoot/testing";
import type { PartyClock } from "./party-clock.ts";

/** A store of a simulation; its clock is a party of its own. */
export interface StoreHome {
  readonly store: Store;
  /** Every table as it is now. */
  readonly dump: () => Promise<Dump>;
  /** The store in memory, where a snapshot can be taken and put back (fault T4); null on PGlite. */
  readonly memory: MemoryStore | null;
  /** Which life of the store this is: another one after each restore. */
  readonly life: { count: number };
  /** Entries of the journal that the store has no more: what people were told then was told. */
  readonly forgotten: Dump[string][number][];
  /** Entries as they were before they were changed or lost (fault T5): they were told too. */
  readonly torn: Dump[string][number][];
  readonly close: () => Promise<void>;
}

const entropy: Entropy = {
  digest: (text) => createHash("sha256").update(text).digest("hex"),
  uuid: () => {
    throw new Error("the store draws no ids of its own");
  },
};

/** Opens a fresh store of one kind. */
export async function openHome(kind: "memory" | "pglite", clock: PartyClock): Promise<StoreHome> {
  if (kind === "pglite") return openOnPglite(clock);
  const memory = createMemoryStore({ entropy, clock });
  return {
    store: memory,
    memory,
    life: { count: 1 },
    forgotten: [],
    torn: [],
    dump: () => Promise.resolve(memory.dump()),
    close: () => memory.close(),
  };
}

/**
 * PGlite with the simulation's clock: a function `now()` of ours comes before PostgreSQL's own, and answers
 * the instant that was set last. It is set where it has changed: virtual time stands still while anything is
 * asked of the store.
 */
function onVirtualTime(database: Database, clock: PartyClock): Database {
  let known: number | null = null;
  const set = async (): Promise<void> => {
    const now = clock.now();
    if (now === known) return;
    await database.query("select set_config('sim.now', $1, false)", [String(now / 1000)]);
    known = now;
  };
  return {
    home: database.home,
    query: async (sql, parameters) => {
      await set();
      return database.query(sql, parameters);
    },
    // Outside the transaction, whose end without a commit would take the instant back.
    transaction: async (work) => {
      await set();
      return database.transaction(work);
    },
    script: async (sql) => {
      await set();
      await database.script(sql);
    },
    close: () => database.close(),
  };
}

const clockSchema = `
  create schema sim;
  create function sim.now() returns timestamptz language sql stable as
    $$ select to_timestamp(current_setting('sim.now')::float8) $$;
  set search_path = sim, public, pg_catalog;
`;

/** A fresh store on PGlite. */
async function openOnPglite(clock: PartyClock): Promise<StoreHome> {
  const database = await openEphemeral(migrated);
  await database.script(clockSchema);
  const store = createStore({ database: onVirtualTime(database, clock), entropy, clock });
  await store.migrate();
  return {
    store,
    memory: null,
    life: { count: 1 },
    forgotten: [],
    torn: [],
    dump: () => dumpSql(database),
    close: () => database.close(),
  };
}

import { createHash } from "node:crypto";
import { createStore, openEphemeral } from "crossfoot/testing";
import type { Database, Entropy, Queryable, Store } from "crossfoot/testing";
import type { PartyClock } from "./party-clock.ts";

/** A store of a simulation; its clock is a party of its own. */
export interface StoreHome {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/**
 * PGlite with the simulation's clock: a function `now()` of ours comes before PostgreSQL's own, and answers
 * the instant that is set before each statement.
 */
function onVirtualTime(database: Database, clock: PartyClock): Database {
  const set = (on: Queryable): Promise<unknown> =>
    on.query("select set_config('sim.now', $1, false)", [String(clock.now() / 1000)]);
  return {
    home: database.home,
    query: async (sql, parameters) => {
      await set(database);
      return database.query(sql, parameters);
    },
    transaction: (work) =>
      database.transaction(async (tx) => {
        await set(tx);
        return work(tx);
      }),
    script: async (sql) => {
      await set(database);
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
export async function openOnPglite(clock: PartyClock): Promise<StoreHome> {
  const database = await openEphemeral();
  await database.script(clockSchema);
  const entropy: Entropy = {
    digest: (text) => createHash("sha256").update(text).digest("hex"),
    uuid: () => {
      throw new Error("the store draws no ids of its own");
    },
  };
  const store = createStore({ database: onVirtualTime(database, clock), entropy, clock });
  await store.migrate();
  return { store, close: () => database.close() };
}

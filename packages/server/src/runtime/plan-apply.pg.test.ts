import * as vitest from "vitest";
import type { Database } from "../ports.ts";
import { createStore } from "../store/store.ts";
import { forEachHome, migrated } from "../testing.ts";
import { cutSuite } from "./testing/plan-cuts.ts";
import { planProperties } from "./testing/plan-properties.ts";
import { inMemory } from "./testing/random-world.ts";

// The store in memory passes the store's own suite; a few of the worlds run on PGlite all the same.
planProperties("memory", { worldCount: 100, openStore: inMemory });
cutSuite(1);
forEachHome(vitest, ["embedded"], (home) => {
  let database: Database | null = null;
  planProperties(home.name, {
    worldCount: 3,
    openStore: async (deps) => {
      database = await home.open(migrated);
      return createStore({ database, ...deps });
    },
    // The clock of this store is real: nobody waits the nine seconds of a dead worker's lease.
    bury: async () => {
      await database?.script(
        "update lease set expires_at = now() - interval '1 second'; delete from worker where true",
      );
    },
  });
});

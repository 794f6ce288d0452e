import * as vitest from "vitest";
import { createStore } from "../store/store.ts";
import { forEachHome } from "../testing.ts";
import { cutSuite } from "./testing/plan-cuts.ts";
import { planProperties } from "./testing/plan-properties.ts";
import { inMemory } from "./testing/random-world.ts";

// The store in memory passes the store's own suite; a few of the worlds run on PGlite all the same.
planProperties("memory", { worldCount: 100, openStore: inMemory });
cutSuite(1);
forEachHome(vitest, ["embedded"], (home) => {
  planProperties(home.name, {
    worldCount: 3,
    openStore: async (deps) => createStore({ database: await home.open(), ...deps }),
  });
});

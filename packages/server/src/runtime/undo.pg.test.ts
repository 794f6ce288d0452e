import * as vitest from "vitest";
import { createStore } from "../store/store.ts";
import { forEachHome, migrated } from "../testing.ts";
import { undoProperties } from "./testing/undo-properties.ts";
import { undoSuite } from "./testing/undo-suite.ts";

// The store in memory passes the store's own suite; a few of the histories run on PGlite all the same.
forEachHome(vitest, ["embedded"], (home) => {
  undoSuite(home);
  undoProperties(home.name, {
    worldCount: 3,
    openStore: async (deps) => createStore({ database: await home.open(migrated), ...deps }),
  });
});

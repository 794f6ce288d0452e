import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { engineSuite } from "./testing/engine-suite.ts";

forEachHome(vitest, ["server"], (home) => engineSuite({ open: () => home.open(migrated) }));

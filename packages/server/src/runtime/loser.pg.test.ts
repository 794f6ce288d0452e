import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { loserSuite } from "./testing/loser-suite.ts";

forEachHome(vitest, ["embedded"], (home) => loserSuite({ open: () => home.open(migrated) }));

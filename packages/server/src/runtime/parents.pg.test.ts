import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { parentSuite } from "./testing/parent-suite.ts";

forEachHome(vitest, ["embedded"], (home) => parentSuite({ open: () => home.open(migrated) }));

import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { lifeSuite } from "./testing/life-suite.ts";

forEachHome(vitest, ["embedded"], (home) => lifeSuite({ open: () => home.open(migrated) }));

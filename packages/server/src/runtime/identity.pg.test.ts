import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { mergeSuite } from "./testing/merge-suite.ts";

forEachHome(vitest, ["embedded"], (home) => mergeSuite({ open: () => home.open(migrated) }));

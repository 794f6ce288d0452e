import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { adoptSuite } from "./testing/adopt-suite.ts";

forEachHome(vitest, ["embedded"], (home) => adoptSuite({ open: () => home.open(migrated) }));

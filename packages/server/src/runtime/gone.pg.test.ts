import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { goneSuite } from "./testing/gone-suite.ts";

forEachHome(vitest, ["embedded"], (home) => goneSuite({ open: () => home.open(migrated) }));

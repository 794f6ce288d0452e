import * as vitest from "vitest";
import { forEachHome, migrated } from "../testing.ts";
import { tellSuite } from "./testing/tell-suite.ts";

forEachHome(vitest, ["embedded"], (home) => tellSuite({ open: () => home.open(migrated) }));

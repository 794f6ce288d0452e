import * as vitest from "vitest";
import { databaseSuite } from "./testing/database-suite.ts";
import { forEachHome } from "./testing/homes.ts";

forEachHome(vitest, ["embedded"], databaseSuite);

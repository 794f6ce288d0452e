import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { loserSuite } from "./testing/loser-suite.ts";

forEachHome(vitest, ["embedded"], loserSuite);

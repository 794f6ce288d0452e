import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { parentSuite } from "./testing/parent-suite.ts";

forEachHome(vitest, ["embedded"], parentSuite);

import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { lifeSuite } from "./testing/life-suite.ts";

forEachHome(vitest, ["embedded"], lifeSuite);

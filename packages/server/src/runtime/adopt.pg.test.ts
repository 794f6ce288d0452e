import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { adoptSuite } from "./testing/adopt-suite.ts";

forEachHome(vitest, ["embedded"], adoptSuite);

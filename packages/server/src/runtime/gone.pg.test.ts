import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { goneSuite } from "./testing/gone-suite.ts";

forEachHome(vitest, ["embedded"], goneSuite);

import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { engineSuite } from "./testing/engine-suite.ts";

forEachHome(vitest, ["server"], engineSuite);

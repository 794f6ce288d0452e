import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { storeSuite } from "./testing/suite.ts";

forEachHome(vitest, ["server"], storeSuite);

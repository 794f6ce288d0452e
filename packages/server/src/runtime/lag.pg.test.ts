import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { lagSuite } from "./testing/lag-suite.ts";

forEachHome(vitest, ["embedded"], lagSuite);

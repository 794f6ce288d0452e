import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { unseenSuite } from "./testing/unseen-suite.ts";

forEachHome(vitest, ["embedded"], unseenSuite);

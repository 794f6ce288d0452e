import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { mergeSuite } from "./testing/merge-suite.ts";

forEachHome(vitest, ["embedded"], mergeSuite);

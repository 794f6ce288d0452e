import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { editSuite } from "./testing/edit-suite.ts";

forEachHome(vitest, ["embedded"], editSuite);

import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { tellSuite } from "./testing/tell-suite.ts";

forEachHome(vitest, ["embedded"], (home) => tellSuite(home));

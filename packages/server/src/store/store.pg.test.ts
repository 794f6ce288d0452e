import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { sqlHome } from "./testing/homes.ts";
import { storeSuite } from "./testing/suite.ts";

forEachHome(vitest, ["embedded"], (home) => {
  storeSuite(sqlHome(home));
});

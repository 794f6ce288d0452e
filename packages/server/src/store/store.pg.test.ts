import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { appendOnlySuite } from "./testing/append-only-suite.ts";
import { sqlHome } from "./testing/homes.ts";
import { epochSuite } from "./testing/epoch-suite.ts";
import { identityStoreSuite } from "./testing/identity-suite.ts";
import { madeSuite } from "./testing/made-suite.ts";
import { storeSuite } from "./testing/suite.ts";

forEachHome(vitest, ["embedded"], (home) => {
  storeSuite(sqlHome(home));
  identityStoreSuite(sqlHome(home));
  epochSuite(sqlHome(home));
  madeSuite(sqlHome(home));
  appendOnlySuite(home);
});

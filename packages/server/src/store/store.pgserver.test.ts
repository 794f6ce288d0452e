import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { appendOnlySuite } from "./testing/append-only-suite.ts";
import { sqlHome } from "./testing/homes.ts";
import { epochSuite } from "./testing/epoch-suite.ts";
import { identityStoreSuite } from "./testing/identity-suite.ts";
import { takingBackSuite } from "./testing/taking-back-suite.ts";
import { storeSuite } from "./testing/suite.ts";

forEachHome(vitest, ["server"], (home) => {
  for (const suite of [storeSuite, identityStoreSuite, takingBackSuite, epochSuite])
    vitest.describe(`${suite.name} in its place`, () => {
      suite(sqlHome(home));
    });
  vitest.describe(`${appendOnlySuite.name} in its place`, () => {
    appendOnlySuite(home);
  });
});

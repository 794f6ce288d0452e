/** The other suites of the store, beside `store.pg.test.ts`: two files run side by side. */
import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { appendOnlySuite } from "./testing/append-only-suite.ts";
import { epochSuite } from "./testing/epoch-suite.ts";
import { sqlHome } from "./testing/homes.ts";
import { identityStoreSuite } from "./testing/identity-suite.ts";
import { takingBackSuite } from "./testing/taking-back-suite.ts";
import { madeSuite } from "./testing/made-suite.ts";

forEachHome(vitest, ["embedded"], (home) => {
  for (const suite of [identityStoreSuite, takingBackSuite, epochSuite, madeSuite])
    vitest.describe(`${suite.name} in its place`, () => {
      suite(sqlHome(home));
    });
  vitest.describe(`${appendOnlySuite.name} in its place`, () => {
    appendOnlySuite(home);
  });
});

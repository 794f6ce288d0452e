import * as vitest from "vitest";
import { forEachHome } from "../../testing.ts";
import { sqlHome } from "../testing/homes.ts";
import { identityStoreSuite } from "../testing/identity-suite.ts";
import { testSealing } from "../testing/sealing.ts";
import { takingBackSuite } from "../testing/taking-back-suite.ts";

const isLinkId = (text: string): boolean => /^l-\w+$/.test(text);

// What SQL finds by values, on a real PostgreSQL; everything else is drawn in twins.pg.test.ts.
forEachHome(vitest, ["server"], (home) => {
  for (const suite of [identityStoreSuite, takingBackSuite])
    vitest.describe(`${suite.name} with its values sealed`, () => {
      suite(sqlHome(home, testSealing(["k-1"], isLinkId)));
    });
});

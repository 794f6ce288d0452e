import { describe } from "vitest";
import { memoryHome } from "../testing/homes.ts";
import { epochSuite } from "../testing/epoch-suite.ts";
import { identityStoreSuite } from "../testing/identity-suite.ts";
import { takingBackSuite } from "../testing/taking-back-suite.ts";
import { madeSuite } from "../testing/made-suite.ts";
import { storeSuite } from "../testing/suite.ts";

for (const suite of [storeSuite, identityStoreSuite, takingBackSuite, epochSuite, madeSuite])
  describe(`${suite.name} in its place`, () => {
    suite(memoryHome);
  });

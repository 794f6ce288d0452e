import { memoryHome } from "../testing/homes.ts";
import { epochSuite } from "../testing/epoch-suite.ts";
import { identityStoreSuite } from "../testing/identity-suite.ts";
import { madeSuite } from "../testing/made-suite.ts";
import { storeSuite } from "../testing/suite.ts";

storeSuite(memoryHome);
identityStoreSuite(memoryHome);
epochSuite(memoryHome);
madeSuite(memoryHome);

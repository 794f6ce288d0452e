import { memoryHome } from "../testing/homes.ts";
import { storeSuite } from "../testing/suite.ts";

storeSuite(memoryHome);

import { consolidateScenario } from "../scenarios/consolidate.ts";
import { liveTryton } from "./live-erp.ts";

consolidateScenario(liveTryton, ["merge crm", "merge erp"]);

import { syncScenario } from "../scenarios/sync.ts";
import { liveTryton } from "./live-erp.ts";

syncScenario(liveTryton);

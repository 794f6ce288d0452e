import { syncScenario } from "../scenarios/sync.ts";
import { liveOdoo } from "./live-erp.ts";

syncScenario(liveOdoo);

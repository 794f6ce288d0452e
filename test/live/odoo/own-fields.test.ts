import { liveOdoo, openLiveOdoo } from "./live-erp.ts";
import { ownFieldScenario } from "./own-field-scenario.ts";

ownFieldScenario({ ...liveOdoo, openWithDesk: openLiveOdoo });

import { demoScenario } from "../scenarios/demo.ts";
import { liveOdoo } from "./live-erp.ts";

demoScenario(liveOdoo);

import { demoScenario } from "../scenarios/demo.ts";
import { liveTryton } from "./live-erp.ts";

demoScenario(liveTryton);

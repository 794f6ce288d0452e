import { cutSuite } from "./testing/plan-cuts.ts";

cutSuite(29);

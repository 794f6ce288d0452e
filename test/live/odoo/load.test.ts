import { loadScenario } from "../scenarios/load.ts";
import { liveOdoo } from "./live-erp.ts";

loadScenario(liveOdoo, {
  size: { seed: 20_261_126, accounts: 300, contactEvery: 10, products: 200 },
  kills: 20,
});

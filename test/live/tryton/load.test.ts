import { loadScenario } from "../scenarios/load.ts";
import { liveTryton } from "./live-erp.ts";

loadScenario(liveTryton, {
  size: { seed: 20_261_126, accounts: 40, contactEvery: 10, products: 60 },
  kills: 3,
});

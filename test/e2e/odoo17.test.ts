import { syncScenario } from "../live/scenarios/sync.ts";
import { odoo17 } from "./odoo17/system.ts";

syncScenario(odoo17, { seed: 5, accounts: 30, contactEvery: 5, products: 20, timeoutSeconds: 2 });

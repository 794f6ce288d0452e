/**
 * A first load into a real Odoo, killed again and again, on lines that lose calls:
 * `npm run soak -- odoo [--accounts 2000] [--products 2000] [--kills 20] [--seed 1]
 * [--only accounts --only contacts --only products]`.
 * Exit code 1 on any fault.
 */
import { liveOdoo } from "../live/odoo/live-erp.ts";
import { soakLoad } from "../live/scenarios/load-soak.ts";

process.exitCode = await soakLoad(liveOdoo, { accounts: "2000", products: "2000", kills: "20" });

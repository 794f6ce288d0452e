/**
 * A first load into a real Tryton, killed again and again, on lines that lose calls:
 * `npm run soak -- tryton [--accounts 5000] [--products 2000] [--kills 40] [--seed 1]
 * [--only accounts --only contacts --only products]`.
 * Exit code 1 on any fault.
 */
import { soakLoad } from "../live/scenarios/load-soak.ts";
import { liveTryton } from "../live/tryton/live-erp.ts";

process.exitCode = await soakLoad(liveTryton, { accounts: "5000", products: "2000", kills: "40" });

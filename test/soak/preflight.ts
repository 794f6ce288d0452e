/**
 * Preflights of random quotes held against what the ERP then does with each:
 * `npm run soak -- preflight [--erp twin|tryton|odoo] [--quotes 500] [--seed 1]`. Exit code 1 on a
 * verdict that nobody can explain.
 */
import { parseArgs } from "node:util";
import { trialFaults, trialText, tryQuotes, unexplainedOf } from "../e2e/preflight-trial.ts";
import { openOdooGround } from "../e2e/preflight-odoo.ts";
import { openTrytonGround } from "../e2e/preflight-tryton.ts";
import { openTwinGround } from "../e2e/preflight-twin.ts";

const { values } = parseArgs({
  options: {
    erp: { type: "string", default: "twin" },
    quotes: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
  },
});
const grounds = { twin: openTwinGround, tryton: openTrytonGround, odoo: openOdooGround };
const isKnown = (name: string): name is keyof typeof grounds => Object.hasOwn(grounds, name);
if (!isKnown(values.erp)) throw new Error(`--erp is one of ${Object.keys(grounds).join(", ")}`);
const ground = await grounds[values.erp](Number(values.seed));
try {
  const all = await tryQuotes(ground, Number(values.quotes), (sofar) => {
    for (const fault of unexplainedOf(sofar.slice(-1))) console.log(`? ${fault}`);
    const hour = new Date().toISOString().slice(11, 19);
    if (sofar.length % 50 === 0) console.log(`${hour} ${trialText(sofar)}`);
  });
  console.log(trialText(all));
  const faults = trialFaults(all);
  for (const fault of faults) console.log(`! ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await ground.close();
}

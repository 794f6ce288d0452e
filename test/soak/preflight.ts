/**
 * Preflights of random quotes held against what the ERP then does with each:
 * `npm run soak -- preflight [--quotes 500] [--seed 1]`. Exit code 1 on a verdict that nobody can explain.
 */
import { parseArgs } from "node:util";
import { trialFaults, trialText, tryQuotes } from "../e2e/preflight-trial.ts";
import { openTwinGround } from "../e2e/preflight-twin.ts";

const { values } = parseArgs({
  options: {
    quotes: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
  },
});
const ground = await openTwinGround(Number(values.seed));
try {
  const all = await tryQuotes(ground, Number(values.quotes));
  console.log(trialText(all));
  const faults = trialFaults(all);
  for (const fault of faults) console.log(`! ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await ground.close();
}

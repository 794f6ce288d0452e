/**
 * A first load on each store, killed again and again:
 * `npm run soak -- kill [--kills 200] [--seed 1] [--home embedded|server|both]`. Exit code 1 on any fault.
 */
import { parseArgs } from "node:util";
import { startPostgres } from "crossfoot/testing";
import { faultsOf, trialText } from "../e2e/kill-judge.ts";
import type { StoreChoice } from "../e2e/kill-stage.ts";
import { killAgainAndAgain } from "../e2e/kill-trial.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    home: { type: "string", default: "both" },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const homes = values.home === "both" ? (["embedded", "server"] as const) : [values.home];

/** Enough to load that most of the kills hit a load that is under way: twenty of them need 120 accounts. */
const share = Math.max(1, kills / 32);
const size = {
  seed,
  accounts: Math.round(120 * share),
  products: Math.round(60 * share),
  history: Math.round(24 * share),
  quotes: Math.round(24 * share),
  timeoutSeconds: 3,
};

async function soakOn(store: StoreChoice): Promise<number> {
  console.log(`${store.home}, ${kills} kills, seed ${seed}`);
  const trial = await killAgainAndAgain({ size, store, kills, say: (text) => console.log(text) });
  console.log(trialText(trial));
  const faults = Object.entries(faultsOf(trial)).flatMap(([promise, found]: [string, readonly string[]]) =>
    found.map((fault) => `! ${promise}: ${fault}`),
  );
  for (const fault of faults) console.log(fault);
  return faults.length;
}

let found = 0;
for (const home of homes) {
  if (home === "server") {
    const server = await startPostgres();
    try {
      found += await soakOn({ home, url: await server.createDatabase() });
    } finally {
      await server.stop();
    }
  } else found += await soakOn({ home: "embedded" });
}
process.exitCode = found === 0 ? 0 : 1;

/**
 * A first load into a real Tryton, killed again and again, on lines that lose calls:
 * `npm run soak -- tryton [--accounts 5000] [--products 2000] [--kills 40] [--seed 1]
 * [--only accounts --only contacts --only products]`.
 * Exit code 1 on any fault.
 */
import { parseArgs } from "node:util";
import { trytonPlace, whyNot } from "crossfoot/testing";
import { openLoadStage } from "../live/tryton/load-stage.ts";
import { faultsOfLoad, loadAgainAndAgain, loadText } from "../live/tryton/load-trial.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "5000" },
    products: { type: "string", default: "2000" },
    kills: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true, default: ["accounts", "contacts", "products"] },
  },
});
const size = {
  seed: Number(values.seed),
  accounts: Number(values.accounts),
  products: Number(values.products),
};
const place = trytonPlace(process.env);
const reason = whyNot(place);
if (reason !== null) throw new Error(reason);

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const { accounts, products, seed } = size;
say(`${accounts} accounts, ${products} products, ${values.kills} kills, seed ${seed}`);
const stage = await openLoadStage(place, size);
say("both systems are filled");
try {
  const trial = await loadAgainAndAgain(stage, { size, kills: Number(values.kills), only: values.only, say });
  console.log(loadText(trial));
  const linked = trial.statement.entities.map((one) => `${one.entity} ${one.linked}`);
  console.log(`linked: ${linked.join(", ")}`);
  for (const work of trial.work) console.log(`  ${work}`);
  const faults = faultsOfLoad(trial);
  for (const fault of faults.slice(0, 200)) console.log(`! ${fault}`);
  console.log(`${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await stage.close();
}

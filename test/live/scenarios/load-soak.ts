import { parseArgs } from "node:util";
import type { LiveSystem } from "./live-erp.ts";
import { openLiveStage } from "./live-stage.ts";
import { faultsOfLoad, loadAgainAndAgain, loadText } from "./load-trial.ts";

/** How much a soak loads, and how often it is killed, when it is not told otherwise. */
export interface SoakDefaults {
  readonly accounts: string;
  readonly products: string;
  readonly kills: string;
}

/** A big first load under kills, as the program's arguments ask for it. Answers the exit code. */
export async function soakLoad(system: LiveSystem, defaults: SoakDefaults): Promise<number> {
  const { values } = parseArgs({
    options: {
      accounts: { type: "string", default: defaults.accounts },
      products: { type: "string", default: defaults.products },
      kills: { type: "string", default: defaults.kills },
      seed: { type: "string", default: "1" },
      only: { type: "string", multiple: true, default: ["accounts", "contacts", "products"] },
    },
  });
  if (system.reason !== null) throw new Error(system.reason);
  const size = {
    seed: Number(values.seed),
    accounts: Number(values.accounts),
    contactEvery: 10,
    products: Number(values.products),
  };
  const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
  const { accounts, products, seed } = size;
  say(`${system.title}: ${accounts} accounts, ${products} products, ${values.kills} kills, seed ${seed}`);
  const stage = await openLiveStage(system, size);
  say("both systems are filled");
  try {
    const kills = Number(values.kills);
    const trial = await loadAgainAndAgain(stage, { size, kills, only: values.only, say });
    console.log(loadText(trial));
    const linked = trial.statement.entities.map((one) => `${one.entity} ${one.linked}`);
    console.log(`linked: ${linked.join(", ")}`);
    for (const work of trial.work) console.log(`  ${work}`);
    const faults = faultsOfLoad(trial);
    for (const fault of faults.slice(0, 200)) console.log(`! ${fault}`);
    console.log(`${faults.length} faults`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await stage.close();
  }
}

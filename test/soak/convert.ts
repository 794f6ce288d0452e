/**
 * Won quotes become one order each by the HTTP API of two programs on one store: asked for by two users,
 * twice at once, while calls of both systems are lost and programs are killed.
 * `npm run soak -- convert [--erp twin|tryton|odoo] [--quotes 1000] [--kill-every 25] [--lanes 4] [--seed 1]
 * [--home server|embedded]`. The embedded home has one program. Exit code 1 on any fault.
 */
import { parseArgs } from "node:util";
import { startPostgres } from "crossfoot/testing";
import { liveGround, twinGround } from "../e2e/convert-ground.ts";
import { conversionText } from "../e2e/convert-judge.ts";
import { runConversions } from "../e2e/convert.ts";
import { liveOdoo } from "../live/odoo/live-erp.ts";
import { liveTryton } from "../live/tryton/live-erp.ts";

const { values } = parseArgs({
  options: {
    erp: { type: "string", default: "twin" },
    quotes: { type: "string", default: "1000" },
    "kill-every": { type: "string", default: "25" },
    lanes: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
    home: { type: "string", default: "server" },
  },
});
const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const system = [liveTryton, liveOdoo].find(({ name }) => name === values.erp);
const server = values.home === "server" || system !== undefined ? await startPostgres() : null;
try {
  const url = await server?.createDatabase();
  const ground = system === undefined ? await twinGround(url) : await liveGround(system, url ?? "");
  try {
    const done = await runConversions(ground, {
      ...{ seed: Number(values.seed), quotes: Number(values.quotes), lanes: Number(values.lanes), say },
      ...{ programs: server === null ? 1 : 2, killEvery: Number(values["kill-every"]) },
    });
    console.log(conversionText(done));
    for (const fault of done.faults) console.log(`! ${fault}`);
    process.exitCode = done.faults.length === 0 ? 0 : 1;
  } finally {
    await ground.close();
  }
} finally {
  await server?.stop();
}

/**
 * A burst of webhook deliveries at `crossfoot up`: `npm run soak -- hooks [--deliveries 10000] [--senders 64]
 * [--seed 1] [--home embedded|server]`. Exit code 1 on any fault. How long answers took is printed.
 */
import { parseArgs } from "node:util";
import { startPostgres } from "crossfoot/testing";
import { burstFaults, burstText, runBurst } from "../e2e/hook-burst.ts";

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "10000" },
    senders: { type: "string", default: "64" },
    seed: { type: "string", default: "1" },
    home: { type: "string", default: "embedded" },
  },
});
const size = {
  seed: Number(values.seed),
  settleSeconds: 900,
  deliveries: Number(values.deliveries),
  senders: Number(values.senders),
};
const server = values.home === "server" ? await startPostgres() : null;
try {
  const store = server === null ? {} : { storeUrl: await server.createDatabase() };
  const burst = await runBurst({ ...size, ...store }, (text) => console.log(text));
  console.log(burstText(burst));
  const faults = burstFaults(burst);
  for (const fault of faults) console.log(`! ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await server?.stop();
}

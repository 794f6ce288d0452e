/**
 * Won quotes become one order each by the HTTP API: asked for twice at once, with answers of the ERP lost and
 * the program killed. `npm run soak -- convert [--quotes 1000] [--home embedded|server]`. Exit code 1 on any
 * fault.
 */
import { parseArgs } from "node:util";
import { startPostgres } from "crossfoot/testing";
import { conversionFaults, conversionText, runConversions } from "../e2e/convert.ts";

const { values } = parseArgs({
  options: {
    quotes: { type: "string", default: "1000" },
    home: { type: "string", default: "embedded" },
  },
});
const server = values.home === "server" ? await startPostgres() : null;
try {
  const store = server === null ? {} : { storeUrl: await server.createDatabase() };
  const size = { quotes: Number(values.quotes), loseEvery: 7, killEvery: 25, ...store };
  const done = await runConversions(size);
  console.log(conversionText(done));
  const faults = conversionFaults(done);
  for (const fault of faults) console.log(`! ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await server?.stop();
}

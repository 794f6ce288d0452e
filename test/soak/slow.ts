/**
 * Slow connections to `crossfoot up`, and people who ask beside them:
 * `npm run soak -- slow [--connections 2000] [--calls 200]`. Exit code 1 on any fault.
 */
import { parseArgs } from "node:util";
import { besideCrowd, crowdFaults, crowdText } from "../e2e/slow-crowd.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "2000" },
    calls: { type: "string", default: "200" },
  },
});
const size = { connections: Number(values.connections), calls: Number(values.calls) };
const beside = await besideCrowd(size);
console.log(crowdText(beside));
const faults = crowdFaults(beside, size);
for (const fault of faults) console.log(`! ${fault}`);
console.log(`${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

/**
 * Requests to the HTTP API made from its document: `npm run soak -- fuzz [--requests 100000] [--seed 1]`.
 * Exit code 1 when one is answered 500, or otherwise than the document says, or when the memory grows from
 * world to world.
 */
import { parseArgs } from "node:util";
import { fuzzing, growthOf, memoryText } from "crossfoot/testing";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const { fuzzStatuses, runFuzz } = await fuzzing();
const { sent, statuses, fault, logged, held } = await runFuzz({ requests: Number(values.requests), seed });
const growth = growthOf(held);
console.log(`${sent} requests, seed ${seed}: ${JSON.stringify(statuses)}`);
console.log(memoryText(held));
const faults = [
  ...(fault === null ? [] : [`request ${sent}: ${fault}`]),
  ...logged.map((line) => `logged: ${line}`),
  ...(growth === 0 ? [] : [`the heap grew by ${growth} bytes`]),
  ...fuzzStatuses
    .filter((each) => statuses[each] === undefined)
    .map((each) => `nothing was answered ${each}`),
];
for (const each of faults) console.log(`! ${each}`);
console.log(`${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

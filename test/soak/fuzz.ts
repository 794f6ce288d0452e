/**
 * Requests to the HTTP API made from its document: `npm run soak -- fuzz [--requests 100000] [--seed 1]`.
 * Exit code 1 and the request when one is answered 500, or otherwise than the document says, and when
 * the memory grows from world to world.
 */
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});
const fuzzSoak = { requests: Number(values.requests), seed: Number(values.seed) };
const files = ["packages/server/src/http/api/fuzz.test.ts"];
const vitest = await startVitest(files, {
  ...{ run: true, watch: false, project: "unit", reporters: ["verbose"] },
  provide: { fuzzSoak },
});
const tests = vitest.state.getTestModules().flatMap(({ children }) => [...children.allTests()]);
const passed = tests.filter((one) => one.ok()).length;
console.log(`${passed} of ${tests.length} fuzz tests hold, over ${fuzzSoak.requests} requests`);
await vitest.close();
process.exitCode = tests.length > 0 && passed === tests.length ? 0 : 1;

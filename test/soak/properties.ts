/**
 * Random tests with other cases than the ones that every run of a commit draws.
 * `npm run soak -- properties [--seed N] [PATH ...]`: the tests of the suites `unit` and `store`, or those
 * under the paths. Without a seed the clock gives one; it is printed first, and names the run. Exit code 1
 * when a test fails.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" } },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!Number.isInteger(seed)) throw new Error("--seed is a whole number");
console.log(`seed ${seed}`);
const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project", "unit", "--project", "store", ...positionals],
  {
    stdio: "inherit",
    env: { ...process.env, CROSSFOOT_PROPERTY_SEED: String(seed) },
  },
);
process.exitCode = status ?? 1;

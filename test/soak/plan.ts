/**
 * Plan = apply over random worlds: `npm run soak -- plan [--worlds 1000] [--seed 1]`. Each of the four
 * properties looks at so many worlds. Exit code 1 and the smallest world when an apply did anything else.
 */
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const planSoak = { worlds: Number(values.worlds), seed: Number(values.seed) };
const files = ["packages/server/src/runtime/plan-apply.prop.test.ts"];
const vitest = await startVitest(files, {
  ...{ run: true, watch: false, project: "unit", reporters: ["verbose"] },
  provide: { planSoak },
});
const tests = vitest.state.getTestModules().flatMap(({ children }) => [...children.allTests()]);
const passed = tests.filter((one) => one.ok()).length;
console.log(`${passed} of ${tests.length} properties hold, each over ${planSoak.worlds} random worlds`);
await vitest.close();
process.exitCode = tests.length > 0 && passed === tests.length ? 0 : 1;

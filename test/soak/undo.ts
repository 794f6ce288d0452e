/**
 * Undo over random histories: `npm run soak -- undo [--histories 1000] [--seed 1]`. Exit code 1 and the
 * shortest history when both systems are not as before the run, but for what the plan lists.
 */
import { parseArgs } from "node:util";
import { undoing } from "crossfoot/testing";

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const worldCount = Number(values.histories);
const seed = Number(values.seed);
const { inMemory, undoHistories } = await undoing();
const startedAt = performance.now();
const seen = await undoHistories({ worldCount, seed, openStore: inMemory });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`${worldCount} random histories drawn, seed ${seed}, in ${seconds} s; none breaks the promise`);
console.log(`${seen.histories} of them wrote something and were undone; ${seen.again} of those undone again`);
console.log(`${seen.undone} fields held their value before the run again`);
console.log(`${seen.takenBack} records that the run had made were archived or cancelled`);
console.log(
  `left alone and listed: ${seen.changed} changed since, ${seen.refused} refused with the reason, ` +
    `${seen.done} as before already`,
);

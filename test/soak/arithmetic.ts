/**
 * Random pairs of documents in two systems: each difference of totals is explained to the last step of its
 * currency, or reported as unexplained. `npm run soak -- arithmetic [--pairs 10000] [--seed 1]`.
 */
import { parseArgs } from "node:util";
import { explain } from "@crossfoot/model";
import { faultsOf } from "../golden/arithmetic/judge.ts";
import { randomCompanyPair, randomPair } from "../golden/arithmetic/random-pair.ts";

const { values } = parseArgs({
  options: { pairs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const [pairs, first] = [Number(values.pairs), Number(values.seed)];
const counts = new Map<string, number>();
const faults: string[] = [];
const add = (name: string): Map<string, number> => counts.set(name, (counts.get(name) ?? 0) + 1);
let equal = 0;
for (let seed = first; seed < first + pairs; seed += 1) {
  const { a, b, plant } = randomPair(seed);
  const found = explain(a, b);
  add(`${plant}: ${found.kind}`);
  if (found.kind === "explained") {
    if (found.changes.length === 0) equal += 1;
    else add(`by ${found.changes.length} changes`);
  }
  faults.push(...faultsOf(found, a, b).map((fault) => `seed ${seed}: ${fault}`));
  // Where nobody typed anything, a rule or an edit is the cause, and must be found.
  if (plant !== "typed" && found.kind !== "explained") faults.push(`seed ${seed}: ${found.kind}`);
  // Totals in the company's currency at rates and dates that differ, of a tenth as many.
  if (seed % 10 !== 0) continue;
  const pair = randomCompanyPair(seed);
  const converted = explain(pair.a, pair.b);
  add(`company: ${converted.kind}`);
  faults.push(...faultsOf(converted, pair.a, pair.b).map((fault) => `company seed ${seed}: ${fault}`));
  if (converted.kind !== "explained") faults.push(`company seed ${seed}: ${converted.kind}`);
}
for (const [name, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${count} ${name}`);
console.log(`${equal} with equal totals`);
for (const fault of faults) console.log(fault);
console.log(`${pairs} pairs, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

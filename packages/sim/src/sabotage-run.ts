import { runOrders } from "./pool.ts";
import { saboteurOf, saboteurs } from "./saboteurs.ts";
import type { Saboteur } from "./saboteurs/saboteur.ts";
import type { Order } from "./seed-run.ts";
import type { Wish } from "./wish.ts";

/** A saboteur must be found within so many seeds. */
const seedsMax = 300;

/** Runs one saboteur, or all of them. Exit code 0 when each was found by the checker it was meant for. */
export async function runSabotage(wish: Wish, name: string): Promise<number> {
  const wanted = name === "all" ? saboteurs : [saboteurOf(name)];
  let found = 0;
  for (const saboteur of wanted) found += (await isFound(wish, saboteur)) ? 1 : 0;
  const failed = wanted.length - found;
  wish.say(`${found} passed, ${failed} failed`);
  return failed === 0 && found > 0 ? 0 : 1;
}

async function isFound(wish: Wish, saboteur: Saboteur): Promise<boolean> {
  const { say } = wish;
  let foundAt: number | null = null;
  let seeds = 0;
  const others = new Set<string>();
  const orders = ordersOf(wish, saboteur);
  await runOrders(orders, wish.jobs, (report) => {
    seeds += 1;
    for (const { invariant } of report.violations) {
      if (invariant !== saboteur.invariant) others.add(invariant);
      else foundAt ??= report.seed;
    }
    return foundAt === null;
  });
  const also = others.size === 0 ? "" : `; also ${[...others].toSorted().join(", ")}`;
  const { name, invariant } = saboteur;
  if (foundAt === null) say(`${name}: ${invariant} NOT found in ${seeds} seeds${also}`);
  else say(`${name}: ${invariant} found with seed ${String(foundAt)} after ${seeds} seeds${also}`);
  return foundAt !== null;
}

function* ordersOf(wish: Wish, saboteur: Saboteur): Generator<Order, undefined> {
  for (let seed = wish.from; seed < wish.from + seedsMax; seed += 1) {
    yield { seed, faults: wish.faults ?? saboteur.faults ?? null, sabotage: saboteur.name, scenario: null };
  }
}

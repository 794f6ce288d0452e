import type { JsonMap } from "@crossfoot/kernel";
import { restoredBy } from "../auditor/restores.ts";
import { wordOf } from "../auditor/text.ts";
import type { Checker, Sight, Violation } from "../checker.ts";

/** Deliveries that the store was given at once, each with its result, and how many results it told. */
interface Saved {
  readonly deliveries: readonly JsonMap[];
  readonly results: number;
}

/**
 * I21: a forged delivery is refused and nothing of it is stored, so that no call can follow from it; one that
 * comes again is worked on once, as far as a restored store knows; one that was taken was stored before its
 * sender heard so. The store tells one result for each delivery. That the final state is that of polling
 * alone follows from the other checkers, which know nothing of deliveries.
 */
export function webhooksHarmless(_sight: Sight): Checker {
  let looked = 0;
  /** Deliveries that the store took, and when as something not seen before. */
  const stored = new Map<string, readonly number[]>();
  const known = new Set<string>();
  const forged = new Set<string>();
  const sent = new Set<string>();
  const violation = (at: number, message: string): Violation => ({
    invariant: "I21",
    message,
    at,
    about: null,
  });
  /** One of the deliveries of a commit. */
  const keep = (facts: JsonMap, at: number): readonly Violation[] => {
    const name = `${wordOf(facts["connection"])}/${wordOf(facts["id"])}`;
    known.add(name);
    if (facts["result"] !== "stored") return [];
    const times = [...(stored.get(name) ?? []), at];
    stored.set(name, times);
    if (forged.has(name)) return [violation(at, `the forged delivery ${name} was stored`)];
    return times.length > 1 ? [violation(at, `the delivery ${name} was worked on twice`)] : [];
  };
  const keepAll = ({ deliveries, results }: Saved, at: number): readonly Violation[] => {
    const message = `the store told ${results} results of ${deliveries.length} deliveries`;
    const miscounted = results === deliveries.length ? [] : [violation(at, message)];
    return [...miscounted, ...deliveries.flatMap((facts) => keep(facts, at))];
  };
  return {
    invariant: "I21",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      const { asOf } = restoredBy(entry) ?? {};
      if (asOf !== undefined)
        for (const [name, times] of stored)
          stored.set(
            name,
            times.filter((at) => at <= asOf),
          );
      if (entry.kind === "store" && entry.step === "done" && entry.method === "saveDeliveries")
        return keepAll(entry.facts as unknown as Saved, entry.at);
      if (entry.kind !== "delivery") return [];
      looked += 1;
      const name = `${entry.system}/${entry.delivery}`;
      if (!entry.isForged) sent.add(name);
      const isTaken = entry.status !== null && entry.status < 300;
      if (entry.isForged) {
        forged.add(name);
        if (!isTaken && !known.has(name)) return [];
        return [violation(entry.at, `the forged delivery ${name} was taken`)];
      }
      if (!isTaken || known.has(name)) return [];
      return [violation(entry.at, `the delivery ${name} was answered ${entry.status} before it was stored`)];
    },
    atEnd: ({ at }) => {
      const others = [...stored.keys()].filter((name) => !sent.has(name));
      return others.map((name) => violation(at, `the delivery ${name} was stored, and nobody sent it`));
    },
  };
}

import type { JsonMap } from "@crossfoot/kernel";
import { wordOf } from "../auditor/text.ts";
import type { Checker, Sight, Violation } from "../checker.ts";

interface Hold {
  readonly worker: string;
  readonly name: string;
  readonly fence: number;
  until: number;
}

/** Steps of the store that are made under a lease. */
const fenced: ReadonlySet<string> = new Set(["commitDecisions", "commitOutcomes", "claimIntents"]);

/**
 * I25: no two workers hold the lease of one link at one instant of the store's clock, and the store takes no
 * write under a token that is not the newest. Who holds what follows from the leases that were granted, not
 * from the tokens that writes name.
 */
export function oneLeaseHolder(_sight: Sight): Checker {
  let looked = 0;
  const newest = new Map<string, Hold>();
  /** The newest hold of each worker, whatever its name. */
  const byWorker = new Map<string, Hold>();
  /** Who last wrote a link, under which hold. */
  const links = new Map<string, Hold>();
  const violation = (at: number, message: string, about: JsonMap): Violation => ({
    invariant: "I25",
    message,
    at,
    about,
  });
  const acquired = (at: number, worker: string, lease: JsonMap): readonly Violation[] => {
    looked += 1;
    const hold = {
      worker,
      name: wordOf(lease["name"]),
      fence: Number(lease["fence"]),
      until: at + Number(lease["ttlMs"]),
    };
    const before = newest.get(hold.name);
    newest.set(hold.name, hold);
    byWorker.set(`${worker}\n${hold.name}`, hold);
    byWorker.set(worker, hold);
    const isHeld = before !== undefined && before.worker !== worker && before.until > at;
    // Whoever has it next ends what was held before, also where its end was never heard of.
    if (before !== undefined) before.until = Math.min(before.until, at - 1);
    if (!isHeld) return [];
    const message = `${worker} got the lease ${hold.name}, which ${before.worker} still holds`;
    return [violation(at, message, { worker, holder: before.worker })];
  };
  const wrote = (at: number, worker: string, facts: JsonMap, method: string): readonly Violation[] => {
    const hold = byWorker.get(`${worker}\n${wordOf(facts["lease"])}`) ?? byWorker.get(worker);
    const touched = (facts["links"] ?? []) as readonly string[];
    if (touched.length === 0) return [];
    looked += 1;
    if (hold === undefined) return [violation(at, `${worker} did ${method} without a lease`, { worker })];
    const current = newest.get(hold.name);
    if (current !== undefined && current !== hold && current.fence > hold.fence) {
      const message = `the store took ${method} of ${worker} under token ${hold.fence}, not ${current.fence}`;
      return [violation(at, message, { worker, holder: current.worker })];
    }
    return touched.flatMap((link) => {
      const other = links.get(link);
      links.set(link, hold);
      const isHeld = other !== undefined && other.worker !== worker && other.until > at;
      if (!isHeld) return [];
      const message = `${worker} did ${method} for a link that ${other.worker} still holds`;
      return [violation(at, message, { worker, holder: other.worker, link })];
    });
  };
  return {
    invariant: "I25",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "store" || entry.step !== "done" || entry.facts === null) return [];
      const facts = entry.facts as JsonMap;
      const { at, worker, method } = entry;
      if (method === "acquireLease") return acquired(at, worker, facts);
      if (fenced.has(method)) return wrote(at, worker, facts, method);
      const hold = newest.get(wordOf(facts["name"]));
      if (hold === undefined || hold.fence !== facts["fence"]) return [];
      if (method === "renewLease") hold.until = at + Number(facts["ttlMs"]);
      if (method === "releaseLease") hold.until = at - 1;
      return [];
    },
  };
}

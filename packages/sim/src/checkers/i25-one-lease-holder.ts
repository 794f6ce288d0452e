import type { JsonMap, LinkId } from "@crossfoot/kernel";
import { shardOf } from "crossfoot/testing";
import { wordOf } from "../auditor/text.ts";
import type { Checker, Sight, Violation } from "../checker.ts";

interface Hold {
  readonly worker: string;
  readonly holder: string;
  readonly name: string;
  readonly fence: number;
  until: number;
}

/** Steps of the store that are made under the leases of shards. */
const fenced: ReadonlySet<string> = new Set(["commitDecisions", "commitOutcomes", "claimIntents"]);

type Granted = readonly (readonly [name: string, fence: number])[];
const grantedOf = (facts: JsonMap): Granted => (facts["holds"] ?? []) as unknown as Granted;

/**
 * I25: no two workers hold the lease of one link at one instant of the store's clock, and the store takes no
 * write under a token that is not the newest. Who holds what follows from the leases that were granted, not
 * from the tokens that writes name. A link's lease is that of its shard.
 */
export function oneLeaseHolder({ scenario }: Sight): Checker {
  let looked = 0;
  const newest = new Map<string, Hold>();
  /** The newest hold of each lease that each worker had. */
  const byWorker = new Map<string, Hold>();
  const violation = (at: number, message: string, about: JsonMap): Violation => ({
    invariant: "I25",
    message,
    at,
    about,
  });
  const acquired = (at: number, worker: string, facts: JsonMap): readonly Violation[] =>
    grantedOf(facts).flatMap(([name, fence]) => {
      looked += 1;
      const until = at + Number(facts["ttlMs"]);
      const hold = { worker, holder: wordOf(facts["holder"]), name, fence, until };
      const before = newest.get(name);
      newest.set(name, hold);
      byWorker.set(`${worker}\n${name}`, hold);
      if (before === undefined || before.worker === worker || before.until <= at) return [];
      const message = `${worker} got the lease ${name}, which ${before.worker} still holds`;
      return [violation(at, message, { worker, holder: before.worker })];
    });
  const wrote = (at: number, worker: string, facts: JsonMap, method: string): readonly Violation[] =>
    ((facts["links"] ?? []) as readonly string[]).flatMap((link) => {
      looked += 1;
      const name = `shard ${shardOf(link as LinkId)}`;
      const hold = byWorker.get(`${worker}\n${name}`);
      const current = newest.get(name);
      if (hold === undefined || current === undefined) {
        return [violation(at, `${worker} did ${method} without the lease of ${name}`, { worker, link })];
      }
      if (current === hold || current.fence <= hold.fence) return [];
      const message = `the store took ${method} of ${worker} under token ${hold.fence}, not ${current.fence}`;
      return [violation(at, message, { worker, holder: current.worker, link })];
    });
  const changed = (at: number, facts: JsonMap, method: string): void => {
    const given = new Map(grantedOf(facts));
    for (const hold of newest.values()) {
      const isOwn = hold.holder === facts["holder"];
      if (method === "beat" && isOwn && hold.until >= at) hold.until = at + Number(facts["ttlMs"]);
      if ((method === "leave" && isOwn) || given.get(hold.name) === hold.fence) hold.until = at - 1;
    }
  };
  return {
    invariant: "I25",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      // The store that comes back from a backup knows of no lease that was granted since.
      if (scenario.store === "memory" && entry.kind === "fault" && entry.fault.name === "T4") {
        newest.clear();
        byWorker.clear();
      }
      if (entry.kind !== "store" || entry.step !== "done") return [];
      const { at, worker, method } = entry;
      if (method === "confirmEpoch")
        // Whoever confirms another epoch ends every lease: no token of before is good any more.
        for (const hold of newest.values())
          newest.set(hold.name, { ...hold, worker: "nobody", holder: "", fence: hold.fence + 1, until: at });
      if (entry.facts === null) return [];
      const facts = entry.facts as JsonMap;
      if (method === "acquireLease" || method === "takeShards") return acquired(at, worker, facts);
      if (fenced.has(method)) return wrote(at, worker, facts, method);
      if (["beat", "giveShards", "releaseLease", "leave"].includes(method)) changed(at, facts, method);
      return [];
    },
  };
}

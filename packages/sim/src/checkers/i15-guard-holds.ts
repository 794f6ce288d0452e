import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import { wordOf } from "../auditor/text.ts";
import { roles } from "../auditor/things.ts";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import { broughtBy } from "../system/commit.ts";

type Written = readonly [entity: string, kind: string, plan: string | null, link: string];

/** Harm of these kinds adds up over the guard's window, which is longer than a run. */
const addedUp: ReadonlySet<string> = new Set(["archive", "unarchive", "delete"]);

/** Writes, by entity and kind, of which a commit may be one. */
const kindsOf = ({ entity, op }: Commit): readonly string[] =>
  (op === "write" ? ["update", "transition"] : [op]).map((kind) => `${entity}\n${kind}\n`);

/**
 * I15: what is decided at once stays within the guard before the first of it is written, and archives and
 * deletes do so over all runs and workers together, unless a person approved just that plan. Judged until the
 * operator lifts the guard, and only where one is set.
 */
export function guardHolds(sight: Sight): Checker {
  const { guard } = sight.scenario;
  let looked = 0;
  let isOver = guard === null;
  const approved = new Set<string>();
  const sums = new Map<string, number>();
  /** Writes that were decided without an approval. */
  const open = new Set<string>();
  /**
   * Those of them since whose decision nothing of their kind has come to a system: decided again, such a one
   * was withdrawn, or its system has refused it.
   */
  const unmade = new Set<string>();
  const linkedMax = (entity: string): number =>
    Math.max(...roles.map((role) => sight.systems[role].rows(entity as EntityName).length));
  return {
    invariant: "I15",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "phase" && entry.phase === "heal") isOver = true;
      if (entry.kind === "commit" && broughtBy(entry.commit.actor) !== null)
        for (const write of unmade)
          if (kindsOf(entry.commit).some((kind) => write.startsWith(kind))) unmade.delete(write);
      if (entry.kind === "applying" && entry.isApproved) approved.add(entry.plan);
      if (isOver || guard === null || entry.kind !== "store" || entry.step !== "done") return [];
      const facts = entry.facts as JsonMap;
      if (entry.method !== "commitDecisions") return [];
      const writes = (facts["writes"] ?? []) as readonly Written[];
      const counts = new Map<string, number>();
      for (const [entity, kind, plan, link] of writes) {
        const name = `${entity}\n${kind}`;
        const write = `${name}\n${link}`;
        if (plan !== null && approved.has(plan)) {
          // What was decided before and never made is asked for by that plan now.
          if (!open.delete(write)) continue;
          sums.set(name, (sums.get(name) ?? 0) - 1);
          continue;
        }
        open.add(write);
        if (unmade.has(write)) continue;
        unmade.add(write);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return [...counts].flatMap(([name, count]): readonly Violation[] => {
        const [entity = "", kind = ""] = name.split("\n");
        const limit = guard[kind];
        if (limit === undefined) return [];
        looked += 1;
        const sum = (sums.get(name) ?? 0) + count;
        sums.set(name, sum);
        const harm = addedUp.has(kind) ? sum : count;
        const most = Math.max(
          limit.countFree,
          Math.min(limit.countMax, Math.floor(limit.shareMax * linkedMax(entity))),
        );
        if (harm <= most) return [];
        const message = `${entry.worker} decided ${count} ${kind} of ${entity}, ${harm} in all; ${most} pass`;
        const about = { entity: wordOf(entity), kind };
        return [{ invariant: "I15", message, at: entry.at, about }];
      });
    },
  };
}

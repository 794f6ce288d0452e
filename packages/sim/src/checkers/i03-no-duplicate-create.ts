import { isUnseenLife, rowOfCommit } from "../auditor/unseen-life.ts";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Commit } from "../system/commit.ts";

/**
 * I03: per (link, generation, connection) the remote's commit log holds at most one create by us, counting
 * records deleted since. Our reference stands for link and generation: every attempt carries the same. Where
 * the other system has only ever had one record of a thing, two creates are one too many whatever they carry.
 * One that a person deleted before we could know of it cannot be told from one that never landed.
 */
export function noDuplicateCreate(sight: Sight): Checker {
  const { systems } = sight;
  const made = new Map<string, Commit>();
  const madeOf = new Map<string, Commit>();
  const twice = (commit: Commit, first: string): Violation => {
    const { system, entity, id, tag, at } = commit;
    return {
      invariant: "I03",
      message: `${system} got ${entity} ${tag} from us twice: ${first} and ${id}`,
      at,
      about: { system, entity, tag, ids: [first, id] },
    };
  };
  return {
    invariant: "I03",
    looked: () => made.size,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "commit" || entry.commit.op !== "create") return [];
      const { system, entity, tag, actor } = entry.commit;
      if (actor.kind !== "us") return [];
      const name = `${system}/${entity}/${actor.reference}`;
      const first = made.get(name);
      made.set(name, entry.commit);
      if (isUnseenLife(sight, rowOfCommit(sight, first), entry.at)) return [];
      if (first !== undefined) return [twice(entry.commit, first.id)];
      const thing = `${system}/${entity}/${tag}`;
      const known = madeOf.get(thing);
      madeOf.set(thing, entry.commit);
      const other = systems[system === "crm" ? "erp" : "crm"].log;
      const isPlain = (log: readonly Commit[]): boolean =>
        log.every((each) => each.entity !== entity || each.tag !== tag || each.after.life === "live");
      const sources = other.filter(
        (each) => each.entity === entity && each.tag === tag && each.op === "create",
      ).length;
      const isTwice = known !== undefined && sources <= 1 && isPlain(other) && isPlain(systems[system].log);
      return isTwice ? [twice(entry.commit, known.id)] : [];
    },
  };
}

import type { Checker, Sight, Violation } from "../checker.ts";

/**
 * I03: per (link, generation, connection) the remote's commit log holds at most one create by us, counting
 * records deleted since. Our reference stands for link and generation: every attempt carries the same.
 */
export function noDuplicateCreate(_sight: Sight): Checker {
  const made = new Map<string, string>();
  return {
    invariant: "I03",
    looked: () => made.size,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "commit" || entry.commit.op !== "create") return [];
      const { system, entity, id, tag, actor } = entry.commit;
      if (actor.kind !== "us") return [];
      const name = `${system}/${entity}/${actor.reference}`;
      const first = made.get(name);
      made.set(name, id);
      if (first === undefined) return [];
      return [
        {
          invariant: "I03",
          message: `${system} got ${entity} ${tag} from us twice: ${first} and ${id}`,
          at: entry.at,
          about: { system, entity, tag, ids: [first, id] },
        },
      ];
    },
  };
}

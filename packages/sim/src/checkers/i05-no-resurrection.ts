import { isOfAnotherDouble } from "../auditor/doubles.ts";
import type { Role } from "../auditor/things.ts";
import { isUnseenLife, rowOfCommit } from "../auditor/unseen-life.ts";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Commit } from "../system/commit.ts";

/** What a person may do to bring a record back. */
const returns: ReadonlySet<Commit["op"]> = new Set(["create", "restore", "unarchive", "unmerge"]);

/**
 * I05: after a person has deleted one of two linked records, we neither make it again nor bring an archived
 * one back, until a person does, or answers a question of ours. That two are linked is known where we made
 * one of them.
 */
export function noResurrection(sight: Sight): Checker {
  const { systems } = sight;
  let looked = 0;
  /** When a person last answered open questions: what becomes of a deletion may have been one. */
  let answeredAt = -Infinity;
  const commitsOf = ({ entity, tag }: Commit): readonly Commit[] =>
    [...systems.crm.log, ...systems.erp.log]
      .filter((each) => each.entity === entity && each.tag === tag)
      .toSorted((a, b) => a.at - b.at);
  return {
    invariant: "I05",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "answers" && entry.count > 0) answeredAt = entry.at;
      if (entry.kind !== "commit") return [];
      const { commit } = entry;
      const isPersons = commit.actor.kind === "person";
      if (isPersons && commit.op === "delete") looked += 1;
      if (commit.actor.kind !== "us" || (commit.op !== "create" && commit.op !== "unarchive")) return [];
      const before = commitsOf(commit).filter((each) => each !== commit);
      const deleted = before.findLast(({ op, actor }) => op === "delete" && actor.kind === "person");
      if (deleted === undefined) return [];
      const wasLinked = before.some(
        ({ op, actor, at }) => op === "create" && actor.kind === "us" && at < deleted.at,
      );
      const isBack =
        answeredAt > deleted.at ||
        before.some(({ op, actor, at }) => at > deleted.at && actor.kind === "person" && returns.has(op));
      const row = rowOfCommit(sight, deleted);
      if (!wasLinked || isBack || isUnseenLife(sight, row, entry.at)) return [];
      const rows = (role: Role) =>
        systems[role].everyRow(commit.entity).filter((one) => one.tag === commit.tag);
      const doubles = { crm: rows("crm"), erp: rows("erp") };
      const of = row === undefined ? null : { row, role: deleted.system };
      if (commit.op === "create" && of !== null && isOfAnotherDouble(of, commit, doubles)) return [];
      const { system, entity, tag, id } = commit;
      const message = `${system} ${entity} ${tag} was deleted by a person and came back by us as ${id}`;
      return [{ invariant: "I05", message, at: entry.at, about: { system, entity, tag, id } }];
    },
  };
}

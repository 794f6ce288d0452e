import type { EntityName } from "@crossfoot/model";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import type { Role } from "../auditor/things.ts";
import { otherOf, roles } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import { isUnseenLife } from "../auditor/unseen-life.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { standing } from "../system/model-system.ts";

/** A merge that a person made, with the records of both names in both systems. */
interface Merge {
  readonly role: Role;
  readonly loser: Row;
  readonly survivor: Row;
  readonly commit: Commit;
}

/**
 * I28: after a merge nothing is made or archived by us because of it, and at quiet whoever was merged stands
 * under the link of the record that it went into, or a person is asked; after it was taken back they are two
 * again.
 */
export function identitySurvives(sight: Sight): Checker {
  let looked = 0;
  const merges = new Map<string, Merge>();
  const undos = new Set<string>();
  const violation = (at: number, message: string, { loser }: Merge): Violation => ({
    invariant: "I28",
    message,
    at,
    about: { entity: loser.entity, tag: loser.tag },
  });
  return {
    invariant: "I28",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      // Somebody was asked and has answered: what becomes of it now is a person's word, not the merge's.
      if (entry.kind === "answers" && entry.count > 0) merges.clear();
      if (entry.kind === "planned" && entry.undoes !== undefined) undos.add(entry.plan.id);
      if (entry.kind === "applying" && undos.has(entry.plan)) merges.clear();
      if (entry.kind !== "commit") return [];
      const { commit } = entry;
      const merge = mergeOf(sight, commit);
      if (merge !== null) {
        looked += 1;
        merges.set(`${commit.system}/${commit.entity}/${commit.id}`, merge);
      }
      if (commit.actor.kind !== "us" || !["create", "archive", "delete"].includes(commit.op)) return [];
      return [...merges.values()].flatMap((known) =>
        isBecauseOf(sight, commit, known)
          ? [
              violation(
                entry.at,
                `we did ${commit.op} on ${commit.system} ${commit.tag} after a merge`,
                known,
              ),
            ]
          : [],
      );
    },
    atQuiet: (facts) => {
      const told = new Told(sight, facts);
      return [...merges.values()].flatMap((merge) => {
        looked += 1;
        const what = stray(sight, merge, { told, facts });
        return what === null ? [] : [violation(facts.at, what, merge)];
      });
    },
  };
}

function mergeOf({ systems }: Sight, commit: Commit): Merge | null {
  const { system: role, entity, id } = commit;
  const { into } = commit.after;
  if (commit.op !== "merge" || commit.actor.kind !== "person" || into === null) return null;
  const loser = systems[role].row(entity, id);
  const survivor = systems[role].row(entity, into);
  return loser === undefined || survivor === undefined ? null : { role, loser, survivor, commit };
}

/** Rows of a name in a system. */
const named = ({ systems }: Sight, role: Role, entity: EntityName, tag: string): readonly Row[] =>
  systems[role].rows(entity).filter((row) => row.tag === tag);

/** That two records were linked is known where we made one of them. */
const isPair = (rows: readonly Row[], before: number): boolean =>
  rows.some(({ commits: [first] }) => first?.actor.kind === "us" && first.at < before);

/** A record of the loser is made again, or one of either is put away, though nobody asked for it. */
function isBecauseOf(sight: Sight, commit: Commit, { role, loser, survivor, commit: merge }: Merge): boolean {
  const { entity, tag, at } = commit;
  if (entity !== loser.entity || at <= merge.at || (tag !== loser.tag && tag !== survivor.tag)) return false;
  const all = roles.flatMap((side) => named(sight, side, entity, tag));
  // Since the merge the records of both names are one thing: what a person deletes of it counts for all.
  const both = roles.flatMap((side) =>
    [loser.tag, survivor.tag].flatMap((name) => named(sight, side, entity, name)),
  );
  const isAsked = both.some(({ commits }) =>
    commits.some(
      ({ op, actor }) => op !== "write" && op !== "merge" && op !== "create" && actor.kind === "person",
    ),
  );
  if (isAsked) return false;
  if (commit.op !== "create") return true;
  // We had made the loser's counterpart: what a person made there beside it is a thing of its own.
  const makers = named(sight, otherOf(role), entity, tag).map(({ commits: [first] }) => first?.actor.kind);
  if (commit.system === role && makers.includes("us") && makers.includes("person")) return false;
  if (isUnseenLife(sight, loser, at)) return false;
  const isFirst = named(sight, commit.system, entity, tag).every((row) => row.id === commit.id);
  return commit.system === role && tag === loser.tag && !isFirst && isPair(all, merge.at);
}

/** How a merge did not come out; null when it did, or when a person is asked. */
function stray(
  sight: Sight,
  { role, loser, survivor }: Merge,
  { told }: { readonly told: Told; readonly facts: StoreFacts },
): string | null {
  const isGone = [survivor, loser].some((row) =>
    row.commits.some(({ op, actor }) => op === "delete" && actor.kind === "person"),
  );
  const isAsked = [loser, survivor].some((row) => told.isOpen(role, row, "*"));
  if (isGone || isAsked || standing(survivor).life !== "live") return null;
  const [mine, theirs] = [told.linkOf(role, loser), told.linkOf(role, survivor)];
  if (mine === undefined || theirs === undefined) return null;
  const { entity, tag } = loser;
  if (standing(loser).into === survivor.id)
    return mine === theirs || told.stateOf(role, loser) === "merged"
      ? null
      : `${role} ${entity} ${tag} was merged into ${survivor.tag}, and stands under a link of its own`;
  if (standing(loser).into !== null || standing(loser).life !== "live") return null;
  // What was merged on the other side too is one thing there, and counts as one until that is taken back.
  const others = [loser, survivor].map((row) => named(sight, otherOf(role), entity, row.tag));
  const isOneThere = others.some((rows, index) =>
    rows.some((row) => others[1 - index]?.some(({ id }) => standing(row).into === id) === true),
  );
  if (mine === theirs && isOneThere) return null;
  if (mine === theirs) return `${role} ${entity} ${tag} is back, and still counts as ${survivor.tag}`;
  const [partner, ...more] = named(sight, otherOf(role), entity, tag);
  if (partner === undefined || more.length > 0 || standing(partner).life !== "live") return null;
  if (told.isOpen(otherOf(role), partner, "*") || told.linkOf(otherOf(role), partner) === mine) return null;
  return isPair([loser, partner], loser.commits.find(({ op }) => op === "merge")?.at ?? 0)
    ? `${role} ${entity} ${tag} is back, and its record on the other side is not linked with it`
    : null;
}

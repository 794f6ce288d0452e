import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { changesOf, isOneValue } from "../auditor/changes.ts";
import type { FieldChange } from "../auditor/changes.ts";
import { mistakenFor } from "../auditor/forgotten-record.ts";
import { isOfForgottenLife } from "../auditor/restores.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Thing } from "../auditor/things.ts";
import { isSame, plainAfter, roles, thingsOf } from "../auditor/things.ts";
import { rowsOf } from "../auditor/told.ts";
import { undoKeys } from "../auditor/undos.ts";
import { isUnseenLife } from "../auditor/unseen-life.ts";
import type { Row } from "../system/model-system.ts";

/** Where others made a record with a field left blank, which changes nothing and is a value all the same. */
const blanksOf = (sight: Sight, thing: Thing, field: string): readonly FieldChange[] =>
  roles.flatMap((role) =>
    thing.rows[role].flatMap(({ commits: [first] }): readonly FieldChange[] => {
      if (first === undefined || first.actor.kind === "us") return [];
      const value = plainAfter(sight.systems[role], first)[field];
      return isSame(value, null) ? [{ role, value, commit: first }] : [];
    }),
  );

/**
 * Merges of a thing's records, and merges taken back; also those that we carry out by archiving a record or
 * bringing it back, as a plan that consolidates shows.
 */
const moves = ({ rows }: Thing, planned: ReadonlySet<string>): number =>
  roles
    .flatMap((role) => rows[role].flatMap(({ commits }) => commits))
    .filter(
      ({ op, actor }) =>
        op === "merge" ||
        op === "unmerge" ||
        ((op === "archive" || op === "unarchive") && actor.kind === "us" && planned.has(actor.key)),
    ).length;

const rowOf = (thing: Thing, { role, commit }: FieldChange): Row | undefined =>
  thing.rows[role].find(({ commits }) => commits.includes(commit));

/**
 * I07: each value that we write comes from a commit of somebody else, no commit of somebody else makes us
 * change a field twice, and each intent names a cause. A person's answer to a question of ours is a cause as
 * well, and so is a merge. What a restored store has forgotten of ours is somebody else's commit to it.
 */
export function noEcho(sight: Sight): Checker {
  let looked = 0;
  /** When a person answered open questions. */
  const answeredAt: number[] = [];
  /** What became of records that were merged or deleted was asked, and is made again by a person's word. */
  const isAnswered = (thing: Thing, { commit }: FieldChange): boolean =>
    commit.op === "create" &&
    answeredAt.some(
      (at) =>
        at <= commit.at &&
        roles.some((role) =>
          thing.rows[role].some((row) =>
            row.commits.some(({ op, at: gone }) => (op === "merge" || op === "delete") && gone < at),
          ),
        ),
    );
  let isForgotten: ReturnType<typeof isOfForgottenLife> = () => false;
  const ofField = (
    thing: Thing,
    field: string,
    { at, undone }: { readonly at: number; readonly undone: ReadonlySet<string> },
  ): readonly Violation[] => {
    const changes = roles.flatMap((role) =>
      thing.rows[role].flatMap((row) => changesOf(sight, { row, role, field })),
    );
    const isOurs = ({ commit }: FieldChange): boolean => commit.actor.kind === "us";
    const ours = changes.filter(isOurs);
    const theirs = [
      ...changes,
      ...mistakenFor(sight, thing).flatMap(({ role, row }) => changesOf(sight, { row, role, field })),
    ].filter((change) => !isOurs(change));
    const given = [...theirs, ...blanksOf(sight, thing, field)];
    looked += ours.length;
    const about = { entity: thing.entity, tag: thing.tag, field };
    // What an undo writes, a person asked for.
    const isUndo = ({ commit: { actor } }: FieldChange): boolean =>
      actor.kind === "us" && undone.has(actor.key);
    const unasked = ours.filter((change) => !isUndo(change));
    const invented = unasked.filter(
      ({ commit, value }) =>
        !given.some(
          (source) =>
            source.commit.at <= commit.at && isOneValue(sight, { commit, field }, [source.value, value]),
        ),
    );
    const found = invented.map(({ role, value, commit }) => ({
      invariant: "I07",
      message:
        `${role} ${thing.entity} ${thing.tag}: we wrote ${field} ` +
        `${JSON.stringify(value ?? null)}, which nobody gave`,
      at: commit.at,
      about,
    }));
    const forgotten = ours.filter(({ commit }) => isForgotten(commit));
    const caused = unasked.filter(
      (change) =>
        !forgotten.includes(change) &&
        !isAnswered(thing, change) &&
        !isUnseenLife(sight, rowOf(thing, change)),
    );
    // Who is who is a commit of somebody else too, and may bring any field.
    const causes = theirs.length + moves(thing, undone) + forgotten.length;
    if (caused.length <= causes) return found;
    const message =
      `${thing.entity} ${thing.tag}: ${causes} commits of others made us change ${field} ` +
      `${caused.length} times`;
    return [...found, { invariant: "I07", message, at, about }];
  };
  return {
    invariant: "I07",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "answers" && entry.count > 0) answeredAt.push(entry.at);
      return [];
    },
    atEnd: (facts: StoreFacts) => {
      const { at } = facts;
      isForgotten = isOfForgottenLife(sight.history);
      const undone = undoKeys(facts);
      return [
        ...thingsOf(sight).flatMap((thing) =>
          carriedFields(sight, thing.entity).flatMap((field) => ofField(thing, field, { at, undone })),
        ),
        ...rowsOf(facts, "intent").flatMap((row): readonly Violation[] => {
          const causes = row["causes"];
          if (Array.isArray(causes) && causes.length > 0) return [];
          const message = `intent ${String(row["key"])} names no cause`;
          return [{ invariant: "I07", message, at: facts.at, about: { key: String(row["key"]) } }];
        }),
      ];
    },
  };
}

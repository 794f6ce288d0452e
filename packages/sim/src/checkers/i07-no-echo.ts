import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { changesOf, isOneValue } from "../auditor/changes.ts";
import type { FieldChange } from "../auditor/changes.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Thing } from "../auditor/things.ts";
import { isSame, plainAfter, roles, thingsOf } from "../auditor/things.ts";
import { rowsOf } from "../auditor/told.ts";

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
 * I07: each value that we write comes from a commit of somebody else, no commit of somebody else makes us
 * change a field twice, and each intent names a cause.
 */
export function noEcho(sight: Sight): Checker {
  let looked = 0;
  const ofField = (thing: Thing, field: string, at: number): readonly Violation[] => {
    const changes = roles.flatMap((role) =>
      thing.rows[role].flatMap((row) => changesOf(sight, { row, role, field })),
    );
    const isOurs = ({ commit }: FieldChange): boolean => commit.actor.kind === "us";
    const ours = changes.filter(isOurs);
    const theirs = changes.filter((change) => !isOurs(change));
    const given = [...theirs, ...blanksOf(sight, thing, field)];
    looked += ours.length;
    const about = { entity: thing.entity, tag: thing.tag, field };
    const invented = ours.filter(
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
    if (ours.length <= theirs.length) return found;
    const message =
      `${thing.entity} ${thing.tag}: ${theirs.length} commits of others made us change ${field} ` +
      `${ours.length} times`;
    return [...found, { invariant: "I07", message, at, about }];
  };
  return {
    invariant: "I07",
    looked: () => looked,
    atEnd: (facts: StoreFacts) => [
      ...thingsOf(sight).flatMap((thing) =>
        carriedFields(sight, thing.entity).flatMap((field) => ofField(thing, field, facts.at)),
      ),
      ...rowsOf(facts, "intent").flatMap((row): readonly Violation[] => {
        const causes = row["causes"];
        if (Array.isArray(causes) && causes.length > 0) return [];
        const message = `intent ${String(row["key"])} names no cause`;
        return [{ invariant: "I07", message, at: facts.at, about: { key: String(row["key"]) } }];
      }),
    ],
  };
}

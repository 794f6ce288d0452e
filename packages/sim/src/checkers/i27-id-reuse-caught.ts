import type { Checker, Sight, Violation } from "../checker.ts";
import { changesOf } from "../auditor/changes.ts";
import { isForgottenRecord } from "../auditor/forgotten-record.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Role } from "../auditor/things.ts";
import { isSame, otherOf, roles } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import type { Row } from "../system/model-system.ts";
import { standing } from "../system/model-system.ts";

/** An id that its system gave to another record after the first was deleted. */
interface Reuse {
  readonly role: Role;
  readonly gone: Row;
  readonly newcomer: Row;
}

/**
 * I27: a record that got the id of a deleted one is never taken for it: at quiet it stands under a link of
 * its own, or a person is asked, never beside the partner of the one that is gone, and no value of it was
 * written to that partner. A store that was restored from before it knew of the first cannot tell the two
 * apart: what was made of the first joins whoever has the id (decision 0017).
 */
export function idReuseCaught(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I27",
    looked: () => looked,
    atQuiet: (facts) => {
      const told = new Told(sight, facts);
      return reusesIn(sight).flatMap((reuse) => {
        const { role, gone: row, newcomer } = reuse;
        const from = newcomer.commits[0]?.at ?? 0;
        if (isForgottenRecord(sight.history, { role, row }, from)) return [];
        looked += 1;
        return wrongs(sight, reuse, told).map((what): Violation => {
          const lives = `${row.tag} before and ${newcomer.tag} now`;
          const message = `${role} ${newcomer.entity} ${newcomer.id}, ${lives}: ${what}`;
          const about = { entity: newcomer.entity, tag: newcomer.tag, id: newcomer.id };
          return { invariant: "I27", message, at: facts.at, about };
        });
      });
    },
  };
}

function reusesIn({ scenario, systems }: Sight): readonly Reuse[] {
  return roles.flatMap((role) =>
    scenario.entities.flatMap((entity) => {
      const { names } = systems[role];
      const byId = Map.groupBy(systems[role].everyRow(entity), ({ id }) => id);
      return [...byId.values()].flatMap((rows) =>
        rows.slice(1).flatMap((newcomer, at): readonly Reuse[] => {
          const gone = rows[at];
          // What was made again under its old id by another hand, or merged with it, is one thing for people.
          const isOne = gone !== undefined && names.of(entity, gone.tag) === names.of(entity, newcomer.tag);
          return gone === undefined || isOne ? [] : [{ role, gone, newcomer }];
        }),
      );
    }),
  );
}

function wrongs(sight: Sight, reuse: Reuse, told: Told): readonly string[] {
  const { role, gone, newcomer } = reuse;
  const partners = partnersOf(sight, reuse);
  const isLast = sight.systems[role].row(newcomer.entity, newcomer.id) === newcomer;
  const isThere = isLast && standing(newcomer).life === "live";
  const link = told.linkOf(role, newcomer);
  const isBeside = partners.some(
    (partner) => link !== undefined && told.linkOf(otherOf(role), partner) === link,
  );
  const isKnown = link !== undefined || told.isOpen(role, newcomer, "*");
  const taken = partners.flatMap((partner) => takenFrom(sight, reuse, partner));
  return [
    ...(isThere && isBeside ? [`it stands beside the partner of ${gone.tag}`] : []),
    ...(isThere && !isKnown ? ["it has no link, and nobody is asked"] : []),
    ...taken.map((field) => `its ${field} was written to the partner of ${gone.tag}`),
  ];
}

/** Records of the other side that were linked with the one that is gone: we had made one of the two. */
function partnersOf({ systems }: Sight, { role, gone }: Reuse): readonly Row[] {
  const other = systems[otherOf(role)];
  const name = systems[role].names.of(gone.entity, gone.tag);
  return other
    .everyRow(gone.entity)
    .filter((row) => other.names.of(row.entity, row.tag) === name && other.row(row.entity, row.id) === row)
    .filter((row) => [row, gone].some(({ commits: [first] }) => first?.actor.kind === "us"));
}

/** Fields of a partner that we gave a value which only the newcomer ever had. */
function takenFrom(sight: Sight, { role, gone, newcomer }: Reuse, partner: Row): readonly string[] {
  const other = otherOf(role);
  return carriedFields(sight, partner.entity).filter((field) => {
    const own = [
      ...changesOf(sight, { row: gone, role, field }),
      ...changesOf(sight, { row: partner, role: other, field }).filter(
        ({ commit }) => commit.actor.kind !== "us",
      ),
    ];
    const theirs = changesOf(sight, { row: newcomer, role, field });
    return changesOf(sight, { row: partner, role: other, field }).some(
      ({ commit, value }) =>
        commit.actor.kind === "us" &&
        !isSame(value, null) &&
        theirs.some((one) => one.commit.at <= commit.at && isSame(one.value, value)) &&
        !own.some((one) => isSame(one.value, value)),
    );
  });
}

import type { JsonMap } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { Readings } from "../auditor/readings.ts";
import { roles } from "../auditor/things.ts";
import { textOf } from "../auditor/text.ts";
import { rowsOf } from "../auditor/told.ts";
import { standing } from "../system/model-system.ts";
import { isOutside } from "../system/scope.ts";

/**
 * I09: each commit is observed by the first reading that ends after it became visible, when its stamp lies in
 * the declared overlap; one with an older stamp by the next sweep, so that at quiet the store has each record
 * as it stands.
 */
export function lateCommitsSeen(sight: Sight): Checker {
  let looked = 0;
  const readings = new Readings(sight);
  return {
    invariant: "I09",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      const ended = readings.see(entry);
      if (ended === null) return [];
      const { role, entity, at, overlapFrom, steady, isStored } = ended;
      return steady.flatMap(({ row, state }): readonly Violation[] => {
        if (state.stamp < overlapFrom) return [];
        looked += 1;
        if (isStored(row, state)) return [];
        const message =
          `${role} ${entity} ${row.id} (${row.tag}) was visible and within the overlap, and a whole ` +
          `reading did not see it`;
        return [{ invariant: "I09", message, at, about: { system: role, entity, id: row.id } }];
      });
    },
    atQuiet: (facts) => unseenAtQuiet(sight, facts, () => (looked += 1)),
  };
}

function unseenAtQuiet(sight: Sight, facts: StoreFacts, look: () => void): readonly Violation[] {
  const stored = new Map(
    rowsOf(facts, "observation").map((row) => [
      `${String(row["connection"])}/${String(row["entity"])}/${String(row["external_id"])}`,
      row,
    ]),
  );
  return roles.flatMap((role) =>
    sight.scenario.entities.flatMap((entity) =>
      sight.systems[role].rows(entity).flatMap((row): readonly Violation[] => {
        const state = standing(row);
        if (state.life === "deleted") return [];
        look();
        const seen = stored.get(`${role}/${entity}/${row.id}`)?.["native"] as JsonMap | undefined;
        const isSeen =
          seen !== undefined &&
          Object.entries(seen).every(([root, value]) => textOf(value) === textOf(state.native[root] ?? null));
        // What lies outside the filter and was never inside is none of ours.
        if (isSeen || (seen === undefined && isOutside(state))) return [];
        const message = `${role} ${entity} ${row.id} (${row.tag}) is not known as it stands`;
        return [{ invariant: "I09", message, at: facts.at, about: { system: role, entity, id: row.id } }];
      }),
    ),
  );
}

import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { rowsOf } from "../auditor/told.ts";
import type { Role } from "../auditor/things.ts";
import { roles } from "../auditor/things.ts";

/**
 * I24: after crashes, restart alone settles everything: at quiet no write is under way or in doubt, no run
 * counts as going on that nobody carries on, and nothing is left to a person because of a doubt on a system
 * that can be asked about it; but for a create when a person deleted a record of that thing there: then
 * finding nothing proves nothing. What the crash did to the systems is judged by the other checkers.
 */
export function crashHarmless(sight: Sight): Checker {
  let looked = 0;
  let crashes = 0;
  const ended = new Set<string>();
  /** `system/entity/tag` of what a person deleted. */
  const deleted = new Set<string>();
  const violation = (facts: StoreFacts, message: string): Violation => ({
    invariant: "I24",
    message,
    at: facts.at,
    about: null,
  });
  return {
    invariant: "I24",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "worker" && entry.event === "killed") {
        crashes += 1;
        ended.add(entry.worker);
      }
      if (entry.kind === "commit" && entry.commit.op === "delete" && entry.commit.actor.kind !== "us") {
        const { system, entity, tag } = entry.commit;
        deleted.add(`${system}/${entity}/${tag}`);
      }
      return [];
    },
    atQuiet: (facts) => {
      if (crashes === 0) return [];
      looked += crashes;
      const parks = rowsOf(facts, "park").filter(({ state }) => state === "open");
      const unprovable = parks.filter(
        ({ reason, connection }) =>
          reason === "doubt_unprovable" &&
          roles.some((role) => role === connection && canBeAsked(sight, role)),
      );
      const isOfDeleted = (park: { readonly [column: string]: unknown }): boolean =>
        rowsOf(facts, "intent").some(
          ({ key, kind, fields }) =>
            key === park["intent_key"] &&
            kind === "create" &&
            Object.values(fields as { readonly [field: string]: unknown }).some((value) =>
              deleted.has(`${String(park["connection"])}/${String(park["entity"])}/${String(value)}`),
            ),
        );
      const open = rowsOf(facts, "intent").filter(({ state }) => state === "sending" || state === "in_doubt");
      const running = rowsOf(facts, "run").filter(
        ({ id, state }) =>
          state === "running" && [...ended].some((name) => String(id).startsWith(`${name}-`)),
      );
      return [
        ...unprovable
          .filter((park) => !isOfDeleted(park))
          .map(({ entity }) => violation(facts, `a doubt about ${String(entity)} was left to a person`)),
        ...open.map(({ key, state }) => violation(facts, `intent ${String(key)} is left ${String(state)}`)),
        ...running.map(({ id }) => violation(facts, `run ${String(id)} of a dead worker counts as going on`)),
      ];
    },
  };
}

/** Whether the system keeps our reference, so that a write in doubt can be found. */
const canBeAsked = ({ systems }: Sight, role: Role): boolean =>
  systems[role].profile.createProof !== "fingerprint";

import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import type { Entry } from "../history.ts";
import { carriedFields, corresponds } from "../auditor/terms.ts";
import type { Role } from "../auditor/things.ts";
import { plainPair, roles, thingsOf } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import type { Row } from "../system/model-system.ts";

/**
 * I06: once people have stopped and faults are healed, every linked pair agrees in every carried field, or a
 * person is told; then idle cycles make no writes at all.
 */
export function convergence(sight: Sight): Checker {
  let looked = 0;
  let isIdle = false;
  return {
    invariant: "I06",
    looked: () => looked,
    see: (entry: Entry): readonly Violation[] => {
      if (entry.kind === "phase") isIdle = entry.phase === "idle";
      if (!isIdle || entry.kind !== "call" || entry.call !== "write") return [];
      const keys = entry.writes.map(({ kind, entity, id }) => `${kind} ${entity} ${id ?? ""}`);
      const message = `a write in an idle cycle: ${entry.system} ${keys.join(", ")}`;
      return [{ invariant: "I06", message, at: entry.at, about: { system: entry.system, writes: keys } }];
    },
    atEnd: (facts: StoreFacts) => {
      const told = new Told(sight, facts);
      return thingsOf(sight).flatMap((thing) => {
        const pair = plainPair(sight, thing);
        if (pair === null) return [];
        return carriedFields(sight, thing.entity).flatMap((field): Violation[] => {
          looked += 1;
          const values = {
            crm: shown(sight, "crm", pair.crm)[field],
            erp: shown(sight, "erp", pair.erp)[field],
          };
          const isTold = roles.some(
            (role) => told.isOpen(role, pair[role], field) || told.lostOf(role, pair[role], field).length > 0,
          );
          if (corresponds(sight, { entity: thing.entity, field }, values) || isTold) return [];
          return [
            {
              invariant: "I06",
              message:
                `${thing.entity} ${thing.tag}: ${field} differs and nobody is told: ` +
                `crm ${text(values.crm)}, erp ${text(values.erp)}`,
              at: facts.at,
              about: { entity: thing.entity, tag: thing.tag, field },
            },
          ];
        });
      });
    },
  };
}

const shown = (sight: Sight, role: Role, row: Row): { readonly [field: string]: Json } =>
  sight.systems[role].decode(row.entity, row.commits.at(-1)?.after.native ?? {});
const text = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

import type { EntityName } from "@crossfoot/model";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { standing } from "../system/model-system.ts";

/** Entities whose records are business documents: a second one is ordered, delivered or paid twice. */
const documents: ReadonlySet<EntityName> = new Set(["quotes", "orders", "invoices", "shipments"]);

/** What puts a document into the state of being live. */
const arrivals: ReadonlySet<Commit["op"]> = new Set(["create", "restore", "unarchive", "unmerge"]);

const isOurs = (row: Row): boolean => row.commits[0]?.actor.kind === "us";

/**
 * I04: at no instant has a source document more than one live document of ours on the other side, over all
 * paths. Sources of one name are those that people ever made under it: a draft that was thrown away and made
 * again is two.
 */
export function oneLiveDocument({ systems }: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I04",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "commit") return [];
      const { system, entity, tag, op } = entry.commit;
      if (!documents.has(entity) || !arrivals.has(op)) return [];
      const named = (side: "crm" | "erp"): readonly Row[] =>
        systems[side].rows(entity).filter((row) => row.tag === tag && row.commits.length > 0);
      const live = named(system).filter((row) => isOurs(row) && standing(row).life === "live");
      if (live.length === 0) return [];
      looked += 1;
      const sources = named(system === "crm" ? "erp" : "crm").filter((row) => !isOurs(row));
      if (live.length <= sources.length) return [];
      const ids = live.map(({ id }) => id);
      const message =
        `${system} has ${live.length} live ${entity} ${tag} of ours (${ids.join(", ")}) for ` +
        `${sources.length} on the other side`;
      return [{ invariant: "I04", message, at: entry.at, about: { system, entity, tag, ids } }];
    },
  };
}

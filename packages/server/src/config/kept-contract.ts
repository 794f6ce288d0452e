import type { Json } from "@crossfoot/kernel";
import { contractOfTerms, entityNames } from "@crossfoot/model";
import type { Project } from "./project.ts";

/** The project as it was under another contract: what decides is that contract, all else is as it is now. */
export function projectUnder(
  project: Project,
  kept: { readonly terms: Json; readonly hash: string; readonly version: string | null },
): Project {
  const contract = contractOfTerms(kept.terms);
  return {
    ...project,
    contract,
    contractHash: kept.hash,
    contractVersion: kept.version,
    entities: entityNames.filter((name) => contract.entities[name].enabled),
  };
}

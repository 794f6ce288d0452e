import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { defaultContract, entityNames } from "@crossfoot/model";
import type { Contract } from "@crossfoot/model";
import type { Project } from "./project.ts";

/**
 * A contract from the JSON that the store kept of it. What a later Crossfoot asks for and it does not say is
 * empty; an entity that it does not know is switched off. Never throws.
 */
export function keptContract(terms: Json): Contract {
  const kept = isMap(terms) ? (terms as unknown as Partial<Contract>) : {};
  const entities = entityNames.map((name) => {
    const own = kept.entities?.[name];
    const usual = { ...defaultContract.entities[name], edgeCases: [], fields: {} };
    return [name, own === undefined ? { ...usual, enabled: false } : { ...usual, ...own }] as const;
  });
  return { signers: [], ...kept, entities: Object.fromEntries(entities) as Contract["entities"] };
}

/** The project as it was under another contract: what decides is that contract, all else is as it is now. */
export function projectUnder(
  project: Project,
  kept: { readonly terms: Json; readonly hash: string; readonly version: string | null },
): Project {
  const contract = keptContract(kept.terms);
  return {
    ...project,
    contract,
    contractHash: kept.hash,
    contractVersion: kept.version,
    entities: entityNames.filter((name) => contract.entities[name].enabled),
  };
}

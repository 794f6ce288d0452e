import type { EntityAbilities, Manifest } from "@crossfoot/connector-sdk";
import type { EntityPolicy } from "@crossfoot/kernel";
import type { CheckFinding } from "./engine.ts";
import { mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Hosts that a connection may connect to: what its address names, and nothing else. */
export function reachOf({ id, hosts }: Side): readonly CheckFinding[] {
  if (hosts === undefined) return [];
  return [{ severity: "ok", about: id, message: `may connect to ${hosts.join(", ")} and to no other host` }];
}

const abilityWords = [
  ["create", "create"],
  ["update", "update"],
  ["archive", "archive"],
  ["unarchive", "bring back"],
  ["merge", "merge"],
  ["unmerge", "unmerge"],
  ["notes", "add notes"],
] as const;

/** What may be written of an entity: by what the system offers, under this contract and mapping. */
function writesOf(
  { observed }: World,
  side: Side,
  { policy, can }: { readonly policy: EntityPolicy; readonly can: EntityAbilities },
): readonly string[] {
  const isTarget = Object.values(policy.fields).some(({ targets }) => targets.includes(side.id));
  if (!isTarget || observed?.includes(side.id) === true) return [];
  const words = abilityWords.flatMap(([ability, word]) => (can[ability] === true ? [word] : []));
  const steps = can.transitions.map(({ via }) => via);
  return [...words, ...(steps.length === 0 ? [] : [`change the state (${[...new Set(steps)].join(", ")})`])];
}

/** Rights that a connection uses at most, one finding: what its user there has to be given, no more. */
export function scopesOf(world: World, side: Side, manifest: Manifest): CheckFinding {
  const rights = world.policies.flatMap((policy) => {
    const { entity } = policy;
    const can = manifest.entities[entity];
    if (can === undefined || mappingOf(side, entity) === undefined) return [];
    return [`${entity} (${can.object}): ${["read", ...writesOf(world, side, { policy, can })].join(", ")}`];
  });
  const asks =
    (manifest.scopes ?? []).length === 0 ? "" : `asks for the scopes ${manifest.scopes?.join(" ")}; `;
  const uses = rights.length === 0 ? "uses nothing" : `uses at most: ${rights.join("; ")}`;
  return { severity: "ok", about: side.id, message: `${asks}${uses}` };
}

import { failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, Description } from "@crossfoot/connector-sdk";
import type { EntityPolicy } from "@crossfoot/kernel";
import { checkFields } from "./check-fields.ts";
import { checkAtRest, checkPrivacy } from "./check-privacy.ts";
import { reachOf, scopesOf } from "./check-reach.ts";
import type { CheckFinding } from "./engine.ts";
import { openTerms } from "./gate.ts";
import { isTold } from "./to-tell.ts";
import { mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/**
 * Reaches every connection and holds mappings and contract against what is there. Never rejects for the
 * world.
 */
export async function checkWorld(world: World): Promise<readonly CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const described = new Map<Side, Description>();
  const opened = new Map<Side, Connection>();
  for (const side of world.sides) {
    findings.push(...reachOf(side));
    try {
      const connection = await side.open(openTerms("interactive"));
      const description = await connection.describe();
      opened.set(side, connection);
      described.set(side, description);
      const version = description.version === null ? "" : `, version ${description.version}`;
      const message = `reached ${description.title} (tenant ${description.tenant}${version})`;
      findings.push({ severity: "ok", about: side.id, message });
      findings.push(scopesOf(world, side, connection.manifest));
      findings.push(...missingThings(world, side, description));
    } catch (error) {
      const { code, message } = failureRecord(error);
      findings.push({ severity: "error", about: side.id, message: `${message} (${code})`, code });
    }
  }
  for (const policy of world.policies) findings.push(...checkEntity(world, policy, opened));
  for (const [side, description] of described) findings.push(...checkFields(world, side, description));
  findings.push(...checkPrivacy(world), await checkAtRest(world));
  return findings;
}

/** What the system lacks for entities that are switched on: nothing can go well without it. */
function missingThings(
  { policies }: World,
  side: Side,
  { missing = [] }: Description,
): readonly CheckFinding[] {
  return missing.flatMap(({ entities, what, canBeAdded }) => {
    const wanted = entities.filter((entity) => policies.some((policy) => policy.entity === entity));
    const how = canBeAdded ? `\`crossfoot prepare ${side.id}\` adds it` : "an administrator has to give it";
    return wanted.map((entity) => ({
      severity: "error" as const,
      about: entity,
      message: `${side.id} lacks ${what}; ${how}`,
    }));
  });
}

function checkEntity(
  world: World,
  policy: EntityPolicy,
  opened: ReadonlyMap<Side, Connection>,
): readonly CheckFinding[] {
  const findings: CheckFinding[] = [];
  for (const side of world.sides) {
    const isThere = mappingOf(side, policy.entity) !== undefined;
    const can = opened.get(side)?.manifest.entities[policy.entity];
    if (!isThere)
      findings.push({
        severity: "warning",
        about: policy.entity,
        message: `${side.id} has no mapping for it`,
      });
    else if (opened.has(side) && can === undefined) {
      findings.push({
        severity: "error",
        about: policy.entity,
        message: `${side.id} (${side.system}) does not offer it`,
      });
    }
  }
  for (const [side, connection] of opened) {
    if (!isTold(world, policy.entity, side.id) || connection.manifest.entities[policy.entity]?.notes === true)
      continue;
    const name = `${side.id} (${side.system})`;
    const message = `the contract wants notes about values that lost, and ${name} takes none`;
    findings.push({ severity: "warning", about: policy.entity, message });
  }
  for (const field of Object.values(policy.fields)) {
    const about = `${policy.entity}.${field.field}`;
    const reads = world.sides.filter(
      (side) => mappingOf(side, policy.entity)?.fields[field.field]?.isRead === true,
    );
    const writes = world.sides.filter(
      (side) => mappingOf(side, policy.entity)?.fields[field.field]?.isWritten === true,
    );
    if (reads.length === 0 && writes.length === 0) {
      findings.push({ severity: "warning", about, message: "is mapped on neither side" });
      continue;
    }
    for (const target of field.targets) {
      const isWritten = writes.some((side) => side.id === target);
      const source = field.writers.find((writer) => writer !== target);
      const isRead = reads.some((side) => side.id === source);
      if (
        isRead &&
        !isWritten &&
        !isStatusByTransition(world, policy, { field: field.field, target, opened })
      ) {
        findings.push({
          severity: "warning",
          about,
          message: `travels to ${target} by contract, but its mapping does not write it`,
        });
      }
    }
  }
  return findings;
}

function isStatusByTransition(
  world: World,
  policy: EntityPolicy,
  at: { readonly field: string; readonly target: string; readonly opened: ReadonlyMap<Side, Connection> },
): boolean {
  if (at.field !== policy.statusField) return false;
  const side = world.sides.find(({ id }) => id === at.target);
  return (
    side !== undefined && (at.opened.get(side)?.manifest.entities[policy.entity]?.transitions.length ?? 0) > 0
  );
}

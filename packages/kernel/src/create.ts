import { shownIn, statusAt } from "./members.ts";
import type { Cause, DecideInput, PlannedWrite, Wait, WhyValue } from "./plan.ts";
import { policyInState } from "./policy.ts";
import type { FieldPolicy, SideAbilities } from "./policy.ts";
import { unreachable } from "./reach.ts";
import type { ConnectionId } from "./record.ts";
import { planTransitions } from "./transition.ts";
import type { Value } from "./value.ts";

/** Creates that a link needs, or what they wait for. */
export interface Creates {
  readonly writes: readonly PlannedWrite[];
  readonly reasons: readonly WhyValue[];
  readonly waits: readonly Wait[];
  /**
   * False when the record stays missing on some connection: not wanted there, not yet, or nothing to write of
   * it.
   */
  readonly isWanted: boolean;
}

/**
 * Creates for the connections that have no member: only where every record of the entity has been read once
 * (or the first two-way run would double what is there), where no tombstone stands, and where the contract's
 * rule allows it. A reference that is not on the target yet is left out when the contract does not demand it,
 * and written once it is.
 */
export function planCreates(input: DecideInput): Creates {
  const writes: PlannedWrite[] = [];
  const waits: Wait[] = [];
  let isWanted = true;
  for (const [target, side] of Object.entries(input.sides).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const connection = target as ConnectionId;
    if (input.members[target] !== undefined) continue;
    const isPossible =
      side.canCreate && input.readyTargets.includes(connection) && isAllowed(input, connection);
    const planned = isPossible ? planCreate(input, connection, side) : { writes: [], waits: [] };
    writes.push(...planned.writes);
    waits.push(...planned.waits);
    if (planned.writes.length + planned.waits.length === 0) isWanted = false;
  }
  return { writes, reasons: writes.flatMap(createdFields), waits, isWanted };
}

/** What a record that is made gets, it gets from where it is. */
function createdFields({ target, causes, fields }: PlannedWrite): readonly WhyValue[] {
  return causes.flatMap(({ connection, fields: names }) =>
    names
      .filter((field) => field in fields)
      .map((field) => ({ target, field, winner: connection, reason: "created" as const })),
  );
}

function isAllowed(input: DecideInput, target: ConnectionId): boolean {
  const rule = input.policy.create[target];
  if (rule === undefined || rule.when === "never" || input.hasTombstone) return false;
  // The table that this came from names a counterpart that could not be linked: it may be there all the same.
  if (input.link.adopted === "review") return false;
  const present = Object.entries(input.members).filter(([, { view }]) => view.kind === "present");
  if (present.length === 0) return false;
  if (rule.when === "always") return true;
  if (rule.onDemand && input.demandedOn.includes(target)) return true;
  const shown = present.map(([connection]) => statusAt(input, connection as ConnectionId));
  return rule.statuses.some((status) => shown.includes(status));
}

interface Gathered {
  readonly fields: Record<string, Value>;
  readonly waits: Wait[];
  readonly causes: Map<ConnectionId, Cause>;
}

function planCreate(
  input: DecideInput,
  target: ConnectionId,
  side: SideAbilities,
): { readonly writes: readonly PlannedWrite[]; readonly waits: readonly Wait[] } {
  const gathered: Gathered = { fields: {}, waits: [], causes: new Map() };
  for (const name of Object.keys(input.policy.fields).toSorted()) {
    if (!side.writes.has(name) && !side.writesOnCreate.has(name)) continue;
    if (name === input.policy.statusField && side.transitions.length > 0) continue;
    gatherField(input, { target, field: input.policy.fields[name] as FieldPolicy }, gathered);
  }
  const blocking = gathered.waits.some((wait) => wait.isBlocking);
  if (blocking || gathered.causes.size === 0) return { writes: [], waits: gathered.waits };
  const causes = [...gathered.causes.values()].toSorted((a, b) => (a.connection < b.connection ? -1 : 1));
  const create: PlannedWrite = {
    target,
    kind: "create",
    id: null,
    precondition: null,
    fields: gathered.fields,
    transition: null,
    causes,
  };
  return { writes: [create, ...firstTransitions(input, { target, side })], waits: gathered.waits };
}

function gatherField(
  input: DecideInput,
  at: { readonly target: ConnectionId; readonly field: FieldPolicy },
  gathered: Gathered,
): void {
  const policy = policyInState(input.policy, at.field, shownIn(input));
  if (!policy.targets.includes(at.target)) return;
  const source = sourceOf(input, policy);
  if (source === undefined || source.value === null) return;
  const { connection, version, value } = source;
  const missing = unreachable(input, at.target, value);
  for (const parent of missing) {
    const isBlocking = at.field.isMandatory || at.field.kind.kind !== "reference";
    gathered.waits.push({ field: at.field.field, target: at.target, parent, isBlocking });
  }
  if (missing.length > 0) return;
  gathered.fields[at.field.field] = value;
  const fields = [...(gathered.causes.get(connection)?.fields ?? []), at.field.field];
  gathered.causes.set(connection, { connection, version, fields });
}

interface Source {
  readonly connection: ConnectionId;
  readonly version: string | null;
  readonly value: Value;
}

/** The member whose value is taken: the master, else any writer that shows one. */
function sourceOf(input: DecideInput, policy: FieldPolicy): Source | undefined {
  const order = [policy.master, ...policy.writers];
  for (const connection of order) {
    const member = input.members[connection];
    if (member === undefined || !policy.writers.includes(connection)) continue;
    const value = member.view.fields[policy.field];
    if (value !== undefined) return { connection, version: member.view.version, value };
  }
  return undefined;
}

/** State changes that follow a create, so that the plan shows the whole document. */
function firstTransitions(
  input: DecideInput,
  { target, side }: { readonly target: ConnectionId; readonly side: SideAbilities },
): readonly PlannedWrite[] {
  const field = input.policy.fields[input.policy.statusField ?? ""];
  if (field === undefined || side.initialStatus === null) return [];
  const policy = policyInState(input.policy, field, shownIn(input));
  const source = sourceOf(input, policy);
  if (source === undefined || typeof source.value !== "string" || !policy.targets.includes(target)) return [];
  const { connection, version, value: to } = source;
  const steps = planTransitions(side.transitions, { from: side.initialStatus, to }) ?? [];
  const causes = [{ connection, version, fields: [field.field] }];
  return steps.map((transition, index) => {
    const fields = index === steps.length - 1 ? { [field.field]: to } : {};
    return { target, kind: "transition", id: null, precondition: null, fields, transition, causes };
  });
}

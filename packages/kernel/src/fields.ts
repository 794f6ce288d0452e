import { isReplaced } from "./conflict.ts";
import type { Conflict, Discard } from "./conflict.ts";
import { decideAdopted } from "./adopted.ts";
import { hasAgreed, isChanged } from "./diff.ts";
import { mergeLines } from "./lines.ts";
import { membersOf, shownIn } from "./members.ts";
import type { NamedMember } from "./members.ts";
import { areAllAlike } from "./merge.ts";
import type { FieldDecision, MergeContext, SideValue } from "./merge.ts";
import type { Cause, DecideInput, Park, Plan, PlannedWrite, Wait, WhyValue } from "./plan.ts";
import { closedBy, policyInState } from "./policy.ts";
import type { FieldPolicy } from "./policy.ts";
import { carried, unreachable } from "./reach.ts";
import type { ConnectionId } from "./record.ts";
import { planTransitions } from "./transition.ts";
import { isBlank } from "./value.ts";
import type { Value } from "./value.ts";

/** What the fields of one link need. */
export type FieldsPlan = Pick<
  Plan,
  "writes" | "reasons" | "baseMoves" | "discards" | "conflicts" | "parks" | "waits"
>;

/** Values for one target, by field, and whose news made them necessary. */
type Update = Map<string, { readonly value: Value; readonly cause: ConnectionId | "person" }>;

/** A plan while it is being made. */
interface Draft {
  readonly updates: Map<ConnectionId, Update>;
  readonly transitions: PlannedWrite[];
  readonly moves: Map<ConnectionId, string[]>;
  readonly reasons: WhyValue[];
  readonly discards: Discard[];
  readonly conflicts: Conflict[];
  readonly parks: Park[];
  readonly waits: Wait[];
}

/**
 * Merges every field on its own, in the order of their names: at most one update per target, its state
 * changes after it. A field that waits for a parent is left out; a mandatory parent that is missing holds
 * back all that would be written to that target (INVARIANTS.md I10).
 */
export function planFields(input: DecideInput): FieldsPlan {
  const draft: Draft = {
    updates: new Map(),
    transitions: [],
    moves: new Map(),
    reasons: [],
    discards: [],
    conflicts: [],
    parks: [],
    waits: [],
  };
  const members = membersOf(input);
  for (const field of Object.keys(input.policy.fields).toSorted()) {
    planField(input, draft, {
      field: input.policy.fields[field] as FieldPolicy,
      sides: sidesOf(input, members, field),
    });
  }
  const held = new Set(draft.waits.filter((wait) => wait.isBlocking).map((wait) => wait.target));
  const writes = [...updatesOf(input, draft.updates), ...draft.transitions];
  return {
    writes: writes.filter(({ target }) => !held.has(target)),
    reasons: draft.reasons.filter(({ target }) => !held.has(target)),
    baseMoves: sorted(draft.moves).map(([connection, fields]) => ({ connection, fields })),
    discards: draft.discards.filter((lost) => !isReplaced(lost) || !held.has(lost.connection)),
    conflicts: draft.conflicts,
    parks: draft.parks,
    waits: draft.waits,
  };
}

function sorted<Entry>(
  byConnection: ReadonlyMap<ConnectionId, Entry>,
): readonly (readonly [ConnectionId, Entry])[] {
  return [...byConnection].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function planField(
  input: DecideInput,
  draft: Draft,
  { field, sides }: { readonly field: FieldPolicy; readonly sides: readonly SideValue[] },
): void {
  const { field: name } = field;
  const awaited = sides.flatMap((side) =>
    awaitedBy(side).map((parent) => ({ target: side.connection, parent })),
  );
  if (awaited.length > 0) {
    draft.waits.push(...awaited.map((wait) => ({ field: name, ...wait, isBlocking: false })));
    return;
  }
  const decision = merge(input, effectivePolicy(input, field), sides);
  draft.discards.push(...closedEdits(input, { field, sides, decision }));
  switch (decision.kind) {
    case "unknown":
    case "agreed":
      return;
    case "converged":
      return noteMoves(
        draft,
        name,
        sides.filter((side) => side.view !== undefined).map((side) => side.connection),
      );
    case "kept":
      return noteMoves(draft, name, decision.connections);
    case "conflict":
      draft.conflicts.push({ field: name, reason: decision.reason, values: decision.values });
      return;
    case "failed":
      draft.parks.push({
        reason: "rule_failed",
        connection: null,
        problems: { [name]: decision.problem },
      });
      return;
    case "write":
      return noteWrite(input, draft, { field, sides, decision });
  }
}

/** The connection whose present state closes the field for everybody, or null. Pure, total. */
export function closedIn(input: DecideInput, field: FieldPolicy): ConnectionId | null {
  return closedBy(input.policy, field, shownIn(input));
}

/**
 * Edits of a field that the state of its document closes for everybody: they stand where they were made and
 * go nowhere, which is told, or both sides would differ for ever and nobody would know (INVARIANTS.md I01).
 * So is what a side shows that meets a closed document for the first time, as after the restore of a backup.
 */
function closedEdits(
  input: DecideInput,
  at: { readonly field: FieldPolicy; readonly sides: readonly SideValue[]; readonly decision: FieldDecision },
): readonly Discard[] {
  const { field, sides, decision } = at;
  const kept = decision.kind === "kept" ? decision.connections : [];
  const winner = closedIn(input, field);
  if (winner === null || input.policy.isProjection || areAllAlike(sides)) return [];
  const isAdopted = (input.link.adopted ?? null) !== null;
  const isMet = ({ connection, view, base }: SideValue): boolean =>
    connection !== winner && base === undefined && !isBlank(view) && kept.includes(connection) && !isAdopted;
  return sides
    .filter((side) => isChanged(side.view, side.base) || isMet(side))
    .map(({ connection, view, actor }): Discard => {
      return {
        field: field.field,
        connection,
        value: view as Value,
        actor,
        reason: "closed_by_state",
        winner,
      };
    });
}

function noteMoves(draft: Draft, field: string, connections: readonly ConnectionId[]): void {
  for (const connection of connections)
    draft.moves.set(connection, [...(draft.moves.get(connection) ?? []), field]);
}

/** Parents that the value of this side names and that have no link yet: what it refers to is not known. */
function awaitedBy(side: SideValue): readonly Wait["parent"][] {
  return carried(side.view).flatMap((reference) => ("awaits" in reference ? [reference.awaits] : []));
}

/** Values of the sides that read the field. */
function sidesOf(input: DecideInput, members: readonly NamedMember[], field: string): readonly SideValue[] {
  return members.flatMap(([connection, { view, base }]): readonly SideValue[] => {
    const side = input.sides[connection];
    if (side === undefined || !side.reads.has(field)) return [];
    const { stampGranularityMs } = side;
    const { modifiedAt: stampMs, actor } = view;
    return [{ connection, view: view.fields[field], base: base[field], stampMs, stampGranularityMs, actor }];
  });
}

/**
 * The policy of one field as it holds now: in the present states, for sides that show it and sides that take
 * it. A projection has one writer, its master, and nobody is ever asked about it.
 */
function effectivePolicy(input: DecideInput, field: FieldPolicy): FieldPolicy {
  const narrowed = policyInState(input.policy, field, shownIn(input));
  const { isProjection } = input.policy;
  const policy: FieldPolicy = {
    ...narrowed,
    writers: narrowed.writers.filter((connection) => {
      return (
        (input.sides[connection]?.reads.has(field.field) ?? false) &&
        (!isProjection || connection === narrowed.master)
      );
    }),
    targets: narrowed.targets.filter((connection) => isTarget(input, field.field, connection)),
  };
  return isProjection ? { ...policy, onFirstLink: "master", onForeignEdit: "restore" } : policy;
}

function isTarget(input: DecideInput, field: string, connection: ConnectionId): boolean {
  const side = input.sides[connection];
  return (
    side !== undefined &&
    (changesState(input, field, connection) || (side.canUpdate && side.writes.has(field)))
  );
}

/** True when the field is the state, and the side changes states by its own transitions, never by a value. */
function changesState(input: DecideInput, field: string, connection: ConnectionId): boolean {
  return field === input.policy.statusField && (input.sides[connection]?.transitions.length ?? 0) > 0;
}

function merge(input: DecideInput, policy: FieldPolicy, sides: readonly SideValue[]): FieldDecision {
  const resolution = input.resolutions[policy.field];
  const context: MergeContext = {
    newestToleranceMs: input.policy.newestToleranceMs,
    customRules: input.customRules,
    resolution,
  };
  const decision = mergeLines(policy, sides, context);
  const { adopted } = input.link;
  const isOpen = adopted !== undefined && adopted !== null && resolution === undefined;
  return isOpen ? decideAdopted(decision, sides, adopted) : decision;
}

/**
 * Notes what is written where, and what is lost there; a target that cannot take its value now loses nothing.
 */
function noteWrite(
  input: DecideInput,
  draft: Draft,
  { field, sides, decision }: { field: FieldPolicy; sides: readonly SideValue[]; decision: WriteDecision },
): void {
  for (const target of Object.keys(decision.values).toSorted() as ConnectionId[]) {
    const winner = sides.find((side) => side.connection === decision.winners[target]);
    const isNews =
      winner === undefined || isChanged(winner.view, winner.base) || !hasAgreed(winner.view, winner.base);
    // A winner that stands where it stood is no news: what the target did is, and it is put back.
    const cause = isNews ? (decision.winners[target] ?? target) : target;
    const change: Change = { field, target, value: decision.values[target] as Value, cause };
    const isPlanned = changesState(input, field.field, target)
      ? noteTransitions(input, draft, change)
      : noteUpdate(input, draft, change);
    if (!isPlanned) continue;
    const reason = input.policy.isProjection ? "last_read" : decision.reason;
    draft.reasons.push({ target, field: field.field, winner: decision.winners[target] ?? target, reason });
    // A projection has no editor, so nobody lost anything.
    if (input.policy.isProjection) continue;
    draft.discards.push(...decision.discards.filter(({ connection }) => connection === target));
  }
}

type WriteDecision = FieldDecision & { readonly kind: "write" };

interface Change {
  readonly field: FieldPolicy;
  readonly target: ConnectionId;
  readonly value: Value;
  readonly cause: ConnectionId | "person";
}

function noteUpdate(input: DecideInput, draft: Draft, { field, target, value, cause }: Change): boolean {
  const missing = unreachable(input, target, value);
  const { isMandatory: isBlocking } = field;
  draft.waits.push(...missing.map((parent) => ({ field: field.field, target, parent, isBlocking })));
  if (missing.length > 0) return false;
  const update = draft.updates.get(target) ?? new Map();
  draft.updates.set(target, update.set(field.field, { value, cause }));
  return true;
}

function noteTransitions(input: DecideInput, draft: Draft, { field, target, value, cause }: Change): boolean {
  const view = input.members[target]?.view;
  const from = view?.fields[field.field];
  const offered = input.sides[target]?.transitions ?? [];
  const isWay = typeof from === "string" && typeof value === "string";
  const steps = isWay ? planTransitions(offered, { from, to: value }) : undefined;
  if (view === undefined || steps === undefined) {
    const expected = isWay ? `a way from ${from} to ${value}` : "a state on both sides";
    const problems = { [field.field]: { code: "code_unmapped" as const, expected } };
    draft.parks.push({ reason: "no_transition", connection: target, problems });
    return false;
  }
  const causes = [causeOf(input, cause, [field.field])];
  draft.transitions.push(
    ...steps.map((transition, index): PlannedWrite => {
      const fields = index === steps.length - 1 ? { [field.field]: value } : {};
      return {
        target,
        kind: "transition",
        id: view.id,
        precondition: view.version,
        fields,
        transition,
        causes,
      };
    }),
  );
  return true;
}

function causeOf(input: DecideInput, connection: ConnectionId | "person", fields: readonly string[]): Cause {
  return { connection, version: input.members[connection]?.view.version ?? null, fields };
}

function updatesOf(input: DecideInput, updates: Draft["updates"]): readonly PlannedWrite[] {
  return sorted(updates).flatMap(([target, update]): readonly PlannedWrite[] => {
    const view = input.members[target]?.view;
    if (view === undefined) return [];
    const connections = [...new Set([...update.values()].map(({ cause }) => cause))].toSorted();
    const causes = connections.map((connection) => {
      return causeOf(
        input,
        connection,
        [...update].filter(([, { cause }]) => cause === connection).map(([name]) => name),
      );
    });
    const fields = Object.fromEntries([...update].map(([name, { value }]) => [name, value]));
    const { id, version: precondition } = view;
    return [{ target, kind: "update", id, precondition, fields, transition: null, causes }];
  });
}

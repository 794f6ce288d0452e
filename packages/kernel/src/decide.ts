import type { Conflict, Discard } from "./conflict.ts";
import { planCreates } from "./create.ts";
import { isChanged } from "./diff.ts";
import { mergeLines } from "./lines.ts";
import { mergeField } from "./merge.ts";
import type { FieldDecision, MergeContext, SideValue } from "./merge.ts";
import type { Cause, DecideInput, MemberState, Park, Plan, PlannedWrite, Verdict, Wait } from "./plan.ts";
import { policyInState } from "./policy.ts";
import type { FieldPolicy } from "./policy.ts";
import { carried, statusAt, unreachable } from "./reach.ts";
import type { ConnectionId } from "./record.ts";
import { planTransitions } from "./transition.ts";
import type { Fields, Problem, Value } from "./value.ts";

/**
 * Decides what one link needs: pure, total, deterministic (INVARIANTS.md 1.8). Never throws.
 *
 * Order: an open intent is waited for; a member that may not be seen or left the scope makes the link dormant; a
 * record with a refused value is parked alone; deletes go by the contract; then every field is merged on its own, and
 * missing members are created where the contract allows.
 */
export function decide(input: DecideInput): Plan {
  const draft = new Draft(input);
  const kinds = Object.values(input.members).map((member) => member.view.kind);
  if (input.inFlight.length > 0) return draft.finish("in_flight");
  if (input.link.state === "ended" || input.link.state === "merged") return draft.finish("ended");
  if (kinds.some((kind) => kind === "not_permitted" || kind === "not_seen" || kind === "out_of_scope")) {
    return draft.finish("dormant");
  }
  if (kinds.some((kind) => kind === "merged" || kind === "converted")) return draft.finish("dormant");
  if (parkRefused(input, draft)) return draft.finish("parked");
  if (kinds.includes("deleted")) return decideDeleted(input, draft);
  if (input.policy.isProjection) planProjection(input, draft);
  else planFields(input, draft);
  planArchive(input, draft);
  const creates = planCreates(input);
  draft.writes.push(...creates.writes);
  draft.waits.push(...creates.waits);
  return draft.finish(verdictOf(draft, creates.isWanted));
}

/** The parts of a plan while it is being made. */
class Draft {
  readonly writes: PlannedWrite[] = [];
  readonly discards: Discard[] = [];
  readonly conflicts: Conflict[] = [];
  readonly parks: Park[] = [];
  readonly waits: Wait[] = [];
  readonly moves: Map<ConnectionId, string[]> = new Map();
  tombstone: Plan["tombstone"] = null;
  readonly #input: DecideInput;

  constructor(input: DecideInput) {
    this.#input = input;
  }

  move(connection: ConnectionId, field: string): void {
    const fields = this.moves.get(connection);
    if (fields === undefined) this.moves.set(connection, [field]);
    else fields.push(field);
  }

  finish(verdict: Verdict): Plan {
    const { link, policy } = this.#input;
    const baseMoves = [...this.moves].map(([connection, fields]) => ({ connection, fields: fields.toSorted() }));
    return {
      link: link.id,
      entity: policy.entity,
      generation: link.generation,
      verdict,
      writes: this.writes,
      baseMoves: baseMoves.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
      discards: this.discards,
      conflicts: this.conflicts,
      parks: this.parks,
      waits: this.waits,
      tombstone: this.tombstone,
    };
  }
}

function verdictOf(draft: Draft, isWanted: boolean): Verdict {
  if (draft.writes.length > 0) return "writes";
  if (draft.parks.length > 0) return "parked";
  if (draft.conflicts.length > 0) return "conflict";
  if (draft.waits.length > 0) return "waiting";
  return isWanted ? "agreed" : "not_wanted";
}

function membersOf(input: DecideInput): readonly [ConnectionId, MemberState][] {
  return Object.entries(input.members).toSorted(([a], [b]) => (a < b ? -1 : 1)) as [ConnectionId, MemberState][];
}

/** A refused value parks the whole record: half a record is worse than none. */
function parkRefused(input: DecideInput, draft: Draft): boolean {
  for (const [connection, { view }] of membersOf(input)) {
    const problems = Object.entries(view.problems).filter(([field]) => isUsed(input, field, connection));
    if (problems.length === 0) continue;
    draft.parks.push({ reason: "value_refused", connection, problems: Object.fromEntries(problems) });
  }
  return draft.parks.length > 0;
}

/** A field whose value goes nowhere cannot stop the record. */
function isUsed(input: DecideInput, field: string, connection: ConnectionId): boolean {
  const policy = input.policy.fields[field.split(".")[0] ?? field];
  return policy !== undefined && (policy.writers.includes(connection) || policy.targets.includes(connection));
}

/** INVARIANTS.md: a deletion is never carried over as a deletion. */
function decideDeleted(input: DecideInput, draft: Draft): Plan {
  const members = membersOf(input);
  const gone = members.filter(([, { view }]) => view.kind === "deleted");
  const rest = members.filter(([, { view }]) => view.kind !== "deleted");
  const [first] = gone;
  if (first === undefined) return draft.finish("ended");
  const isEdited = rest.some(([, { view, base }]) =>
    Object.entries(base).some(([field, images]) => isChanged(view.fields[field], images)),
  );
  const park = (reason: "deleted_elsewhere" | "edited_while_deleted"): Plan => {
    draft.parks.push({ reason, connection: first[0], problems: {} });
    return draft.finish("parked");
  };
  if (rest.length > 0 && input.policy.onDelete !== "ignore") {
    if (isEdited) return park("edited_while_deleted");
    if (input.policy.onDelete === "ask") return park("deleted_elsewhere");
    for (const [target, { view }] of rest) {
      if (!(input.sides[target]?.canArchive ?? false)) return park("deleted_elsewhere");
      if (view.kind === "archived") continue;
      draft.writes.push(archiveWrite(target, view, { connection: first[0], version: first[1].view.version, fields: [] }));
    }
  }
  draft.tombstone = { connection: first[0], id: first[1].view.id };
  return draft.finish(draft.writes.length > 0 ? "writes" : "ended");
}

function archiveWrite(target: ConnectionId, view: MemberState["view"], cause: Cause): PlannedWrite {
  const { id, version } = view;
  return { target, kind: "archive", id, precondition: version, fields: {}, transition: null, causes: [cause] };
}

/** A record archived on one side since both agreed is archived on the others, when no field carries that already. */
function planArchive(input: DecideInput, draft: Draft): void {
  if (input.policy.onDelete !== "archive" || carriesActivity(input)) return;
  const members = membersOf(input);
  const source = members.find(([, { view, baseKind }]) => view.kind === "archived" && baseKind === "present");
  if (source === undefined) return;
  for (const [target, { view }] of members) {
    if (view.kind === "archived" || !(input.sides[target]?.canArchive ?? false)) continue;
    draft.writes.push(archiveWrite(target, view, { connection: source[0], version: source[1].view.version, fields: [] }));
  }
}

function carriesActivity(input: DecideInput): boolean {
  return input.policy.fields["active"] !== undefined || input.policy.statusField !== null;
}

/** Fields of each side as they are merged: readable sides, writable targets, policy in the present states. */
function effectivePolicy(input: DecideInput, field: FieldPolicy): FieldPolicy {
  const narrowed = policyInState(input.policy, field, (connection) => statusAt(input, connection));
  return {
    ...narrowed,
    writers: narrowed.writers.filter((connection) => input.sides[connection]?.reads.has(field.field) ?? false),
    targets: narrowed.targets.filter((connection) => isTarget(input, field.field, connection)),
  };
}

function isTarget(input: DecideInput, field: string, connection: ConnectionId): boolean {
  const side = input.sides[connection];
  if (side === undefined) return false;
  if (field === input.policy.statusField && side.transitions.length > 0) return true;
  return side.canUpdate && side.writes.has(field);
}

function sidesOf(input: DecideInput, field: string): readonly SideValue[] {
  return membersOf(input)
    .filter(([connection]) => input.sides[connection]?.reads.has(field) ?? false)
    .map(([connection, { view, base }]) => ({
      connection,
      view: view.fields[field],
      base: base[field],
      stampMs: view.modifiedAt,
      stampGranularityMs: input.sides[connection]?.stampGranularityMs ?? 0,
      actor: view.actor,
    }));
}

function planFields(input: DecideInput, draft: Draft): void {
  const updates = new Map<ConnectionId, { fields: Record<string, Value>; causes: Map<string, string[]> }>();
  const last: PlannedWrite[] = [];
  for (const field of Object.values(input.policy.fields)) {
    const policy = effectivePolicy(input, field);
    const sides = sidesOf(input, field.field);
    const waiting = sides.find((side) => carried(side.view).some((reference) => "awaits" in reference));
    if (waiting !== undefined) {
      noteAwaits(draft, { field: field.field, target: waiting.connection }, waiting.view);
      continue;
    }
    const decision = merge(input, policy, sides);
    if (decision.kind === "converged") for (const side of sides) draft.move(side.connection, field.field);
    if (decision.kind === "kept") for (const connection of decision.connections) draft.move(connection, field.field);
    if (decision.kind === "conflict") {
      draft.conflicts.push({ field: field.field, reason: decision.reason, values: decision.values });
    }
    if (decision.kind !== "write") continue;
    const applied: ConnectionId[] = [];
    for (const [target, value] of Object.entries(decision.values) as [ConnectionId, Value][]) {
      const cause: Cause = {
        connection: decision.winner,
        version: input.members[decision.winner]?.view.version ?? null,
        fields: [field.field],
      };
      if (field.field === input.policy.statusField && (input.sides[target]?.transitions.length ?? 0) > 0) {
        if (!planStatus(input, { draft, last }, { target, value, cause })) continue;
      } else if (!isReachable(input, draft, { field, target, value })) continue;
      else gather(updates, { target, field: field.field, value, winner: decision.winner });
      applied.push(target);
    }
    draft.discards.push(...decision.discards.filter((discard) => applied.includes(discard.connection)));
  }
  pushUpdates(input, draft, updates);
  draft.writes.push(...last);
}

function merge(input: DecideInput, policy: FieldPolicy, sides: readonly SideValue[]): FieldDecision {
  const resolution = input.resolutions[policy.field];
  const context: MergeContext = {
    newestToleranceMs: input.policy.newestToleranceMs,
    customRules: input.customRules,
    ...(resolution === undefined ? {} : { resolution }),
  };
  return policy.kind.kind === "collection" ? mergeLines(policy, sides, context) : mergeField(policy, sides, context);
}

function noteAwaits(draft: Draft, at: { field: string; target: ConnectionId }, value: Value | undefined): void {
  for (const reference of carried(value)) {
    if ("awaits" in reference) draft.waits.push({ ...at, parent: reference.awaits, isBlocking: false });
  }
}

/** A reference to a record that the target does not have yet holds back its field, not the others. */
function isReachable(
  input: DecideInput,
  draft: Draft,
  at: { field: FieldPolicy; target: ConnectionId; value: Value },
): boolean {
  const missing = unreachable(input, at.target, at.value);
  for (const parent of missing) {
    draft.waits.push({ field: at.field.field, target: at.target, parent, isBlocking: at.field.isMandatory });
  }
  return missing.length === 0;
}

type Updates = Map<ConnectionId, { fields: Record<string, Value>; causes: Map<string, string[]> }>;

function gather(
  updates: Updates,
  change: { target: ConnectionId; field: string; value: Value; winner: ConnectionId | "person" },
): void {
  const update = updates.get(change.target) ?? { fields: {}, causes: new Map<string, string[]>() };
  update.fields[change.field] = change.value;
  update.causes.set(change.winner, [...(update.causes.get(change.winner) ?? []), change.field]);
  updates.set(change.target, update);
}

function pushUpdates(input: DecideInput, draft: Draft, updates: Updates): void {
  for (const [target, update] of [...updates].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const view = input.members[target]?.view;
    if (view === undefined) continue;
    const causes = [...update.causes].map(([connection, fields]): Cause => {
      return {
        connection: connection as ConnectionId | "person",
        version: input.members[connection]?.view.version ?? null,
        fields,
      };
    });
    const { id, version } = view;
    const fields: Fields = update.fields;
    draft.writes.push({ target, kind: "update", id, precondition: version, fields, transition: null, causes });
  }
}

function planStatus(
  input: DecideInput,
  into: { draft: Draft; last: PlannedWrite[] },
  change: { target: ConnectionId; value: Value; cause: Cause },
): boolean {
  const view = input.members[change.target]?.view;
  const from = view?.fields[input.policy.statusField ?? ""];
  const side = input.sides[change.target];
  if (view === undefined || side === undefined || typeof from !== "string" || typeof change.value !== "string") {
    return false;
  }
  const steps = planTransitions(side.transitions, { from, to: change.value });
  if (steps === undefined) {
    const problem: Problem = { code: "code_unmapped", expected: `a way from ${from} to ${change.value}` };
    const problems = { [input.policy.statusField ?? "status"]: problem };
    into.draft.parks.push({ reason: "no_transition", connection: change.target, problems });
    return false;
  }
  for (const [index, transition] of steps.entries()) {
    const isLast = index === steps.length - 1;
    into.last.push({
      target: change.target,
      kind: "transition",
      id: view.id,
      precondition: index === 0 ? view.version : null,
      fields: isLast ? { [input.policy.statusField ?? ""]: change.value } : {},
      transition,
      causes: [change.cause],
    });
  }
  return true;
}

/** A projection has no editor: the master's value is written wherever another shows, without base or conflict. */
function planProjection(input: DecideInput, draft: Draft): void {
  const updates: Updates = new Map();
  for (const field of Object.values(input.policy.fields)) {
    const policy = effectivePolicy(input, field);
    const sides = sidesOf(input, field.field);
    const source = sides.find((side) => side.connection === policy.master);
    if (source?.view === undefined) continue;
    for (const side of sides) {
      if (side === source || !policy.targets.includes(side.connection)) continue;
      if (side.view !== undefined && !isChanged(source.view, [side.view])) continue;
      if (!isReachable(input, draft, { field, target: side.connection, value: source.view })) continue;
      gather(updates, { target: side.connection, field: field.field, value: source.view, winner: source.connection });
    }
  }
  pushUpdates(input, draft, updates);
}

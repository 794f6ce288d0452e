import {
  carried,
  isBlank,
  isChanged,
  isEqual,
  isInClosedBooks,
  planTransitions,
  policyInState,
  shownIn,
  statusAt,
} from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, ExternalId, Fields, Value } from "@crossfoot/kernel";
import type { MadeWrite } from "../store/port.ts";
import type { PlanWrite, UndoLeft } from "./plan-document.ts";
import { whyNotMended } from "./repair-rights.ts";

/** One write that takes back what others did. */
export interface InverseWrite {
  readonly target: ConnectionId;
  readonly kind: "update" | "archive" | "unarchive" | "transition";
  readonly id: ExternalId;
  readonly fields: Fields;
  readonly transition: PlanWrite["transition"];
  /** What the target shows of these fields now. */
  readonly before: Fields;
  readonly undo: NonNullable<PlanWrite["undo"]>;
  /** It takes back what put a record right: as an edit there, which a run carries over. */
  readonly isRepair?: boolean;
}

/** What an undo leaves as it is, on one target. */
type LeftAlone = Pick<UndoLeft, "target" | "field" | "why" | "reason">;

/** A write that settled, with canonical values. A field that is missing was not shown. */
export interface KnownWrite extends MadeWrite {
  readonly was: Fields;
  readonly became: Fields;
}

/** What one target can do beside what deciding knows of it. */
interface InverseAbilities {
  readonly archives: boolean;
  readonly unarchives: boolean;
  /** A record of the entity is a document: it is cancelled rather than archived. */
  readonly isDocument: boolean;
}

/** Everything that taking back the writes of one link on one target rests on. */
export interface InverseFacts {
  readonly input: DecideInput;
  readonly target: ConnectionId;
  readonly abilities: InverseAbilities;
  /** The writes to be undone, the oldest first. */
  readonly writes: readonly KnownWrite[];
  /** All writes that we ever made of this link to this target, the oldest first. */
  readonly own: readonly KnownWrite[];
}

/** What is to be written, in its order, and what is left alone. */
export interface Inverse {
  readonly writes: readonly InverseWrite[];
  readonly left: readonly LeftAlone[];
}

/**
 * The inverse of writes, field by field, from what the journal says they did and from what both sides show
 * now (INVARIANTS.md I19). A field goes back to what it held before the first of the writes in an unbroken
 * row, when it still holds what the last of them left and no other side has moved; else it is left alone and
 * named. A record that the writes made is archived, or cancelled when it is a document, by the contract's
 * delete policy. Pure.
 */
export function inverseOf(facts: InverseFacts): Inverse {
  const { input, target, writes } = facts;
  const view = input.members[target]?.view;
  const whole = (why: LeftAlone["why"], reason: string): Inverse => {
    return { writes: [], left: [{ target, field: null, why, reason }] };
  };
  if (view === undefined) return whole("refused", `no record of ${target} belongs to it any more`);
  if (view.kind === "deleted") return whole("changed", `it was deleted in ${target} since`);
  const unwritable = ["not_permitted", "not_seen", "out_of_scope", "merged", "converted"];
  if (unwritable.includes(view.kind)) return whole("changed", `${target} shows it as ${view.kind} now`);
  if (input.inFlight.length > 0) return whole("refused", "a write of the record is under way");
  const { closed } = input.policy;
  if (closed?.at === target && isInClosedBooks(closed, view.fields[closed.field]))
    return whole(
      "refused",
      `it is dated in a period of ${target} that is closed (through ${closed.through})`,
    );
  const made = writes.findLast(({ kind }) => kind === "create");
  if (made !== undefined) return takeBack(facts, made, view.id);
  const activity = activityOf(facts, view.id);
  const state = stateOf(facts, view.id);
  const values = valuesOf(facts, view.id, state.reached);
  return {
    writes: [...activity.writes, ...state.writes, ...values.writes],
    left: [...activity.left, ...state.left, ...values.left],
  };
}

const nothing: Inverse = { writes: [], left: [] };

/** What the write of an undo does to the link, from what it takes back. */
function effectOf({ undo, kind }: MadeWrite): InverseWrite["undo"]["link"] {
  if (kind === "create" || undo?.link === "live") return "ended";
  return undo?.link === "ended" ? "live" : null;
}

/** The field, when taking the write back leaves a difference: not when it was an undo's that left one. */
const markOf = ({ undo }: MadeWrite, field: string): readonly string[] =>
  undo?.marked.includes(field) === true ? [] : [field];

/** A record that the writes made: taken back whole, unless somebody has worked on it since. */
function takeBack(facts: InverseFacts, made: KnownWrite, id: ExternalId): Inverse {
  const { input, target, abilities, own } = facts;
  const { policy, sides } = input;
  const left = (why: LeftAlone["why"], reason: string): Inverse => {
    return { writes: [], left: [{ target, field: null, why, reason }] };
  };
  if (input.link.state === "ended") return left("done", "it was taken back, or deleted, already");
  const first = own.findIndex(({ shard, seq }) => shard === made.shard && seq === made.seq);
  const edited = editedSince(facts, own.slice(Math.max(first, 0)));
  if (edited.length > 0)
    return left("changed", `${edited.join(", ")} was changed in ${target} since it was created`);
  if (policy.onDelete === "ignore")
    return left("refused", "the contract says that records of this entity are left alone (onDelete: ignore)");
  const undo = { marked: markOf(made, "*"), link: "ended" } as const;
  const cancel = abilities.isDocument ? cancelSteps(facts) : undefined;
  if (cancel !== undefined) {
    const field = policy.statusField ?? "";
    if (!isOurs(facts, field, null)) return left("refused", whyNotOurs(facts, field));
    return { writes: stepsOf(facts, { id, steps: cancel, undo }), left: [] };
  }
  if (abilities.archives) {
    const before = {};
    return {
      writes: [{ target, kind: "archive", id, fields: {}, transition: null, before, undo }],
      left: [],
    };
  }
  const status = statusAt(input, target) ?? "of no state";
  const states =
    (sides[target]?.transitions.length ?? 0) > 0 ? ` a document that is ${status}` : " a record of it";
  return left("refused", `${target} offers no way to cancel or archive${states}`);
}

/** Fields of the record that show another value than our last write left: somebody edited it there. */
function editedSince({ input, target }: InverseFacts, own: readonly KnownWrite[]): readonly string[] {
  const last = new Map<string, Value | undefined>();
  for (const { became } of own) for (const [field, value] of Object.entries(became)) last.set(field, value);
  const shown = input.members[target]?.view.fields ?? {};
  return Object.keys(shown).filter((field) => {
    const now = shown[field];
    const known = last.get(field);
    // What was not there when the record was made, and is filled now, was filled by somebody.
    return known === undefined ? now !== undefined && !isBlank(now) : !isEqual(now, known);
  });
}

type Steps = ReturnType<typeof planTransitions>;

function cancelSteps({ input, target }: InverseFacts): Steps {
  const status = statusAt(input, target);
  const offered = input.sides[target]?.transitions ?? [];
  if (status === undefined || offered.length === 0 || status === "cancelled") return undefined;
  return planTransitions(offered, { from: status, to: "cancelled" });
}

function stepsOf(
  { input, target }: InverseFacts,
  way: {
    readonly id: ExternalId;
    readonly steps: NonNullable<Steps>;
    readonly undo: InverseWrite["undo"];
  },
): readonly InverseWrite[] {
  const { id, steps, undo } = way;
  const field = input.policy.statusField ?? "";
  return steps.map((transition, at): InverseWrite => {
    const isLast = at === steps.length - 1;
    const fields = isLast ? { [field]: transition.to } : {};
    const effect = isLast ? undo : { marked: [], link: null };
    return {
      target,
      kind: "transition",
      id,
      fields,
      transition,
      before: { [field]: transition.from },
      undo: effect,
    };
  });
}

/** Archivings go back by un-archiving where the system can, and the other way round. */
function activityOf({ input, target, abilities, writes }: InverseFacts, id: ExternalId): Inverse {
  const last = writes.findLast(({ kind }) => kind === "archive" || kind === "unarchive");
  const member = input.members[target];
  if (last === undefined || member === undefined) return nothing;
  const first = writes.find(({ kind }) => kind === "archive" || kind === "unarchive") ?? last;
  // Archived and brought back again by the same writes: nothing is left to take back.
  if (first.kind !== last.kind) return nothing;
  const leave = (why: LeftAlone["why"], reason: string): Inverse => {
    return { writes: [], left: [{ target, field: null, why, reason }] };
  };
  const isBack = last.kind === "archive";
  const expected = isBack ? "archived" : "present";
  if (member.baseKind === expected && member.view.kind !== expected)
    return leave("changed", `it is ${member.view.kind} in ${target} since`);
  if (isBack ? !abilities.unarchives : !abilities.archives)
    return leave("refused", `${target} cannot ${isBack ? "bring back what was archived" : "archive it"}`);
  const link = effectOf(last);
  const undo = { marked: link === "ended" ? markOf(first, "*") : [], link };
  const kind = isBack ? "unarchive" : "archive";
  return { writes: [{ target, kind, id, fields: {}, transition: null, before: {}, undo }], left: [] };
}

/** The state goes back by the changes that the system offers. */
function stateOf(facts: InverseFacts, id: ExternalId): Inverse & { readonly reached: string | undefined } {
  const { input, target } = facts;
  const field = input.policy.statusField ?? "";
  const moves = facts.writes.flatMap((write) =>
    write.transition === null ? [] : [{ write, ...write.transition }],
  );
  const last = moves.at(-1);
  const now = statusAt(input, target);
  if (last === undefined) return { ...nothing, reached: now };
  const leave = (why: LeftAlone["why"], reason: string): ReturnType<typeof stateOf> => {
    return { writes: [], left: [{ target, field, why, reason }], reached: now };
  };
  const first = moves.findLast((move, at) => at === 0 || moves[at - 1]?.to !== move.from) ?? last;
  const after = last.write.became[field] ?? last.to;
  if (now === first.from) return leave("done", `it is ${first.from} already`);
  if (now !== after) return leave("changed", `its state was changed in ${target} since`);
  const other = movedElsewhere(facts, field);
  if (other !== undefined) return leave("changed", `its state was changed in ${other} since`);
  if (!isOurs(facts, field, null)) return leave("refused", whyNotOurs(facts, field));
  const steps = planTransitions(input.sides[target]?.transitions ?? [], { from: now, to: first.from });
  if (steps === undefined)
    return leave("refused", `${target} offers no way from ${now} back to ${first.from}`);
  const undo = { marked: markOf(first.write, field), link: effectOf(last.write) };
  return { writes: stepsOf(facts, { id, steps, undo }), left: [], reached: first.from };
}

/** Values of fields: one update for all that still hold what the writes left. */
function valuesOf(facts: InverseFacts, id: ExternalId, reached: string | undefined): Inverse {
  const { input, target } = facts;
  const updates = facts.writes.filter(({ kind }) => kind === "update");
  const names = [
    ...new Set(updates.flatMap(({ was, became }) => [...Object.keys(was), ...Object.keys(became)])),
  ];
  const left: LeftAlone[] = [];
  const writes = [false, true].flatMap((isRepair): readonly InverseWrite[] => {
    const fields: Record<string, Value> = {};
    const before: Record<string, Value> = {};
    const marked: string[] = [];
    for (const field of names.toSorted()) {
      if (isMended(facts, field) !== isRepair) continue;
      const found = valueBefore(facts, field, reached);
      if ("why" in found) {
        left.push({ target, field, ...found });
        continue;
      }
      fields[field] = found.value;
      const now = input.members[target]?.view.fields[field];
      if (now !== undefined) before[field] = now;
      marked.push(...markOf(found.first, field));
    }
    if (Object.keys(fields).length === 0) return [];
    const write = { target, kind: "update", id, fields, transition: null, before } as const;
    const undo = { marked: isRepair ? [] : marked, link: null };
    return [isRepair ? { ...write, undo, isRepair } : { ...write, undo }];
  });
  return { writes, left };
}

/** Updates that touched a field. */
const chainOf = ({ writes }: InverseFacts, field: string): readonly KnownWrite[] =>
  writes.filter(({ kind, was, became }) => kind === "update" && (field in was || field in became));

/** Whether all that touched a field put it right on a person's word, or took that back. */
const isMended = (facts: InverseFacts, field: string): boolean =>
  chainOf(facts, field).every(({ isRepair }) => isRepair);

type Found =
  | { readonly value: Value; readonly first: KnownWrite }
  | { readonly why: LeftAlone["why"]; readonly reason: string };

function valueBefore(facts: InverseFacts, field: string, reached: string | undefined): Found {
  const { input, target } = facts;
  const chain = chainOf(facts, field);
  const last = chain.at(-1) as KnownWrite;
  const first =
    chain.findLast((write, at) => at === 0 || !isEqual(chain[at - 1]?.became[field], write.was[field])) ??
    last;
  const now = input.members[target]?.view.fields[field];
  const value = first.was[field];
  if (value !== undefined && isEqual(now, value))
    return { why: "done", reason: "it holds that value already" };
  if (!isEqual(now, last.became[field]))
    return { why: "changed", reason: `it was changed in ${target} since` };
  const other = movedElsewhere(facts, field);
  if (other !== undefined) return { why: "changed", reason: `it was changed in ${other} since` };
  if (value === undefined)
    return {
      why: "refused",
      reason: `${target} did not show what it held before: there is nothing to put back`,
    };
  if (carried(value).some((reference) => "awaits" in reference))
    return { why: "refused", reason: "it referred to a record that is not linked any more" };
  const side = input.sides[target];
  if (side?.canUpdate !== true || !side.writes.has(field))
    return { why: "refused", reason: `${target} does not let it be written` };
  const reason = isMended(facts, field)
    ? whyNotMended(input, target, field)
    : isOurs(facts, field, reached ?? null)
      ? null
      : whyNotOurs(facts, field);
  return reason === null ? { value, first } : { why: "refused", reason };
}

/** Another side that shows something else than when all agreed: its change is on its way, by the contract. */
function movedElsewhere({ input, target }: InverseFacts, field: string): string | undefined {
  return Object.entries(input.members)
    .filter(([connection]) => connection !== target)
    .find(([, { view, base }]) => isChanged(view.fields[field], base[field]))?.[0];
}

/**
 * Whether the contract still lets us write the field there, in the state that the record is in, or will be in
 * (INVARIANTS.md I14): somebody else than the target itself may write it.
 */
function isOurs({ input, target }: InverseFacts, field: string, reached: string | null): boolean {
  const known = input.policy.fields[field];
  if (known === undefined) return false;
  const shown = shownIn(input);
  const { writers, targets } = policyInState(input.policy, known, (connection, name) =>
    connection === target && name === input.policy.statusField && reached !== null
      ? reached
      : shown(connection, name),
  );
  return targets.includes(target) && writers.some((writer) => writer !== target);
}

function whyNotOurs({ input, target }: InverseFacts, field: string): string {
  if (input.policy.fields[field] === undefined) return "the contract does not name it any more";
  const status = statusAt(input, target);
  const when = status === undefined ? "" : ` while the record is ${status}`;
  return `the contract does not let it be written in ${target}${when}`;
}

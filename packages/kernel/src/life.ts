import { membersOf } from "./members.ts";
import type { NamedMember } from "./members.ts";
import type { DecideInput, KindMove, Park, PlannedWrite } from "./plan.ts";
import type { ConnectionId } from "./record.ts";

/** What archiving and un-archiving calls for. */
export interface LifePlan {
  /** Sent before anything else: an archived record takes no values in many systems. */
  readonly unarchives: readonly PlannedWrite[];
  /** Sent after everything else. */
  readonly archives: readonly PlannedWrite[];
  readonly kindMoves: readonly KindMove[];
  readonly parks: readonly Park[];
}

/**
 * Carries archiving and un-archiving as a three-way merge of its own: the kind of each view against the kind
 * when all last agreed. Archived on one side since then, the record is archived on the others, and brought
 * back on one it is brought back on the others, where the contract's rule for deletions is to archive and the
 * system can. A tombstone stands against bringing back (INVARIANTS.md I05): then a person is asked. Records
 * that were never agreed on, or changed in opposite ways, stay as they are. `updates` are the values written
 * by the same decision: where they carry the activity already, archiving waits for what they come to. Members
 * are present or archived; `decide` asks for nothing else.
 */
export function planLife(input: DecideInput, updates: readonly PlannedWrite[]): LifePlan {
  const none: LifePlan = { unarchives: [], archives: [], kindMoves: [], parks: [] };
  const members = membersOf(input);
  if (members.length < 2) return none;
  const changed = members.filter(([, { view, baseKind }]) => baseKind !== view.kind);
  const isFresh = members.some(([, { baseKind }]) => baseKind === null);
  const kinds = new Set(members.map(([, { view }]) => view.kind));
  const settled: LifePlan = { ...none, kindMoves: movesOf(changed) };
  const [source] = changed;
  if (kinds.size === 1 || isFresh || source === undefined) return settled;
  const to = source[1].view.kind;
  const isOneWay = changed.every(([, { view }]) => view.kind === to);
  if (!isOneWay || input.policy.onDelete !== "archive") return settled;
  const targets = members.filter(([, { view }]) => view.kind !== to);
  if (to === "archived") return carryArchive(input, { source, targets, updates, settled });
  if (input.hasTombstone) return { ...none, parks: [askBack(source[0])] };
  const able = targets.filter(
    ([target]) => input.sides[target]?.canUnarchive === true && !isCarriedByField(input, target),
  );
  if (able.length === 0) return settled;
  return { ...none, unarchives: able.map((target) => lifeWrite("unarchive", target, source)) };
}

const movesOf = (changed: readonly NamedMember[]): readonly KindMove[] =>
  changed.map(([connection, { view }]) => ({ connection, kind: view.kind }));

function askBack(connection: ConnectionId): Park {
  return { reason: "returned", connection, problems: {} };
}

function carryArchive(
  input: DecideInput,
  at: {
    readonly source: NamedMember;
    readonly targets: readonly NamedMember[];
    readonly updates: readonly PlannedWrite[];
    readonly settled: LifePlan;
  },
): LifePlan {
  const able = at.targets.filter(
    ([target]) => input.sides[target]?.canArchive === true && !isCarriedByField(input, target),
  );
  if (able.length === 0) return at.settled;
  const waits = (target: ConnectionId): boolean =>
    at.updates.some(
      (write) => write.target === target && activityFields(input).some((name) => name in write.fields),
    );
  const ready = able.filter(([target]) => !waits(target));
  const archives = ready.map((target) => lifeWrite("archive", target, at.source));
  return { unarchives: [], archives, kindMoves: [], parks: [] };
}

/** Fields that may make a record inactive by themselves. */
const activityFields = ({ policy }: DecideInput): readonly string[] =>
  policy.statusField === null ? ["active"] : ["active", policy.statusField];

/** Whether the side gets a record's activity as a value. */
function isCarriedByField(input: DecideInput, target: ConnectionId): boolean {
  const active = input.policy.fields["active"];
  return (
    active !== undefined &&
    active.targets.includes(target) &&
    input.sides[target]?.writes.has("active") === true &&
    active.writers.some((writer) => input.sides[writer]?.reads.has("active") === true)
  );
}

function lifeWrite(
  kind: "archive" | "unarchive",
  [target, { view }]: NamedMember,
  [connection, source]: NamedMember,
): PlannedWrite {
  return {
    target,
    kind,
    id: view.id,
    precondition: view.version,
    fields: {},
    transition: null,
    causes: [{ connection, version: source.view.version, fields: [] }],
  };
}

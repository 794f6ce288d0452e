import { isChanged } from "./diff.ts";
import { membersOf } from "./members.ts";
import type { NamedMember } from "./members.ts";
import type { DecideInput, MemberState, Park, Plan, PlannedWrite, Restore, Verdict } from "./plan.ts";
import type { ConnectionId } from "./record.ts";

/** What a deletion, or the return of something deleted, calls for. */
export interface DeletionPlan {
  readonly verdict: Verdict;
  readonly writes: readonly PlannedWrite[];
  readonly parks: readonly Park[];
  readonly tombstone: Plan["tombstone"];
  readonly restore: Restore | null;
}

const nothing: DeletionPlan = { verdict: "ended", writes: [], parks: [], tombstone: null, restore: null };

/**
 * A deletion is never carried over as one: the others are archived, or a person is asked, or nothing happens.
 * A person is asked, whatever the contract, when another was edited meanwhile, or when the record may live on
 * under another id: then it was merged, and nothing is to be archived.
 */
export function planDeletion(input: DecideInput): DeletionPlan {
  const gone = membersOf(input).filter(([, { view }]) => view.kind === "deleted");
  const [first] = gone;
  if (first === undefined) return nothing;
  const [connection, { view }] = first;
  const rest = membersOf(input).filter(([, member]) => member.view.kind !== "deleted");
  const word = input.words?.deletion;
  if (word === "restore") return comeBack(gone, rest);
  const isCarried =
    rest.length > 0 && word !== "keep" && (input.policy.onDelete !== "ignore" || word === "archive");
  const question = word === undefined && isCarried ? questionOf(input, first, rest) : null;
  if (question !== null)
    return { ...nothing, verdict: "parked", parks: [{ reason: question, connection, problems: {} }] };
  const able = isCarried ? rest.filter(([target]) => input.sides[target]?.canArchive === true) : [];
  const writes = archive(able, [connection, view.version]);
  const tombstone = { connection, id: view.id };
  return { ...nothing, verdict: writes.length > 0 ? "writes" : "ended", writes, tombstone };
}

/** What a person is to be asked before the others are archived, or null. */
function questionOf(
  input: DecideInput,
  [connection]: NamedMember,
  rest: readonly NamedMember[],
): Park["reason"] | null {
  if (input.heirs?.includes(connection) === true) return "may_be_merged";
  if (rest.some(([, member]) => isEdited(member))) return "edited_while_deleted";
  const isPossible =
    input.policy.onDelete === "archive" && rest.every(([target]) => input.sides[target]?.canArchive === true);
  return isPossible ? null : "deleted_elsewhere";
}

function isEdited({ view, base }: MemberState): boolean {
  return Object.entries(base).some(([field, images]) => isChanged(view.fields[field], images));
}

function archive(
  members: readonly NamedMember[],
  [connection, version]: readonly [ConnectionId, string | null],
): readonly PlannedWrite[] {
  const causes = [{ connection, version, fields: [] }];
  return members
    .filter(([, { view }]) => view.kind !== "archived")
    .map(([target, { view }]) => {
      return {
        target,
        kind: "archive",
        id: view.id,
        precondition: view.version,
        fields: {},
        transition: null,
        causes,
      };
    });
}

/**
 * What becomes of a link that ended, when one of its records is there again: the one that was deleted, or one
 * that was archived because of it or because its creation was undone (the other was there all the time).
 * Nothing comes back by itself (INVARIANTS.md I05): a person says so, or the
 * contract's rule of that name.
 */
export function planReturn(input: DecideInput): DeletionPlan {
  const members = membersOf(input);
  const gone = members.filter(([, { view }]) => view.kind === "deleted");
  const there = members.filter(([, { view }]) => view.kind === "present");
  const isPartial = gone.length > 0 || input.link.isTakenBack === true;
  const back = isPartial ? there.filter(([, { baseKind }]) => baseKind === "archived") : there;
  const [first] = back;
  const isAway = members.some(([, { view }]) => view.kind !== "deleted" && !isHere(view.kind));
  if (first === undefined || isAway) return nothing;
  const word = input.words?.deletion;
  if (word === "restore" || (word === undefined && input.policy.onReturn === "restore"))
    return comeBack(gone, there);
  if (word !== undefined || input.policy.onReturn === "ignore") return nothing;
  return {
    ...nothing,
    verdict: "parked",
    parks: [{ reason: "returned", connection: first[0], problems: {} }],
  };
}

const isHere = (kind: string): boolean => kind === "present" || kind === "archived";

/** The link lives again: what is gone is left behind, what is there counts as brought back by a person. */
function comeBack(gone: readonly NamedMember[], there: readonly NamedMember[]): DeletionPlan {
  const named = (list: readonly NamedMember[]): readonly ConnectionId[] =>
    list.map(([connection]) => connection);
  return { ...nothing, restore: { drop: named(gone), back: named(there) } };
}

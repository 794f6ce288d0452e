import { isBlank, policyInState } from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, EntityPolicy, PlannedWrite, Shown } from "@crossfoot/kernel";
import type { Intent } from "../store/port.ts";

/**
 * Fields that a create leaves out because their writers show nothing, where an edit of the target does not
 * count: what the target puts there by itself is agreed on with the rest of the record, as the image of a
 * field that was sent is (INVARIANTS.md R9). Without that, the empty field would be written over it later,
 * in a state in which the target may refuse it. Pure.
 * @returns by connection, those that are blank there
 */
export function leftBlank(
  input: DecideInput,
  write: PlannedWrite,
): { readonly [connection: string]: readonly string[] } {
  if (write.kind !== "create") return {};
  const { policy, members } = input;
  const side = input.sides[write.target];
  const shown: Shown = (connection, field) => members[connection]?.view.fields[field];
  const isWritten = (field: string): boolean =>
    side !== undefined && (side.writes.has(field) || side.writesOnCreate.has(field));
  const left = Object.values(policy.fields)
    .filter((own) => !(own.field in write.fields) && own.field !== policy.statusField)
    .filter(({ field }) => isWritten(field) && !editsCount(policy, { field, at: write.target, shown }))
    .filter((own) => policyInState(policy, own, shown).targets.includes(write.target))
    .map(({ field }) => field);
  const others = Object.entries(members).filter(([connection]) => connection !== write.target);
  return Object.fromEntries(
    others.map(([connection, { view }]) => [
      connection,
      left.filter((field) => view.fields[field] !== undefined && isBlank(view.fields[field])),
    ]),
  );
}

/** Fields that a create left blank, as {@link leftBlank} noted them with it. Pure. */
export function blanksOf({ kind, fields, sourceImages }: Intent): readonly string[] {
  if (kind !== "create") return [];
  const noted = Object.values(sourceImages).flatMap((images) => Object.keys(images));
  return [...new Set(noted)].filter((field) => !(field in fields));
}

/** Whether an edit of a field counts on this connection, in the state that it shows. Pure. */
export function editsCount(
  policy: EntityPolicy,
  { field, at, shown }: { readonly field: string; readonly at: ConnectionId; readonly shown: Shown },
): boolean {
  const own = policy.fields[field];
  return own === undefined || policyInState(policy, own, shown).writers.includes(at);
}

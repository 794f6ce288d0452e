import { isInClosedBooks, policyInState, shownIn } from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, ExternalId, Json } from "@crossfoot/kernel";
import { entities, isEntityName } from "@crossfoot/model";

/**
 * Why no value of a record is put right there, or null. Documents are not: their numbers, states and periods
 * are their own system's. Pure.
 */
export function whyNotThere(
  { members, inFlight, policy }: DecideInput,
  { target, id }: { readonly target: ConnectionId; readonly id: ExternalId },
): string | null {
  const { entity } = policy;
  if (policy.isProjection || (isEntityName(entity) && entities[entity].isDocument))
    return `${entity} are put right in ${target} itself: nobody else writes to them on a person's word`;
  const view = members[target]?.view;
  if (view === undefined || view.id !== id) return `its link has another record of ${target} now`;
  if (view.kind !== "present") return `${target} shows it as ${view.kind.replaceAll("_", " ")} now`;
  return inFlight.length > 0 ? "a write of the record is under way: run first" : null;
}

/**
 * Why a person's word does not write a field there, or null: where the side's own edits count by the contract
 * they may, and where the side only receives the field, as long as nobody else has it. Closed books are never
 * written to. Pure.
 */
export function whyNotMended(input: DecideInput, target: ConnectionId, field: string): string | null {
  const { policy, members, sides } = input;
  const known = policy.fields[field];
  if (known === undefined) return "the contract does not name it";
  if (known.kind.kind === "collection" || known.kind.kind === "reference" || field === policy.statusField)
    return "it is no plain value: a person decides it";
  const side = sides[target];
  if (side?.canUpdate !== true || !side.writes.has(field) || !side.reads.has(field))
    return `${target} does not let it be written: it is put right there by hand`;
  const { closed } = policy;
  if (closed?.at === target && isInClosedBooks(closed, members[target]?.view.fields[closed.field]))
    return `it is dated in a period of ${target} that is closed (through ${closed.through})`;
  const { writers, targets } = policyInState(policy, known, shownIn(input));
  if (writers.includes(target)) return null;
  const leads = writers.find((writer) => members[writer]?.view.kind === "present");
  if (targets.includes(target))
    return leads === undefined
      ? null
      : `${leads} leads it by the contract: it is put right there, and a run carries it over`;
  return `the contract does not let it be written in ${target}`;
}

/** Marks a write as somebody's repair of one record: what it changes is then carried over as an edit is. */
export function repairCause(fields: readonly string[]): Json {
  return [{ connection: "person", version: null, fields, isRepair: true }];
}

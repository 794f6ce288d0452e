import type { PlannedWrite } from "./plan.ts";
import type { ConnectionId } from "./record.ts";

/**
 * One base that moves: to what the record shows now, after our write, or to what it showed when the plan was
 * made.
 */
export interface BaseStep {
  readonly connection: ConnectionId;
  readonly field: string;
  readonly to: "now" | "decided";
}

/**
 * Which bases move once the writes of a plan have ended, settled or not: those of a field move together, on
 * every member, when each write that carries the field has settled; else none of them does, and the next
 * decision starts from the old agreement. Moving them write by write loses an edit, for lines merged from
 * both sides:
 *
 * 1. crm changed the quantity of a line, erp its price; the plan writes the merged line to both.
 * 2. The write to crm settles, and its base moves to the merged line.
 * 3. Somebody edits the record in erp; the write to erp is refused.
 * 4. The quantity is in crm's base and view now, the old one is in erp's: neither side has changed it, for
 *   ever.
 *
 * A state that is only passed through (a transition that is not the last of its way) is ours: the target's
 * base follows it at once, or it would count as somebody's edit when the next step is refused. Unless the
 * target's own edit is being put back: there the old base is all that tells that something is left to do.
 */
export function settledBases(ended: {
  readonly writes: readonly PlannedWrite[];
  readonly isSettled: (write: PlannedWrite) => boolean;
  readonly members: readonly ConnectionId[];
  readonly statusField: string | null;
}): readonly BaseStep[] {
  const { writes, isSettled, statusField } = ended;
  const fields = [...new Set(writes.flatMap((write) => Object.keys(write.fields)))].toSorted();
  const steps = fields.flatMap((field): readonly BaseStep[] => {
    const carrying = writes.filter((write) => field in write.fields);
    if (!carrying.every(isSettled)) return [];
    const targets = carrying.map((write) => write.target);
    const sources = ended.members.filter((connection) => !targets.includes(connection));
    return [
      ...targets.map((connection): BaseStep => ({ connection, field, to: "now" })),
      ...sources.map((connection): BaseStep => ({ connection, field, to: "decided" })),
    ];
  });
  if (statusField === null || steps.some((step) => step.field === statusField)) return steps;
  const passed = writes.filter(
    (write) => write.kind === "transition" && isSettled(write) && !isPutBack(write),
  );
  const targets = [...new Set(passed.map((write) => write.target))];
  return [
    ...steps,
    ...targets.map((connection): BaseStep => ({ connection, field: statusField, to: "now" })),
  ];
}

function isPutBack({ causes, target }: PlannedWrite): boolean {
  return causes.some((cause) => cause.connection === target);
}

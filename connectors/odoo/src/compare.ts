import type { NativeRecord, NativeWrite } from "@crossfoot/connector-sdk";
import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { FailureRecord } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { shapes } from "./shapes.ts";

/** A record that a write would change although it is not what was decided on any more. */
const moved = (code: string, message: string): FailureRecord =>
  failureRecord(new ConnectorError({ failure: "stale", code, message }));

/**
 * Which writes meet another record than the one they were decided on. Odoo writes whatever it is asked to, so
 * the records are read once more right before: what is left open is the time between this answer and the
 * write.
 */
export async function staleWrites(
  odoo: Odoo,
  writes: readonly NativeWrite[],
): Promise<ReadonlyMap<NativeWrite, FailureRecord>> {
  const found = new Map<NativeWrite, FailureRecord>();
  const guarded = writes.filter(
    ({ id, precondition, current }) =>
      id !== null && precondition !== null && Object.keys(current).length > 0,
  );
  // A version is that of the roots it was read with.
  for (const alike of Map.groupBy(guarded, rootsOf).values()) {
    const [{ entity, current }] = alike as [NativeWrite];
    const shape = shapes[entity];
    if (shape === undefined) continue;
    const ids = alike.flatMap(({ id }) => (id === null ? [] : [id]));
    const records = await readByIds(odoo, shape, { roots: Object.keys(current), ids });
    const byId = new Map(records.map((record) => [record.id, record]));
    for (const write of alike) {
      const failure = staleness(write, write.id === null ? undefined : byId.get(write.id));
      if (failure !== undefined) found.set(write, failure);
    }
  }
  return found;
}

const rootsOf = ({ entity, current }: NativeWrite): string =>
  [entity, ...Object.keys(current).toSorted()].join("\n");

function staleness(write: NativeWrite, record: NativeRecord | undefined): FailureRecord | undefined {
  if (record === undefined || record.kind === "deleted" || record.kind === "merged")
    return moved("record_gone", "the record does not exist any more");
  if (record.version === write.precondition) return undefined;
  return moved("stale_record", "the record was changed since it was read");
}

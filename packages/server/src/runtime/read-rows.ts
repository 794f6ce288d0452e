import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, UnreadableRow } from "@crossfoot/connector-sdk";
import type { ExternalId } from "@crossfoot/kernel";

/** Records that were read by their ids, and those that cannot be read at all. */
export interface ReadRows {
  readonly records: readonly NativeRecord[];
  readonly unreadable: readonly (UnreadableRow & { readonly id: ExternalId })[];
}

/**
 * Reads records by id. A row that breaks its whole call (fault D9) is found by halves and told by itself: it
 * neither hides the others nor counts as gone. Rejects with whatever else the reading meets.
 */
export async function readRows(
  read: (ids: readonly ExternalId[]) => Promise<readonly NativeRecord[]>,
  ids: readonly ExternalId[],
): Promise<ReadRows> {
  try {
    return { records: await read(ids), unreadable: [] };
  } catch (error) {
    const isInvalid = error instanceof ConnectorError && error.failure === "invalid";
    const [id] = ids;
    if (!isInvalid || id === undefined) throw error;
    if (ids.length === 1) return { records: [], unreadable: [{ id, failure: failureRecord(error) }] };
    const half = Math.ceil(ids.length / 2);
    const first = await readRows(read, ids.slice(0, half));
    const second = await readRows(read, ids.slice(half));
    return {
      records: [...first.records, ...second.records],
      unreadable: [...first.unreadable, ...second.unreadable],
    };
  }
}

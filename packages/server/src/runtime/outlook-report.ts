import type { ConnectionId, EntityName, QuotaView } from "@crossfoot/kernel";
import type { EpochRow, PauseRow } from "../store/port.ts";

/** What a connection's limits leave now, what is to be done there, and when that will have been done. */
export interface Outlook {
  readonly connection: ConnectionId;
  /** The store's clock, ms since 1970. */
  readonly now: number;
  /** Limits, what is charged of them and who waits; instants by the store's clock, ms since 1970. */
  readonly quota: QuotaView;
  /** Records that are to be written, at most: which of those that are due call for a write is not decided. */
  readonly records: number;
  /** Calls that takes, at most. */
  readonly calls: number;
  /**
   * When they will have been made, with nobody else calling; by the store's clock, ms since 1970. Null when
   * nothing that is known will ever make room for them.
   */
  readonly caughtUpAt: number | null;
  /** Name of the limit that is waited for most, `pause`, or null when only the calls themselves take time. */
  readonly boundBy: string | null;
  /** Entities whose first load has not ended: how much of it is left is not known. */
  readonly loading: readonly EntityName[];
}

/** The connection that is caught up with last, one that never is before all others. Null: nothing is due. */
export function lastOf(outlooks: readonly Outlook[]): Outlook | null {
  const end = ({ caughtUpAt }: Outlook): number => caughtUpAt ?? Number.POSITIVE_INFINITY;
  const due = outlooks.filter(({ calls }) => calls > 0);
  return due.toSorted((a, b) => (end(a) < end(b) ? 1 : -1))[0] ?? null;
}

/** Whether nothing, or not everything, goes on: what stands still has not caught up with anything. */
export const standsStill = (status: {
  readonly pauses: readonly PauseRow[];
  readonly epoch: Pick<EpochRow, "state">;
}): boolean => status.pauses.length > 0 || status.epoch.state === "held";

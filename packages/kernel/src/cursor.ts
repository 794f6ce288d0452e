/**
 * Cursor and watermark rules. The cursor says how far a reading came; the watermark is the stamp from which
 * the next incremental reading starts. Both live on the remote's clock only (INVARIANTS.md I08, I09): no
 * safety rule compares two clocks.
 */
export interface WatermarkInput {
  /**
   * Watermark the finished reading started from (ms since 1970, remote's clock), or null for a first reading.
   */
  readonly previous: number | null;
  /** Newest stamp seen in the finished reading, or null when nothing was read. */
  readonly newestSeen: number | null;
  /** Longest time between a record's stamp and its becoming visible, declared by the connector, ms. */
  readonly commitLagMs: number;
  /** Granularity of the system's stamps, ms. */
  readonly stampGranularityMs: number;
  /**
   * Stamp of the oldest row that could not be stored; the watermark never passes it, and goes back for it.
   */
  readonly oldestUnsettled: number | null;
}

/**
 * Where the next incremental reading starts: the newest stamp seen, less commit lag and granularity; never
 * past an unsettled row, and never back but for one that was committed late. A stamp in the far future (fault
 * C5) cannot push it: it moves by what was seen, and a caller that sees stamps later than the remote's own
 * clock leaves them out. Null while nothing has been seen.
 */
export function nextWatermark(input: WatermarkInput): number | null {
  const { previous, newestSeen, oldestUnsettled } = input;
  const safe = newestSeen === null ? null : newestSeen - input.commitLagMs - input.stampGranularityMs;
  const reached = previous === null || safe === null ? (previous ?? safe) : Math.max(previous, safe);
  return reached === null || oldestUnsettled === null ? reached : Math.min(reached, oldestUnsettled - 1);
}

/**
 * A cursor that was handed out before in the same reading is a loop; a reading has a named maximum of pages.
 */
export function checkPaging(paging: {
  readonly seen: ReadonlySet<string>;
  readonly next: string | null;
  readonly pages: number;
  readonly pagesMax: number;
}): "go_on" | "end" | "cursor_loop" | "list_too_long" {
  if (paging.next === null) return "end";
  if (paging.seen.has(paging.next)) return "cursor_loop";
  return paging.pages >= paging.pagesMax ? "list_too_long" : "go_on";
}

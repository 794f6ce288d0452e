import type { Clock, Entropy } from "../../ports.ts";
import { allShards, keepHistoryMsUsual, shardName } from "../port.ts";
import { createTables } from "./tables.ts";
import type { Tables } from "./tables.ts";
import { watchForProofs } from "./proof-marks.ts";
import type { Undo } from "./table.ts";

/** What the parts of the memory store work on. */
export interface State {
  readonly tables: Tables;
  readonly entropy: Entropy;
  /** How long former states of records are kept, ms. */
  readonly keepHistoryMs: number;
  /** The store's own clock, in ms: what `now()` is in SQL. */
  readonly now: () => number;
  /** Our clock, in ms, whose time the journal shows. */
  readonly ourNow: () => number;
  /** The next number of a row without a primary key. */
  readonly nextNr: () => number;
  /** Later numbers come after this one. */
  readonly skipNr: (nr: number) => void;
  /**
   * Runs one change as one commit: when it throws, everything is as before. `now` is the same all the way,
   * as in a transaction.
   */
  commit<T>(change: (now: number) => T): T;
}

/** Empty state. */
export function createState(deps: {
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly storeClock: Pick<Clock, "now">;
  readonly keepHistoryMs?: number;
}): State {
  const undo: Undo = [];
  const tables = createTables(undo);
  // As the migrations leave it: every shard has its lease, and nobody holds one.
  for (const shard of allShards)
    tables.lease.insert({ name: shardName(shard), holder: "", fence: 0, expires_at: 0, taken_at: null });
  undo.length = 0;
  let nr = 0;
  watchForProofs(tables, () => (nr += 1));
  return {
    tables,
    entropy: deps.entropy,
    keepHistoryMs: deps.keepHistoryMs ?? keepHistoryMsUsual,
    now: () => deps.storeClock.now(),
    ourNow: () => deps.clock.now(),
    nextNr: () => (nr += 1),
    skipNr: (taken) => {
      nr = Math.max(nr, taken);
    },
    commit(change) {
      try {
        return change(deps.storeClock.now());
      } catch (cause) {
        for (const back of undo.toReversed()) back();
        throw cause;
      } finally {
        undo.length = 0;
      }
    },
  };
}

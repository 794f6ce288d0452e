import { PGlite } from "@electric-sql/pglite";
import { protocol } from "@electric-sql/pglite";
import { SyncedFiles, watchFiles, type DiskOperations } from "./embedded-files.ts";
import { LostSession, RefusedStatement } from "./store-error.ts";
import type { RawResult, Session } from "./session.ts";

/** PostgreSQL inside this thread. It blocks the thread while it works. */
export interface Engine extends Session {
  /** What autovacuum and the checkpointer do on a server; see {@link maintain} in embedded-upkeep.ts. */
  readonly logBytes: () => number;
  /** Forgets the bytes counted so far, after a checkpoint. */
  readonly forgetLogBytes: () => void;
  /** Shuts PostgreSQL down with a last checkpoint. */
  close(): Promise<void>;
}

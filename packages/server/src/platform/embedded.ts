import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Database, Log } from "../ports.ts";
import { SharedSession } from "./embedded-database.ts";
import { EmbeddedLife } from "./embedded-life.ts";
import { EmbeddedThread } from "./embedded-thread.ts";
import { lockFolder } from "./folder-lock.ts";
import { StoreError } from "./store-error.ts";

/** Options of {@link openEmbedded}. */
export interface EmbeddedOptions {
  readonly log?: Log;
  /** Address of the local socket on which this process takes commands; written into the lock file. */
  readonly socket?: string | null;
  /** Time between looks for vacuum and checkpoint, ms; 60,000 when left out. */
  readonly upkeepIntervalMs?: number;
  /** Whether it is soon closed again: it then starts faster than it works. False when left out. */
  readonly isBrief?: boolean;
}

const upkeepIntervalMsDefault = 60_000;

/**
 * Opens the embedded database in a folder, and makes it the first time (1.7 s; later 0.3 s). One process at
 * a time: a second one is refused with a StoreError 55006 that names the first. What a commit acknowledged
 * was synced to disk. When PostgreSQL ends meanwhile, the next call starts it again, or is told why it does
 * not start. Rejects with a StoreError.
 */
export async function openEmbedded(folder: string, options: EmbeddedOptions = {}): Promise<Database> {
  const { log, socket = null, upkeepIntervalMs = upkeepIntervalMsDefault, isBrief = false } = options;
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = lockFolder(path, socket);
  let due = (): void => undefined;
  const start = (): EmbeddedThread =>
    new EmbeddedThread(
      { folder: path, isBrief },
      {
        onUpkeepDue: () => due(),
        onLost: (reason) => log?.error("store_lost", { folder: path, reason }),
      },
    );
  const life = new EmbeddedLife(start, () => log?.info("store_started_again", { folder: path }));
  const shutDown = async (): Promise<void> => {
    clearInterval(timer);
    await life.close();
    lock.release();
  };
  const database = new SharedSession(life, shutDown, () => life.revive());
  let isWaiting = false;
  const upkeep = async (): Promise<void> => {
    if (isWaiting) return;
    isWaiting = true;
    try {
      await database.betweenTurns(() => life.keepUp());
    } catch (error) {
      log?.warn("store_upkeep_failed", { reason: error instanceof Error ? error.message : "unknown" });
    } finally {
      isWaiting = false;
    }
  };
  due = () => {
    upkeep().catch(() => undefined);
  };
  const timer = setInterval(() => due(), upkeepIntervalMs);
  timer.unref();
  try {
    await life.ready();
  } catch (error) {
    await database.close();
    const reason = error instanceof Error ? error.message : "unknown reason";
    throw new StoreError({
      code: "58000",
      message: `the embedded database in ${path} does not start: ${reason}`,
    });
  }
  return database;
}

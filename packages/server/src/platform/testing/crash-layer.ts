import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../../ports.ts";
import type { DiskOperations } from "../embedded-files.ts";
import { SharedSession } from "../embedded-database.ts";
import { openEngine } from "../embedded-engine.ts";
import { prepareCluster } from "../embedded-folder.ts";
import { ForgetfulDisk } from "./forgetful-disk.ts";
import { tempFolder } from "./temp-folder.ts";

/** An embedded database on a disk that forgets what was not synced. */
export interface CrashLayer {
  readonly database: Database;
  /**
   * The power fails at the n-th file operation from now on: in the middle of a write, a sync or a rename of
   * whatever statement runs then. That statement and all later ones reject.
   */
  crashAfter(operations: number): void;
  /** File operations so far. */
  operations(): number;
  /**
   * The power fails now, unless it did already. Answers a store folder that holds what was durable, to be
   * opened with `openEmbedded` or here.
   */
  crash(): Promise<string>;
  /** Removes the copies and the folder that `crash` answered. */
  remove(): void;
}

/** How {@link openWithCrashLayer} treats syncs. */
export interface CrashLayerOptions {
  /** `ours` as in production; `none` as PGlite does by default: it has no sync, and says that it synced. */
  readonly syncs?: "ours" | "none";
}

/**
 * Opens the embedded database of a folder (made when it is not there) in this thread, on top of a disk that
 * keeps apart what is durable. Takes no lock.
 */
export async function openWithCrashLayer(
  folder: string,
  options: CrashLayerOptions = {},
): Promise<CrashLayer> {
  const cluster = await prepareCluster(folder);
  const copies = tempFolder("memory");
  const disk = new ForgetfulDisk(cluster, copies.path);
  const extend = (operations: DiskOperations): void => {
    if (options.syncs === "none") delete operations.stream_ops.fsync;
    disk.extend(operations);
  };
  const settings = options.syncs === "none" ? ["fsync=off"] : [];
  const engine = await openEngine({ folder: cluster, extend, settings });
  const database = new SharedSession(engine, () => engine.close());
  return {
    database,
    crashAfter: (operations) => disk.crashAfter(operations),
    operations: () => disk.operations,
    crash() {
      const after = join(copies.path, "after");
      if (!existsSync(after)) {
        mkdirSync(after, { mode: 0o700 });
        renameSync(disk.crash(), join(after, "database"));
      }
      return Promise.resolve(after);
    },
    remove: () => copies.remove(),
  };
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { openEngine } from "./embedded-engine.ts";

const clusterName = "database";
const unfinishedName = "database.unfinished";

/** Makes one file or folder durable. Windows cannot sync a folder, and does not need to. */
export function syncPath(path: string, isFolder: boolean): void {
  if (isFolder && process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path, false);
  }
  syncPath(folder, true);
}

/**
 * The folder of the cluster inside a project's store folder, filled the first time. PGlite fills a folder
 * file by file and unsynced, so a crash would leave a half-made cluster that never starts again. Here it is
 * made beside its place, synced, and moved there at the end: the folder is whole or absent.
 */
export async function prepareCluster(folder: string): Promise<string> {
  const cluster = join(folder, clusterName);
  if (existsSync(join(cluster, "PG_VERSION"))) return cluster;
  const unfinished = join(folder, unfinishedName);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const engine = await openEngine({ folder: unfinished, sync: () => undefined });
  await engine.close();
  syncTree(unfinished);
  renameSync(unfinished, cluster);
  syncPath(folder, true);
  return cluster;
}

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "./embedded-engine.ts";

const clusterName = "database";
const unfinishedName = "database.unfinished";
/** Syncs at a time. A fresh cluster has 1,000 files, and disks sync many together in the time of one. */
const syncsMax = 16;

/** A file or a folder. */
interface Path {
  readonly path: string;
  readonly isFolder: boolean;
}

async function sync({ path, isFolder }: Path): Promise<void> {
  // Windows opens no folder, keeps names without being asked, and syncs only what is open for writing.
  const isWindows = process.platform === "win32";
  if (isFolder && isWindows) return;
  const file = await open(path, isWindows ? "r+" : "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function* treeOf(folder: string): Iterable<Path> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* treeOf(path);
    else if (entry.isFile()) yield { path, isFolder: false };
  }
  yield { path: folder, isFolder: true };
}

async function syncTree(folder: string): Promise<void> {
  const left = [...treeOf(folder)];
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await sync(next);
  };
  await Promise.all(Array.from({ length: syncsMax }, worker));
}

/**
 * The folder of the cluster inside a project's store folder, filled the first time. PGlite fills a folder
 * file by file and unsynced, so a crash would leave a half-made cluster that never starts again. Here it is
 * made beside its place, synced, and moved there at the end: the folder is whole or absent.
 *
 * The caller holds the lock of the folder, so PostgreSQL's own lock file in it is a dead process's, and goes:
 * a kill between its making and its writing leaves it empty, and PostgreSQL refuses to start on an empty one.
 */
export async function prepareCluster(folder: string): Promise<string> {
  const cluster = join(folder, clusterName);
  if (existsSync(join(cluster, "PG_VERSION"))) {
    rmSync(join(cluster, "postmaster.pid"), { force: true });
    return cluster;
  }
  const unfinished = join(folder, unfinishedName);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const engine = await openEngine({ folder: unfinished, sync: () => undefined });
  await engine.close();
  await syncTree(unfinished);
  renameSync(unfinished, cluster);
  await sync({ path: folder, isFolder: true });
  return cluster;
}

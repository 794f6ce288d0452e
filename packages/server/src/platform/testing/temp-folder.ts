import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAt } from "../running.ts";

/** A folder of a test. `remove` deletes it with everything in it. */
export interface TempFolder {
  readonly path: string;
  remove(): void;
}

const prefix = "crossfoot-test-";
const memoryFolder = "/dev/shm";
const memoryBytesMin = 1024 ** 3;

/** The machine's folder in memory, where it has one with room; containers often have a small one. */
function memory(): string | null {
  try {
    accessSync(memoryFolder, constants.W_OK);
    const { bavail, bsize } = statfsSync(memoryFolder);
    return bavail * bsize >= memoryBytesMin ? memoryFolder : null;
  } catch {
    return null;
  }
}

/** Removes folders of test runs that were killed. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split("-")[0]) : Number.NaN;
    if (Number.isNaN(pid) || lookAt(pid).isRunning) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

const swept: Set<string> = new Set();

/**
 * An empty folder of its own, in the machine's folder for temporary files. `memory`: in memory where there
 * is room, for tests that sync a lot and judge syncs by themselves.
 */
export function tempFolder(place: "disk" | "memory" = "disk"): TempFolder {
  const parent = (place === "memory" ? memory() : null) ?? tmpdir();
  if (!swept.has(parent)) sweep(parent);
  swept.add(parent);
  const path = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

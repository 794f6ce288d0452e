import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Puts another text in the place of a file that its owner alone may read: it is written and synced beside
 * its place and then renamed, so that what is cut off leaves the one before or the one after, whole.
 * Throws errors of the disk.
 */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.draft-${process.pid}`;
  const descriptor = openSync(draft, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** The new name is on the disk only when its folder is. Windows opens no folder, and needs none of it. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

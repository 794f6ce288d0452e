import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** Characters that are gathered before they are written. */
const chunkChars = 65_536;

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

/**
 * The same with text that comes bit by bit, and waits where the disk is slower. What is broken off by
 * `signal` or by an error leaves the file as it was. Answers false where the signal broke it off; rejects
 * with errors of the disk and of the text.
 */
export async function writeWholeOf(
  path: string,
  text: AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<boolean> {
  const draft = `${path}.draft-${process.pid}`;
  const file = await open(draft, "w", 0o600);
  try {
    let waiting = "";
    for await (const part of text) {
      if (signal?.aborted === true) return await discard(draft, file);
      waiting += part;
      if (waiting.length < chunkChars) continue;
      await file.write(waiting);
      waiting = "";
    }
    await file.write(waiting);
    await file.sync();
    await file.close();
  } catch (error) {
    await discard(draft, file);
    throw error;
  }
  await rename(draft, path);
  await folderSynced(dirname(path));
  return true;
}

/** Like {@link syncFolder}, without holding up what else goes on. */
async function folderSynced(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function discard(draft: string, file: FileHandle): Promise<false> {
  await file.close().catch(() => undefined);
  await rm(draft, { force: true });
  return false;
}

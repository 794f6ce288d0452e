import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test. `remove` deletes it with everything in it. */
export interface TempFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder of its own in the machine's folder for temporary files. */
export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), "crossfoot-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

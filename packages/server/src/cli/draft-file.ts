import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { badInput } from "./refusal.ts";

/**
 * An empty file beside the one that is wanted, which takes its name in the end: the place is tried before the
 * work. `undone` says what a refusal leaves undone. Throws a Refusal where nothing can be written.
 */
export function draftOf(file: string, undone: string): string {
  const draft = `${file}.part`;
  try {
    writeFileSync(draft, "");
    if (existsSync(file)) accessSync(file, constants.W_OK);
    return draft;
  } catch (error) {
    // Under a file there is nothing to take away, and trying to is an error of its own.
    if (existsSync(draft)) rmSync(draft);
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw badInput(`nothing can be written to \`${file}\`${why}; ${undone}`);
  }
}

/**
 * Tries whether files can be written into a folder, which is made for that and taken away again where it was
 * not there. `undone` says what a refusal leaves undone. Throws a Refusal where they cannot.
 */
export function tryFolder(folder: string, undone: string): void {
  let made: string | undefined;
  try {
    made = mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw badInput(`\`${folder}\` cannot be made a folder${why}; ${undone}`);
  }
  try {
    rmSync(draftOf(join(folder, "findings.csv"), undone));
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true });
  }
}

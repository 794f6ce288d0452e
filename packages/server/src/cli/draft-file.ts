import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
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
    rmSync(draft, { force: true });
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw badInput(`nothing can be written to \`${file}\`${why}; ${undone}`);
  }
}

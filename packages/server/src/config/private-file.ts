import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

/** Either the text of a file that only its owner can read, or why it is not taken. Never both. */
export type ReadPrivate =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly isMissing: boolean };

/** A file that is read, how it is called in messages, and how long it may be. */
export interface PrivateFile {
  readonly path: string;
  readonly shown: string;
  readonly bytesMax: number;
}

const modes: readonly number[] = [0o600, 0o400];

/**
 * Reads a file that has mode 600 or 400; any other is refused: whoever else can read it can write to the
 * company's books. The mode is asked of the file that was opened, so that it cannot be exchanged in between.
 * The problem never holds any of the text. Windows has no such modes; there it is not asked. Never throws.
 */
export function readPrivateFile({ path, shown, bytesMax }: PrivateFile): ReadPrivate {
  const refuse = (problem: string, isMissing = false): ReadPrivate => ({ ok: false, problem, isMissing });
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stat = fstatSync(file);
    const mode = stat.mode & 0o777;
    if (!stat.isFile()) return refuse(`${shown} is no file`);
    if (stat.size > bytesMax)
      return refuse(`${shown} is longer than ${bytesMax / 1024} kB; what belongs there is shorter`);
    if (process.platform !== "win32" && !modes.includes(mode)) {
      const seen = mode.toString(8).padStart(3, "0");
      const why = (mode & 0o077) === 0 ? "has another mode than 600" : "can be read by others than its owner";
      return refuse(`${shown} ${why} (mode ${seen}); run: chmod 600 ${shown}`);
    }
    return { ok: true, text: readFileSync(file, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOENT" || code === "ENOTDIR") return refuse(`${shown} does not exist`, true);
    return refuse(`${shown} cannot be read (${code})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "./environment.ts";

/** Where a secret is kept. */
export type SecretReference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string };

/** Longest secret that is read; a key file is shorter. */
const bytesMax = 65_536;

/** The reference that a value of a file stands for, or undefined when it is none. */
export function secretForm(value: unknown): SecretReference | undefined {
  if (typeof value !== "string") return undefined;
  const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1];
  if (name !== undefined) return { kind: "env", name };
  const path = /^file:(\S.*)$/.exec(value)?.[1];
  return path === undefined ? undefined : { kind: "file", path };
}

/** Either the secret, or why it cannot be had. The problem never holds any of it. */
export type ReadSecret =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly problem: string };

const refuse = (problem: string): ReadSecret => ({ ok: false, problem });

/**
 * Reads a secret where it is kept. An empty one counts as missing. A file that its group or others can read
 * is refused: whoever can read it can write to the company's books. One line feed at the end of a file is
 * dropped.
 */
export function readSecret(
  reference: SecretReference,
  at: { readonly folder: string; readonly environment: Environment },
): ReadSecret {
  if (reference.kind === "env") {
    const secret = at.environment[reference.name];
    if (secret !== undefined && secret !== "") return { ok: true, secret };
    return refuse(`the environment variable ${reference.name} is not set; set it before you start crossfoot`);
  }
  return readSecretFile(resolve(at.folder, reference.path), reference.path);
}

function readSecretFile(path: string, shown: string): ReadSecret {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const { mode, size, isPlain } = statOf(file);
    if (!isPlain) return refuse(`${shown} is no file`);
    if (size > bytesMax) return refuse(`${shown} is longer than 64 kB; a secret is shorter`);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const seen = (mode & 0o777).toString(8).padStart(3, "0");
      return refuse(`${shown} can be read by others than its owner (mode ${seen}); run: chmod 600 ${shown}`);
    }
    const secret = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    return secret === "" ? refuse(`${shown} is empty`) : { ok: true, secret };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    return refuse(`${shown} ${reason}; put the secret there with mode 600`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function statOf(file: number): { readonly mode: number; readonly size: number; readonly isPlain: boolean } {
  const stat = fstatSync(file);
  return { mode: stat.mode, size: stat.size, isPlain: stat.isFile() };
}

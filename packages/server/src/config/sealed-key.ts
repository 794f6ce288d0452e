import { spawnSync } from "node:child_process";
import { hkdfSync } from "node:crypto";
import { resolve } from "node:path";
import { readPrivateFile } from "./private-file.ts";

/** Where the key of the sealed store comes from: a file of mode 600, or what a program prints. */
export type KeyReference =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "command"; readonly words: readonly string[] };

/** The reference that a value of crossfoot.yaml stands for, or undefined when it is none. */
export function keyForm(value: unknown): KeyReference | undefined {
  if (typeof value !== "string") return undefined;
  const path = /^file:(\S.*)$/.exec(value)?.[1];
  if (path !== undefined) return { kind: "file", path };
  const words = /^command:\s*(\S.*)$/.exec(value)?.[1]?.trim().split(/\s+/);
  return words === undefined ? undefined : { kind: "command", words };
}

/** A key of the sealed store: its public name, and what seals with it. Never print `bytes`. */
export interface SealingKey {
  /** `k-` and 16 hex digits; made from the key, tells nothing of it. */
  readonly id: string;
  /** 32 bytes for AES-256. */
  readonly bytes: Uint8Array;
}

/** Either the key, or why it cannot be had. */
export type ReadKey =
  | { readonly ok: true; readonly key: SealingKey }
  | { readonly ok: false; readonly problem: string };

const bytesMax = 4_096;
/** A program that asks for a password over the network is done by then, ms. */
const commandMsMax = 30_000;

const refuse = (problem: string): ReadKey => ({ ok: false, problem });

/**
 * Reads the key: 32 random bytes in base64 or hex, so that nothing has to be guessed at. A program is started
 * without a shell, its words parted by blanks, and what it prints on stderr is shown to whoever started
 * Crossfoot. `of` says in problems what it is the key of. Never throws; the problem holds nothing of the key.
 */
export function readKey(reference: KeyReference, folder: string, of = "the sealed secrets"): ReadKey {
  if (reference.kind === "file") {
    const { path } = reference;
    const read = readPrivateFile({ path: resolve(folder, path), shown: path, bytesMax });
    if (read.ok) return keyFrom(read.text, path);
    const advice = read.isMissing ? `; \`crossfoot secrets key ${path}\` makes one` : "";
    return refuse(`the key of ${of}: ${read.problem}${advice}`);
  }
  const [program = "", ...words] = reference.words;
  const { status, signal, error, stdout } = spawnSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    timeout: commandMsMax,
    maxBuffer: bytesMax,
    stdio: ["inherit", "pipe", "inherit"],
  });
  if (error !== undefined) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    return refuse(`the key of ${of}: the command \`${program}\` did not give it (${code})`);
  }
  if (status !== 0) {
    const how = signal ?? `exit code ${status}`;
    return refuse(`the key of ${of}: the command \`${program}\` failed (${how})`);
  }
  return keyFrom(stdout, `the command \`${program}\``);
}

function keyFrom(text: string, from: string): ReadKey {
  const given = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(given)
    ? Buffer.from(given, "hex")
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(given)
      ? Buffer.from(given, "base64")
      : null;
  if (bytes === null || bytes.length !== 32) {
    return refuse(`${from} holds no key: 32 random bytes in base64 or hex; \`crossfoot secrets key FILE\``);
  }
  return { ok: true, key: sealingKey(bytes) };
}

/** A key from its 32 bytes: one part seals, another names it, and neither tells the other. */
export function sealingKey(bytes: Uint8Array): SealingKey {
  const derive = (what: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), `crossfoot-sealed/1 ${what}`, length));
  return { id: `k-${Buffer.from(derive("name", 8)).toString("hex")}`, bytes: derive("seal", 32) };
}

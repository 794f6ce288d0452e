import { createSecretKey, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { decrypted, encrypted, nonceBytes, tagBytes } from "../platform/gcm.ts";
import { readPrivateFile } from "./private-file.ts";
import { sealedName } from "./secret-reference.ts";
import type { ReadSecret } from "./secret-reference.ts";
import type { SealingKey } from "./sealed-key.ts";

/** Name of the file of sealed secrets in the project. */
export const sealedFile = "secrets.sealed";

const format = "crossfoot-sealed/1";
const bytesMax = 8 * 1024 * 1024;

/** One secret as it stands in the file. */
interface SealedEntry {
  /** Base64. */
  readonly nonce: string;
  /** Ciphertext and its tag of 16 bytes, base64. */
  readonly sealed: string;
  /** When it was sealed, ISO. */
  readonly at: string;
}

/** The sealed secrets of a project, by name. All are sealed with one key. */
export interface SealedSecrets {
  readonly keyId: string;
  readonly entries: ReadonlyMap<string, SealedEntry>;
}

/** Either the file, null where there is none yet, or why it cannot be used. */
export type ReadSealed =
  | { readonly ok: true; readonly secrets: SealedSecrets | null }
  | { readonly ok: false; readonly problem: string };

/** Reads `secrets.sealed` of a project; needs no key, opens nothing. Never throws. */
export function readSealedFile(folder: string): ReadSealed {
  const read = readPrivateFile({ path: join(folder, sealedFile), shown: sealedFile, bytesMax });
  if (!read.ok) return read.isMissing ? { ok: true, secrets: null } : { ok: false, problem: read.problem };
  const secrets = parse(read.text);
  const advice = "take it from a backup, or remove it and set each secret again";
  const broken = `${sealedFile} is not in order; ${advice}`;
  return secrets === undefined ? { ok: false, problem: broken } : { ok: true, secrets };
}

function parse(text: string): SealedSecrets | undefined {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isMap(json) || json["format"] !== format) return undefined;
  const { key, secrets } = json as { readonly key?: Json; readonly secrets?: Json };
  if (typeof key !== "string" || secrets === undefined || !isMap(secrets)) return undefined;
  const entries = Object.entries(secrets).map(([name, one]) => [name, entryOf(one)] as const);
  const whole = entries.flatMap(([name, one]) =>
    one === undefined || !sealedName.test(name) ? [] : [[name, one] as const],
  );
  return whole.length === entries.length ? { keyId: key, entries: new Map(whole) } : undefined;
}

function entryOf(json: Json): SealedEntry | undefined {
  if (!isMap(json)) return undefined;
  const { nonce, sealed, at } = json as JsonMap & { readonly [key: string]: Json };
  if (typeof nonce !== "string" || typeof sealed !== "string" || typeof at !== "string") return undefined;
  return { nonce, sealed, at };
}

/** What is sealed beside the value: an entry under another name, key or time does not open. */
function bound(key: SealingKey, name: string, at: string): string {
  return JSON.stringify([format, key.id, name, at]);
}

/** Seals a value under its name. */
export function sealValue(
  key: SealingKey,
  { name, value, at }: { readonly name: string; readonly value: string; readonly at: string },
): SealedEntry {
  const bytes = Buffer.from(value, "utf8");
  // As NIST SP 800-38D asks for random ones: 96 bits, a fresh one for each value.
  const sealing = { nonce: randomBytes(nonceBytes), about: bound(key, name, at) };
  const { nonce, tag, text } = encrypted(createSecretKey(key.bytes), bytes, sealing);
  const sealed = Buffer.concat([text, tag]);
  return { nonce: Buffer.from(nonce).toString("base64"), sealed: sealed.toString("base64"), at };
}

/** Opens one secret. Refused with its name when it is missing, was changed, or stands under another name. */
export function openValue(key: SealingKey, secrets: SealedSecrets, name: string): ReadSecret {
  const refuse = (problem: string): ReadSecret => ({ ok: false, problem });
  const entry = secrets.entries.get(name);
  const again = `set it again: crossfoot secrets set ${name}`;
  if (entry === undefined) return refuse(`${sealedFile} holds no \`${name}\`; ${again}`);
  if (secrets.keyId !== key.id) {
    return refuse(
      `\`${name}\` is sealed with the key ${secrets.keyId}, and the key here is ${key.id}; say in ` +
        "crossfoot.yaml under `sealed` where the right one is",
    );
  }
  const broken = refuse(`\`${name}\` in ${sealedFile} was changed and does not open; ${again}`);
  const [nonce, sealed] = [Buffer.from(entry.nonce, "base64"), Buffer.from(entry.sealed, "base64")];
  if (sealed.length <= tagBytes) return broken;
  const parts = { nonce, tag: sealed.subarray(-tagBytes), text: sealed.subarray(0, -tagBytes) };
  const opened = decrypted(createSecretKey(key.bytes), parts, bound(key, name, entry.at));
  return opened === null ? broken : { ok: true, secret: opened.toString("utf8") };
}

/** Two programs changed the sealed secrets at once, or one was cut off while it did. */
export class SealedBusy extends Error {
  constructor() {
    const there = `${sealedFile}.next is there: another \`crossfoot secrets\` is at work, or one was cut off`;
    super(`${there}; when none is at work, remove that file. ${sealedFile} itself is whole.`);
    this.name = "SealedBusy";
  }
}

/**
 * Puts another file in the place of `secrets.sealed`. `change` is called while nobody else may change it, and
 * so may read it. What is cut off leaves the one before or the one after, whole: it is written and synced
 * beside its place, and then renamed. Throws SealedBusy, what `change` throws, and errors of the disk.
 */
export function replaceSealed(folder: string, change: () => SealedSecrets): void {
  const path = join(folder, sealedFile);
  const beside = `${path}.next`;
  let file: number;
  try {
    file = openSync(beside, "wx", 0o600);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? new SealedBusy() : error;
  }
  try {
    try {
      writeSync(file, textOf(change()));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function textOf({ keyId, entries }: SealedSecrets): string {
  const secrets = Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format, key: keyId, secrets }, null, 2)}\n`;
}

/** The new name is on the disk only when its folder is. Windows opens no folder, and needs none of it. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const opened = openSync(folder, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

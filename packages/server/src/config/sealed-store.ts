import { keyForm, readKey } from "./sealed-key.ts";
import type { ReadKey, SealingKey } from "./sealed-key.ts";
import { openValue, readSealedFile, replaceSealed, sealedFile, sealValue } from "./sealed-file.ts";
import type { SealedSecrets } from "./sealed-file.ts";
import type { ReadSecret } from "./secret-reference.ts";
import type { Setting } from "./settings.ts";

/** Where the sealed store of a project is, and where its keys come from. */
export interface SealedPlace {
  readonly folder: string;
  /** `sealed.key` of crossfoot.yaml, or null. */
  readonly key: string | null;
  /** `sealed.nextKey` of crossfoot.yaml, or null. */
  readonly nextKey: string | null;
}

/** A change of the sealed store that cannot be made. The message names things, never a value. */
export class SealedRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SealedRefused";
  }
}

const noKey =
  "crossfoot.yaml says under `sealed.key` where the key is: `file:PATH` (mode 600) or `command:PROGRAM " +
  "...`; `crossfoot secrets key FILE` makes one";

/** The place that the settings of a project name. */
export function sealedPlace(folder: string, settings: Iterable<Setting>): SealedPlace {
  const all = [...settings];
  const value = (path: string): string | null => {
    const found = all.find((setting) => setting.path === path)?.value;
    return typeof found === "string" ? found : null;
  };
  return { folder, key: value("sealed.key"), nextKey: value("sealed.nextKey") };
}

/**
 * Opens secrets of the sealed store. File and key are read at the first one, once: a command that asks a
 * person for a password asks once. While keys are exchanged both are known, and the one that the file names
 * is taken. Never throws.
 */
export function openSealed(place: SealedPlace): (name: string) => ReadSecret {
  let opened: Opened | undefined;
  return (name) => {
    opened ??= open(place);
    return opened.ok ? openValue(opened.key, opened.secrets, name) : opened;
  };
}

type Opened =
  | { readonly ok: true; readonly secrets: SealedSecrets; readonly key: SealingKey }
  | { readonly ok: false; readonly problem: string };

function open(place: SealedPlace): Opened {
  const read = readSealedFile(place.folder);
  if (!read.ok) return read;
  const { secrets } = read;
  if (secrets === null) {
    return {
      ok: false,
      problem: `there is no ${sealedFile} in the project; \`crossfoot secrets set NAME\` begins it`,
    };
  }
  const found = keyNamed(place, secrets.keyId);
  return found.ok ? { ok: true, secrets, key: found.key } : found;
}

/** The key of that name among the two that are declared; the first one where neither has it. */
function keyNamed({ folder, key, nextKey }: SealedPlace, id: string): ReadKey {
  const references = [key, nextKey].flatMap((text) => keyForm(text) ?? []);
  let first: ReadKey | undefined;
  for (const reference of references) {
    const read = readKey(reference, folder);
    if (read.ok && read.key.id === id) return read;
    first ??= read;
  }
  return first ?? { ok: false, problem: noKey };
}

function keyOf(folder: string, text: string | null, missing: string): SealingKey {
  const reference = keyForm(text);
  if (reference === undefined) throw new SealedRefused(missing);
  const read = readKey(reference, folder);
  if (!read.ok) throw new SealedRefused(read.problem);
  return read.key;
}

function readOrThrow(folder: string): SealedSecrets | null {
  const read = readSealedFile(folder);
  if (!read.ok) throw new SealedRefused(read.problem);
  return read.secrets;
}

/** Seals a secret under a name; another one of that name is replaced. Throws SealedRefused or SealedBusy. */
export function setSealed(
  place: SealedPlace,
  secret: { readonly name: string; readonly value: string; readonly at: string },
): { readonly keyId: string; readonly isReplaced: boolean } {
  let told = { keyId: "", isReplaced: false };
  replaceSealed(place.folder, () => {
    const before = readOrThrow(place.folder);
    const key =
      before === null ? keyOf(place.folder, place.key, noKey) : keyOrThrow(keyNamed(place, before.keyId));
    // Sealed with another key it would be a file of two keys, of which one is lost some day.
    if (before !== null && before.keyId !== key.id) throw otherKey(before.keyId, key.id);
    const entries = new Map(before?.entries).set(secret.name, sealValue(key, secret));
    told = { keyId: key.id, isReplaced: before?.entries.has(secret.name) === true };
    return { keyId: key.id, entries };
  });
  return told;
}

function keyOrThrow(read: ReadKey): SealingKey {
  if (!read.ok) throw new SealedRefused(read.problem);
  return read.key;
}

const otherKey = (wanted: string, seen: string): SealedRefused =>
  new SealedRefused(
    `${sealedFile} is sealed with the key ${wanted}, and the key here is ${seen}; say in crossfoot.yaml ` +
      "under `sealed` where the right one is",
  );

/** Removes a secret; answers whether it was there. Needs no key. Throws SealedRefused or SealedBusy. */
export function removeSealed(folder: string, name: string): boolean {
  const before = readOrThrow(folder);
  if (before?.entries.has(name) !== true) return false;
  replaceSealed(folder, () => {
    const now = readOrThrow(folder) ?? before;
    const entries = new Map(now.entries);
    entries.delete(name);
    return { keyId: now.keyId, entries };
  });
  return true;
}

/**
 * Seals every secret again with `sealed.nextKey`. All of them are opened first: one that does not open leaves
 * everything as it was. Answers how many there are, and both keys' names. Throws SealedRefused or SealedBusy.
 */
export function rotateSealed(
  place: SealedPlace,
  at: string,
): { readonly from: string; readonly to: string; readonly count: number } {
  const { folder } = place;
  const missing = "crossfoot.yaml says under `sealed.nextKey` with which key they are sealed from now on";
  const next = keyOf(folder, place.nextKey, missing);
  let told = { from: "", to: next.id, count: 0 };
  replaceSealed(folder, () => {
    const before = readOrThrow(folder);
    if (before === null) throw new SealedRefused(`there is no ${sealedFile} in the project`);
    const key = keyOrThrow(keyNamed(place, before.keyId));
    const entries = new Map(
      [...before.entries.keys()].map((name) => {
        const opened = openValue(key, before, name);
        if (!opened.ok) throw new SealedRefused(opened.problem);
        return [name, sealValue(next, { name, value: opened.secret, at })] as const;
      }),
    );
    told = { from: before.keyId, to: next.id, count: entries.size };
    return { keyId: next.id, entries };
  });
  return told;
}

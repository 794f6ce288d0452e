import { resolve } from "node:path";
import type { Environment } from "./environment.ts";
import { readPrivateFile } from "./private-file.ts";

/** Where a secret is kept. */
export type SecretReference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "sealed"; readonly name: string };

/** Longest secret that is read, bytes; a key file is shorter. */
export const secretBytesMax = 65_536;

/** How a sealed secret may be called. */
export const sealedName: RegExp = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** The reference that a value of a file stands for, or undefined when it is none. */
export function secretForm(value: unknown): SecretReference | undefined {
  if (typeof value !== "string") return undefined;
  const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1];
  if (name !== undefined) return { kind: "env", name };
  const sealed = /^sealed:(.+)$/.exec(value)?.[1];
  if (sealed !== undefined) return sealedName.test(sealed) ? { kind: "sealed", name: sealed } : undefined;
  const path = /^file:(\S.*)$/.exec(value)?.[1];
  return path === undefined ? undefined : { kind: "file", path };
}

/** Either the secret, or why it cannot be had. The problem never holds any of it. */
export type ReadSecret =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly problem: string };

/** Where secrets are looked for. */
export interface SecretPlaces {
  /** Folder that paths are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** Opens one secret of the sealed store. */
  readonly sealed: (name: string) => ReadSecret;
}

const refuse = (problem: string): ReadSecret => ({ ok: false, problem });

/**
 * Reads a secret where it is kept. An empty one counts as missing. A file of another mode than 600 or 400 is
 * refused. One line feed at the end of a file is dropped. Never throws.
 */
export function readSecret(reference: SecretReference, at: SecretPlaces): ReadSecret {
  switch (reference.kind) {
    case "env": {
      const secret = at.environment[reference.name];
      if (secret !== undefined && secret !== "") return { ok: true, secret };
      return refuse(
        `the environment variable ${reference.name} is not set; set it before you start crossfoot`,
      );
    }
    case "sealed":
      return at.sealed(reference.name);
    case "file":
      return readSecretFile(resolve(at.folder, reference.path), reference.path);
  }
}

function readSecretFile(path: string, shown: string): ReadSecret {
  const read = readPrivateFile({ path, shown, bytesMax: secretBytesMax });
  if (!read.ok) {
    const isAbout = read.problem.includes("; ");
    return refuse(isAbout ? read.problem : `${read.problem}; put the secret there with mode 600`);
  }
  const secret = read.text.replace(/\r?\n$/, "");
  return secret === "" ? refuse(`${shown} is empty`) : { ok: true, secret };
}

import { hash, randomBytes } from "node:crypto";

/** Bytes of what a browser or a link holds: nobody guesses 256 bits, so one plain hash is kept of it. */
const secretBytes = 32;

/** A secret as its owner sees it, once, and what is kept of it. */
export interface MadeSecret {
  readonly secret: string;
  readonly hash: string;
}

/** Makes the secret of a one-time link or of a session. Draws random numbers. */
export function makeSecret(): MadeSecret {
  const secret = randomBytes(secretBytes).toString("base64url");
  return { secret, hash: secretHashOf(secret) };
}

/** What is kept of a secret. */
export const secretHashOf = (secret: string): string => hash("sha256", secret, "hex");

/** Whether a text has the form of such a secret. */
export const isSecretForm = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** The id of a person. Draws random numbers. */
export const makePersonId = (): string => randomBytes(6).toString("hex");

/** Longest name of a person. */
const personNameMax = 100;

/** A name as it is kept, or null when it is none: lower case, such as an address of mail. */
export function personNameOf(text: string): string | null {
  const name = text.normalize("NFKC").trim().toLowerCase();
  const isName = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u.test(name) && name.length <= personNameMax;
  return isName && name.length >= 2 ? name : null;
}

/** How long a one-time link is good, ms. */
export const linkMs: number = 24 * 3_600_000;

/** Where a one-time link leads, below the address of the server. */
export const linkPath = (secret: string): string => `/join?link=${secret}`;

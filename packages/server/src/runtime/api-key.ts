import { hash, randomBytes } from "node:crypto";
import type { KeyDraft } from "../store/port.ts";

/** Bytes of the secret part: nobody guesses 256 bits, so that one plain hash of it is enough. */
const secretBytes = 32;
const idBytes = 6;

/** A key as whoever made it sees it, once. */
export interface MadeKey {
  readonly draft: KeyDraft;
  /** `cf_<id>_<secret>`: what a request carries. Kept nowhere. */
  readonly token: string;
}

/** Makes a key. Draws random numbers. */
export function makeKey(wanted: Omit<KeyDraft, "id" | "secretHash">): MadeKey {
  const id = randomBytes(idBytes).toString("hex");
  const secret = randomBytes(secretBytes).toString("base64url");
  return { draft: { ...wanted, id, secretHash: hash("sha256", secret, "hex") }, token: `cf_${id}_${secret}` };
}

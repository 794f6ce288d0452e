import { createHmac, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { SealingCipher, TextCipher, WrappedKey } from "../ports.ts";
import { decrypted, encrypted, keyBytes, nonceBytes, packed, unpacked } from "./gcm.ts";

/** A master key: its public name, and 32 bytes that never stand in the store. */
export interface MasterKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

const idBytes = 12;
/** A key of the store is two: one encrypts, the other makes nonces. */
const secretBytes = 2 * keyBytes;

const wrappingKey = ({ bytes }: MasterKey): KeyObject =>
  createSecretKey(
    new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), "crossfoot-at-rest/1 wrap", keyBytes)),
  );

/**
 * One key of the store. The nonce is made of the text itself (HMAC-SHA-256 under a key of its own, first 96
 * bits), so that the same text gives the same token and SQL can still compare: whoever has the database sees
 * which values under one key are equal, and how long they are, and nothing else. Two texts with one nonce are
 * as unlikely as with random ones: 2^-33 after 2^32 texts (NIST SP 800-38D, section 8.3). A record or link
 * has some hundred; the store's own key, which seals the match keys, has that many at most too.
 */
function textCipher(id: string, secret: Uint8Array): TextCipher {
  const key = createSecretKey(secret.subarray(0, keyBytes));
  const nonceKey = createSecretKey(secret.subarray(keyBytes));
  return {
    seal(text) {
      const nonce = createHmac("sha256", nonceKey).update(text).digest().subarray(0, nonceBytes);
      return packed(encrypted(key, Buffer.from(text), { nonce, about: id })).toString("base64url");
    },
    open: (token) => decrypted(key, unpacked(Buffer.from(token, "base64url")), id)?.toString("utf8") ?? null,
  };
}

/**
 * Keys of the store under master keys of 32 bytes: each is 64 random bytes, encrypted with AES-256-GCM under
 * a fresh random nonce; its id, subject and master are authenticated with it, so that rows cannot be
 * exchanged. New ones are wrapped under the first master key.
 * @param random gives so many random bytes; of the system when missing
 */
export function createSealingCipher(
  masters: readonly [MasterKey, ...MasterKey[]],
  random: (bytes: number) => Uint8Array = randomBytes,
): SealingCipher {
  const wrapping = new Map(masters.map((master) => [master.id, wrappingKey(master)]));
  const about = ({ id, subject, master }: Omit<WrappedKey, "wrapped">): string =>
    JSON.stringify([id, subject, master]);
  const secretOf = (row: WrappedKey): Buffer | null => {
    const key = wrapping.get(row.master);
    if (key === undefined) return null;
    const secret = decrypted(key, unpacked(Buffer.from(row.wrapped, "base64url")), about(row));
    return secret?.length === secretBytes ? secret : null;
  };
  const wrap = (named: Omit<WrappedKey, "wrapped">, secret: Uint8Array): WrappedKey | null => {
    const key = wrapping.get(named.master);
    if (key === undefined) return null;
    const made = encrypted(key, secret, { nonce: random(nonceBytes), about: about(named) });
    return { ...named, wrapped: packed(made).toString("base64url") };
  };
  const under = (master: string): SealingCipher => ({
    master,
    known: [...wrapping.keys()],
    make(subject) {
      const id = Buffer.from(random(idBytes)).toString("base64url");
      const made = wrap({ id, subject, master }, random(secretBytes));
      if (made === null) throw new Error(`no master key is called ${master}`);
      return made;
    },
    unwrap(row) {
      const secret = secretOf(row);
      return secret === null ? null : textCipher(row.id, secret);
    },
    rewrap(row, next) {
      const secret = secretOf(row);
      return secret === null ? null : wrap({ id: row.id, subject: row.subject, master: next }, secret);
    },
    under,
  });
  return under(masters[0].id);
}

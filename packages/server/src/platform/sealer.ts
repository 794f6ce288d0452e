import { createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { decrypted, encrypted, keyBytes, nonceBytes, packed, unpacked } from "./gcm.ts";

/**
 * Seals texts by AES-256-GCM under a key that is derived from `secrets` (HKDF with SHA-256; `purpose` and
 * `name` make it another key for each use), so that whoever knows the secrets can open them, and nobody else:
 * the store has no key. A fresh nonce of 96 random bits each time (NIST SP 800-38D). Base64 of nonce, tag and
 * ciphertext.
 */
export function createSealer(
  secrets: () => readonly string[],
  { purpose, name }: { readonly purpose: string; readonly name: string },
): { readonly seal: (text: string) => string; readonly open: (sealed: string) => string | null } {
  const key = (): KeyObject => {
    const bytes = hkdfSync("sha256", JSON.stringify(secrets()), name, `crossfoot ${purpose}`, keyBytes);
    return createSecretKey(new Uint8Array(bytes));
  };
  return {
    seal: (text) => {
      const at = { nonce: randomBytes(nonceBytes), about: "" };
      return packed(encrypted(key(), Buffer.from(text, "utf8"), at)).toString("base64");
    },
    open: (text) => {
      const plain = decrypted(key(), unpacked(Buffer.from(text, "base64")), "");
      return plain?.toString("utf8") ?? null;
    },
  };
}

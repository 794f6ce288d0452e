import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const nonceBytes = 12;
const tagBytes = 16;

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
  const key = (): Buffer =>
    Buffer.from(hkdfSync("sha256", JSON.stringify(secrets()), name, `crossfoot ${purpose}`, 32));
  return {
    seal: (text) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key(), nonce);
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open: (text) => {
      const bytes = Buffer.from(text, "base64");
      if (bytes.length < nonceBytes + tagBytes) return null;
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", key(), nonce, { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        return Buffer.concat([opened, decipher.final()]).toString("utf8");
      } catch {
        return null;
      }
    },
  };
}

/** Replaces known secrets in a text. */
export type Conceal = (text: string) => string;

/** Shorter texts are not secrets: replacing every "a" would leave nothing to read. */
const lengthMin = 4;

/**
 * The forms in which a secret may stand in a line: plain, JSON-escaped, URL-encoded, base64 and its URL
 * form.
 */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64 = bytes.toString("base64").replace(/=+$/, "");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([["", secret]]).toString().slice(1),
    base64,
    bytes.toString("base64url"),
  ];
}

/**
 * A function that replaces each known secret, and its usual encodings, by `[secret]`. The secrets are asked
 * for at each call, so one that is learnt later counts from then on. Secrets of fewer than 4 characters are
 * not replaced.
 */
export function createConcealer(secrets: () => Iterable<string>): Conceal {
  const known = new Map<string, readonly string[]>();
  return (text) => {
    let shown = text;
    for (const secret of secrets()) {
      if (secret.length < lengthMin) continue;
      const forms = known.get(secret) ?? formsOf(secret);
      known.set(secret, forms);
      for (const form of forms) shown = shown.replaceAll(form, "[secret]");
    }
    return shown;
  };
}

/** Replaces known secrets in a text. */
export type Conceal = (text: string) => string;

/** Shorter texts are not secrets: replacing every "a" would leave nothing to read. */
const lengthMin = 4;

/** Shortest piece of base64 that is looked for; a shorter one is found in innocent text. */
const pieceLengthMin = 6;

/**
 * What is left of a secret in base64 when it stands behind 0, 1 or 2 bytes of something else, as in the
 * "user:password" of basic authorisation: the characters that hold nothing but its own bits.
 */
function base64Pieces(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), end);
  });
}

/** The forms in which a secret may stand in a line: plain, JSON-escaped (also twice), URL-encoded, base64. */
function formsOf(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const pieces = base64Pieces(secret).filter((piece) => piece.length >= pieceLengthMin);
  return [
    secret,
    JSON.stringify(escaped).slice(1, -1),
    escaped,
    encodeURIComponent(secret),
    new URLSearchParams([["", secret]]).toString().slice(1),
    ...pieces,
    ...pieces.map((piece) => piece.replaceAll("+", "-").replaceAll("/", "_")),
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

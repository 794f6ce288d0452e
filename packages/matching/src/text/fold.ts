import anyAscii from "any-ascii";

// oxlint-disable-next-line no-control-regex -- the range of ASCII is what is asked for
const plainAscii = /^[\u0000-\u007f]*$/;
const quotes = /['`´’‘ʻʼ]/g;
/** Each stands for a word. */
const ideographs = /\p{Script=Han}/gu;
const others = /[^a-z0-9]+/g;

/**
 * Text as it is compared: Latin letters and digits, lower case, one blank between words; every
 * other script is
 * written in Latin letters. Never throws.
 */
export function fold(text: string): string {
  if (plainAscii.test(text)) return plain(text);
  const parted = text.normalize("NFKC").replace(quotes, "").replace(ideographs, " $& ");
  return plain(anyAscii(parted));
}

function plain(latin: string): string {
  return latin.toLowerCase().replace(quotes, "").replace(others, " ").trim();
}

/** The words of a folded text, in order. */
export function wordsOf(folded: string): readonly string[] {
  return folded === "" ? [] : folded.split(" ");
}

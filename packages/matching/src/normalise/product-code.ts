/**
 * A GTIN (8, 12, 13 or 14 digits) with a right check digit, padded to 14 digits, or "" for anything else.
 * GS1 General Specifications 7.9: weights 3 and 1 from the right. Never throws.
 */
export function gtinOf(value: string): string {
  const digits = value.replaceAll(/[\s-]/g, "");
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits) || /^0+$/.test(digits)) return "";
  const padded = digits.padStart(14, "0");
  let sum = 0;
  for (let at = 0; at < 13; at++) sum += Number(padded[at]) * (at % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10 === Number(padded[13]) ? padded : "";
}

/**
 * Whether a folded word looks like the number of a model or an article: at least three signs, one a
 * digit.
 */
export function isCodeLike(word: string): boolean {
  return word.length >= 3 && /\d/.test(word) && (/[a-z]/.test(word) || word.length >= 4);
}

/** An article number as it is compared: letters and digits only, without leading zeros. */
export function codeOf(folded: string): string {
  return folded.replaceAll(" ", "").replace(/^0+(?=.)/, "");
}

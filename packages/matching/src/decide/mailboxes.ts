/** Parts of a mailbox's name. */
const between = /[._\-+]+/;

/**
 * A part that is a word or its first letter, no nickname: hans@ and john@ are two people of a house; of a
 * word that is an initial, what it may stand for.
 */
const isPartOf = (part: string, words: readonly string[]): boolean =>
  words.some((word) => {
    const isInitial = part.length === 1 || word.length === 1;
    return isInitial ? part.charAt(0) === word.charAt(0) : part === word;
  });

/**
 * Whether a mailbox without signs between its words is two words of a name, of which one may be an initial.
 */
function isTogether(local: string, [one, other]: readonly [string, string]): boolean {
  const spelled = [one + other, one.charAt(0) + other, one + other.charAt(0)];
  if (spelled.includes(local)) return true;
  return one.length === 1 && other.length > 1 && local.startsWith(one) && local.endsWith(other);
}

/**
 * Whether a mailbox's name ("j.garcia") is spelled after a personal name given in folded words. "info7" is
 * after nobody's. Never throws.
 */
export function isSpelledAfter(local: string, words: readonly string[]): boolean {
  const parts = local.split(between).filter((part) => part !== "");
  if (parts.length === 0 || words.length === 0) return false;
  if (parts.length > 1) return parts.every((part) => isPartOf(part, words));
  const [whole = ""] = parts;
  if (words.includes(whole) || words.join("") === whole) return true;
  return words.some((one, at) =>
    words.some((other, place) => at !== place && isTogether(whole, [one, other])),
  );
}

/** Spellings of one sound in several languages and transcriptions, each with one sign. Order matters. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/tsch|tch|cz|ch/g, "c"],
  [/schtsch|shch/g, "s"],
  [/sch|sh|sz/g, "s"],
  [/zh|dzh|dj/g, "j"],
  [/ph/g, "f"],
  [/th/g, "t"],
  [/kh|gh/g, "h"],
  [/ck|q|k/g, "k"],
  [/c(?=[eiy])/g, "s"],
  [/x/g, "ks"],
  [/tz|ts/g, "z"],
  [/w/g, "v"],
  [/ou|oo|u/g, "u"],
  [/iy|yi|ij|ii|ey|ei|ie|y|j/g, "i"],
  [/ae|oe|ue/g, "e"],
];

/** Words whose sound is kept; more begin anew. */
const keptMax = 50_000;
const kept = new Map<string, string>();

/** A folded word as it sounds, roughly: "Sergej" and "Sergey", "Mertz" and "Merz" are one. Never throws. */
export function soundOf(word: string): string {
  const known = kept.get(word);
  if (known !== undefined) return known;
  let sound = word;
  for (const [pattern, letter] of spellings) sound = sound.replaceAll(pattern, letter);
  sound = sound.replaceAll(/(.)\1+/g, "$1");
  if (kept.size >= keptMax) kept.clear();
  kept.set(word, sound);
  return sound;
}

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

/** A folded word as it sounds, roughly: "Sergej" and "Sergey", "Mertz" and "Merz" are one. Never throws. */
export function soundOf(word: string): string {
  let sound = word;
  for (const [pattern, letter] of spellings) sound = sound.replaceAll(pattern, letter);
  return sound.replaceAll(/(.)\1+/g, "$1");
}

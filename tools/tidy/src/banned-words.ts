/**
 * Words of HOUSE section 4 that name nothing. A declared name may not contain one as a whole word of its
 * camelCase or kebab-case parts, in singular or plural.
 *
 * Not enforced here, because a machine cannot tell the good use from the bad one:
 * - "object": it is our own term for a system's native record type; only a JavaScript value must not be
 *   called so. The bare name `obj` is always the bad use and is refused.
 * - "exactly-once" in prose: a sentence may have to say that something is not so. In names it is refused.
 * - property names: they are often a vendor's wire format. Types, functions, constants, parameters,
 *   methods and fields of classes are judged.
 */
const words: ReadonlySet<string> = new Set([
  "data",
  "info",
  "infos",
  "item",
  "items",
  "obj",
  "process",
  "processes",
  "handle",
  "handles",
  "manager",
  "managers",
  "service",
  "services",
  "helper",
  "helpers",
  "smart",
  "magic",
  "new",
  "old2",
]);

/** Declared names that the language or a vendor forces, each with its reason. Printed with every run. */
export const forcedNames: ReadonlyMap<string, string> = new Map<string, string>([]);

/** The lower-case words of a camelCase, PascalCase or CONSTANT_CASE name. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_$]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** The first banned word among the words of a name, or null. "exactly once" counts as one word. */
export function bannedWordIn(nameWords: readonly string[]): string | null {
  const single = nameWords.find((word) => words.has(word));
  if (single !== undefined) return single;
  const isPair = nameWords.some((word, at) => word === "exactly" && nameWords[at + 1] === "once");
  return isPair ? "exactly-once" : null;
}

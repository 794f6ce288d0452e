import { saysNothing } from "../columns/vocabulary.ts";
import { areNamesOfTwo, hasNicknames, isNickname } from "../normalise/nicknames.ts";
import { soundOf } from "../text/sound.ts";
import type { Compared } from "../weigh/levels.ts";

/** A given name that so many families have is no slip: the same slip is hardly made in three of them. */
const familiesMin = 3;
/** One that fewer than this part of those have who bear the other may be the usual slip of it. */
const slipShare = 0.02;

/**
 * Whether a name may be the beginning of another, cut short: "Dieg." of Diego, "Cel." of Celine. Paul is none
 * of Paula, nor Julia of Julian.
 */
function isBeginning(short: string, long: string): boolean {
  if (!long.startsWith(short)) return false;
  const rest = long.slice(short.length);
  return rest !== "a" && !(rest === "n" && short.endsWith("ia"));
}

/** The sound of a name, whether its last sign is a c or a k. */
const nearSound = (name: string): string => soundOf(name).replaceAll("c", "k");

/**
 * Which given names the user's own records know, by how many families have them; see Fellegi and Sunter 1969
 * for frequencies as evidence. Read at the first question. Pure; never throws.
 */
export class KnownGiven {
  readonly #compared: Compared;
  #families: ReadonlyMap<string, number> | null = null;

  constructor(compared: Compared) {
    this.#compared = compared;
  }

  /**
   * Whether two folded given names are two names however near they are written: both known and of no one
   * group of nicknames ("mark", "mary"), or both of several families, and of another sound ("joan", "john").
   */
  areTwo(left: string, right: string): boolean {
    if (left === right || Math.min(left.length, right.length) < 2) return false;
    if (areNamesOfTwo(left, right)) return true;
    if (isNickname(left, right) || nearSound(left) === nearSound(right)) return false;
    if (isBeginning(left, right) || isBeginning(right, left)) return false;
    const [few, many] = [this.#countOf(left), this.#countOf(right)].toSorted((a, b) => a - b) as [
      number,
      number,
    ];
    return few >= slipShare * many && this.#isKnown(left) && this.#isKnown(right);
  }

  /** Whether it is a name, by the list of nicknames or by the families that have it. */
  #isKnown(name: string): boolean {
    return hasNicknames(name) || this.#countOf(name) >= familiesMin;
  }

  #countOf(name: string): number {
    this.#families ??= familiesOf(this.#compared);
    return this.#families.get(name) ?? 0;
  }
}

/** How many families have each first given name, by its columns, or by whole names. */
function familiesOf(compared: Compared): ReadonlyMap<string, number> {
  const { fields, vocabulary } = compared;
  const counts = new Map<string, number>();
  const count = (name: string | undefined): void => {
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  const given = fields.findIndex(({ kind }) => kind === "given");
  const family = fields.findIndex(({ kind }) => kind === "family");
  const values = vocabulary.fields[given];
  if (values !== undefined) {
    const width = Math.max(1, vocabulary.fields[family]?.count ?? 1);
    for (const pair of pairsOf(compared, { given, family, width }))
      count(values.keyOf(Math.floor(pair / width)).split(" ")[0]);
  }
  for (const [at, { kind }] of fields.entries()) {
    const names = vocabulary.fields[at];
    if (kind !== "person" || names === undefined) continue;
    for (let name = 0; name < names.count; name++) count(names.textsOf(name)[0]);
  }
  return counts;
}

interface Named {
  readonly given: number;
  readonly family: number;
  /** Families in all. */
  readonly width: number;
}

/** Every given name with every family that has it, as one number, each once. */
function* pairsOf(compared: Compared, { given, family, width }: Named): Iterable<number> {
  const sides = compared.right === null ? [compared.left] : [compared.left, compared.right];
  const pairs = sides.flatMap(({ values }) => {
    const [names, families] = [values[given], values[family]];
    const told = new Float64Array(names?.length ?? 0).fill(-1);
    for (const [record, name] of names?.entries() ?? []) {
      const of = families === undefined ? 0 : (families[record] ?? saysNothing);
      if (name !== saysNothing && of !== saysNothing) told[record] = name * width + of;
    }
    return [told];
  });
  const all = new Float64Array(pairs.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const each of pairs) {
    all.set(each, length);
    length += each.length;
  }
  all.sort();
  for (let at = 0; at < all.length; at++) {
    const pair = all[at] ?? -1;
    if (pair >= 0 && pair !== all[at - 1]) yield pair;
  }
}

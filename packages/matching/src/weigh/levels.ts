import type { Candidates } from "../block/candidates.ts";
import type { Prepared, Side } from "../columns/prepare.ts";
import { codeLevel, codesOf } from "../compare/codes.ts";
import { comparisonOf, equalLevel, frequenciesOf, nameLevel } from "../compare/compare.ts";
import type { Field, Kind, MatchedEntity } from "../kinds.ts";

/** What was compared: a field, or the article numbers anywhere in the record. */
export interface Measure {
  readonly name: string;
  readonly kind: Kind;
  /** The level of each candidate. */
  readonly levels: Uint8Array;
  /** For equal values: how much rarer than usual the value is, natural logarithm; else 0. */
  readonly rarity: Float32Array;
}

/** How far the rarity of a value may move its weight, natural logarithm. */
const rarityMax = 2.5;

function measureOf(at: number, scene: Scene): Measure {
  const { candidates, left, right, fields } = scene;
  const field = fields[at];
  const mine = left.values[at] ?? [];
  const theirs = (right ?? left).values[at] ?? [];
  const count = candidates.left.length;
  const levels = new Uint8Array(count);
  const rarity = new Float32Array(count);
  if (field === undefined) return { name: "", kind: "ignored", levels, rarity };
  const compare = comparisonOf(field.kind, scene.frequencies[at] ?? scene.noWords, scene.entity);
  const shares = sharesOf(mine, right === null ? [] : theirs);
  for (let pair = 0; pair < count; pair++) {
    const one = mine[candidates.left[pair] ?? 0] ?? null;
    const other = theirs[candidates.right[pair] ?? 0] ?? null;
    if (one === null || other === null) continue;
    const level = compare(one, other);
    levels[pair] = level;
    if (level !== equalLevel) continue;
    const rare = shares.usual - Math.log(shares.counts.get(one.key) ?? 1);
    rarity[pair] = Math.max(-rarityMax, Math.min(rarityMax, rare));
  }
  return { name: field.name, kind: field.kind, levels, rarity };
}

/** How often each value occurs, and the logarithm of how often a value met by chance does. */
function sharesOf(
  mine: Side["values"][number],
  theirs: Side["values"][number],
): { readonly counts: ReadonlyMap<string, number>; readonly usual: number } {
  const counts = new Map<string, number>();
  for (const values of [mine, theirs])
    for (const value of values) if (value !== null) counts.set(value.key, (counts.get(value.key) ?? 0) + 1);
  let sum = 0;
  let squares = 0;
  for (const times of counts.values()) {
    sum += times;
    squares += times * times;
  }
  return { counts, usual: Math.log(Math.max(1, squares / Math.max(1, sum))) };
}

/** All that is compared. */
export interface Compared {
  readonly candidates: Candidates;
  readonly left: Side;
  /** null within one table. */
  readonly right: Side | null;
  readonly fields: readonly Field[];
  readonly entity: MatchedEntity;
}

interface Scene extends Compared {
  readonly frequencies: ReturnType<typeof frequenciesOf>;
  readonly noWords: ReturnType<typeof frequenciesOf>[number];
}

/** Compares every candidate in every field, and in the article numbers if records carry any. */
export function measuresOf(compared: Compared): readonly Measure[] {
  const { candidates, left, right, fields } = compared;
  const frequencies = frequenciesOf(left, right, fields);
  const [noWords] = frequenciesOf({ count: 0, values: [[]] }, null, fields.slice(0, 1));
  if (noWords === undefined) return [];
  const scene = { ...compared, frequencies, noWords };
  const measures = fields.map((_, at) => measureOf(at, scene));
  const [mine, theirs] = codesOf(left, right, fields);
  const none = { all: [], hasOwn: false };
  const count = candidates.left.length;
  const levels = new Uint8Array(count);
  for (let pair = 0; pair < count; pair++)
    levels[pair] = codeLevel(
      mine[candidates.left[pair] ?? 0] ?? none,
      theirs[candidates.right[pair] ?? 0] ?? none,
    );
  uncross(measures, scene);
  return [...measures, { name: "article number", kind: "code", levels, rarity: new Float32Array(count) }];
}

/** Where given and family name stand in each other's column on one side, they are compared crosswise. */
function uncross(measures: readonly Measure[], { candidates, left, right, fields }: Compared): void {
  const given = fields.findIndex(({ kind }) => kind === "given");
  const family = fields.findIndex(({ kind }) => kind === "family");
  const [first, last] = [measures[given], measures[family]];
  if (first === undefined || last === undefined) return;
  const theirs = right ?? left;
  for (let pair = 0; pair < candidates.left.length; pair++) {
    if ((first.levels[pair] ?? 0) > 3 || (last.levels[pair] ?? 0) > 3) continue;
    const one = candidates.left[pair] ?? 0;
    const other = candidates.right[pair] ?? 0;
    const forth = crossLevel(left.values[given]?.[one], theirs.values[family]?.[other]);
    const back = crossLevel(left.values[family]?.[one], theirs.values[given]?.[other]);
    const isCrossed = Math.max(forth, back) >= 5 && Math.min(forth, back) !== 1;
    if (!isCrossed) continue;
    first.levels[pair] = forth;
    last.levels[pair] = back;
  }
}

/** Crossed names agree a level lower than names in their place. */
function crossLevel(one: Prepared | null | undefined, other: Prepared | null | undefined): number {
  if (one === null || one === undefined || other === null || other === undefined) return 0;
  const level = nameLevel(one, other);
  return level > 4 ? level - 1 : level;
}

import type { Candidates } from "../block/candidates.ts";
import { saysNothing } from "../columns/vocabulary.ts";
import type { FieldValues, Side, Vocabulary } from "../columns/vocabulary.ts";
import { acrossEnds, RecordCodes } from "../compare/codes.ts";
import { comparisonOf, deskOf, equalLevel, nameLevel } from "../compare/compare.ts";
import type { Ends } from "../compare/codes.ts";
import type { Compare } from "../compare/compare.ts";
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

/** Kinds whose values are one company's or one person's own. */
const ownKinds: ReadonlySet<Kind> = new Set(["tax", "phone", "mail"]);
/** One that more records than this have, over both tables, is what clerks write where they know none. */
const carriersMax = 12;

/** All that is compared. */
export interface Compared {
  readonly left: Side;
  /** null within one table. */
  readonly right: Side | null;
  readonly fields: readonly Field[];
  readonly entity: MatchedEntity;
  readonly vocabulary: Vocabulary;
}

/** A field with what its comparison needs. */
interface Column {
  readonly field: Field;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly compare: Compare;
  /** How often each value occurs. */
  readonly counts: Int32Array;
  /** Logarithm of how often a value met by chance occurs. */
  readonly usual: number;
}

/** How often each value of a field occurs over both sides. */
function countsOf(values: FieldValues, ends: readonly Int32Array[]): Int32Array {
  const counts = new Int32Array(values.count);
  for (const ids of ends) for (const id of ids) if (id !== saysNothing) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

function usualOf(counts: Int32Array): number {
  let sum = 0;
  let squares = 0;
  for (const times of counts) {
    sum += times;
    squares += times * times;
  }
  return Math.log(Math.max(1, squares / Math.max(1, sum)));
}

/** Compares candidates of two sides, some at a time. */
export class Comparer {
  readonly #columns: readonly Column[];
  readonly #codes: RecordCodes;
  readonly #compared: Compared;

  constructor(compared: Compared) {
    const { left, right, fields, vocabulary } = compared;
    this.#compared = compared;
    const desk = deskOf(vocabulary, compared.entity);
    this.#columns = fields.flatMap((field, at) => {
      const values = vocabulary.fields[at];
      const mine = left.values[at];
      const theirs = (right ?? left).values[at];
      if (values === undefined || mine === undefined || theirs === undefined) return [];
      const counts = countsOf(values, right === null ? [mine] : [mine, theirs]);
      const compare = comparisonOf(values, counts, desk);
      return [{ field, left: mine, right: theirs, compare, counts, usual: usualOf(counts) }];
    });
    this.#codes = new RecordCodes(compared);
  }

  /**
   * The measures of these candidates, whose records are of these ends: every field, and the article numbers
   * anywhere in the records.
   */
  measures(candidates: Candidates, ends: Ends = acrossEnds): readonly Measure[] {
    if (this.#columns.length === 0) return [];
    const columns = this.#columns.map((column) => ({ ...column, ends: ends.map((end) => column[end]) }));
    const measures = columns.map((column) => measureOf(column, candidates));
    const count = candidates.left.length;
    const levels = new Uint8Array(count);
    for (let pair = 0; pair < count; pair++)
      levels[pair] = this.#codes.level(candidates.left[pair] ?? 0, candidates.right[pair] ?? 0, ends);
    this.#uncross(measures, candidates, ends);
    return [...measures, { name: "article number", kind: "code", levels, rarity: new Float32Array(count) }];
  }

  /** Where given and family name stand in each other's column on one side, they are compared crosswise. */
  #uncross(measures: readonly Measure[], candidates: Candidates, [mine, theirs]: Ends): void {
    const [given, family] = ["given", "family"].map((kind) =>
      this.#columns.findIndex(({ field }) => field.kind === kind),
    ) as [number, number];
    const [first, last] = [measures[given], measures[family]];
    const [givens, families] = [this.#columns[given], this.#columns[family]];
    if (first === undefined || last === undefined || givens === undefined || families === undefined) return;
    for (let pair = 0; pair < candidates.left.length; pair++) {
      if ((first.levels[pair] ?? 0) > 3 || (last.levels[pair] ?? 0) > 3) continue;
      const one = candidates.left[pair] ?? 0;
      const other = candidates.right[pair] ?? 0;
      const forth = crossLevel(
        this.#keyOf(given, givens[mine][one]),
        this.#keyOf(family, families[theirs][other]),
      );
      const back = crossLevel(
        this.#keyOf(family, families[mine][one]),
        this.#keyOf(given, givens[theirs][other]),
      );
      const isCrossed = Math.max(forth, back) >= 5 && Math.min(forth, back) !== 1;
      if (!isCrossed) continue;
      first.levels[pair] = forth;
      last.levels[pair] = back;
    }
  }

  #keyOf(at: number, id: number | undefined): string | null {
    if (id === undefined || id === saysNothing) return null;
    return this.#compared.vocabulary.fields[at]?.keyOf(id) ?? null;
  }
}

function measureOf(
  column: Column & { readonly ends: readonly Int32Array[] },
  candidates: Candidates,
): Measure {
  const { field, compare, counts, usual } = column;
  const [left = column.left, right = column.right] = column.ends;
  const count = candidates.left.length;
  const levels = new Uint8Array(count);
  const rarity = new Float32Array(count);
  const most = ownKinds.has(field.kind) ? carriersMax : Infinity;
  for (let pair = 0; pair < count; pair++) {
    const one = left[candidates.left[pair] ?? 0] ?? saysNothing;
    const other = right[candidates.right[pair] ?? 0] ?? saysNothing;
    if (one === saysNothing || other === saysNothing) continue;
    if ((counts[one] ?? 0) > most || (counts[other] ?? 0) > most) continue;
    const level = compare(one, other);
    levels[pair] = level;
    if (level !== equalLevel) continue;
    const rare = usual - Math.log(counts[one] ?? 1);
    rarity[pair] = Math.max(-rarityMax, Math.min(rarityMax, rare));
  }
  return { name: field.name, kind: field.kind, levels, rarity };
}

/** Crossed names agree a level lower than names in their place. */
function crossLevel(one: string | null, other: string | null): number {
  if (one === null || other === null) return 0;
  const level = nameLevel(one, other);
  return level > 4 ? level - 1 : level;
}

import { saysNothing } from "../columns/vocabulary.ts";
import { acrossEnds } from "../compare/codes.ts";
import type { Ends } from "../compare/codes.ts";
import type { Kind } from "../kinds.ts";
import type { Compared } from "../weigh/levels.ts";

/** A pair of records. */
export interface Pair {
  readonly left: number;
  readonly right: number;
}

/** Reads what the two records of a pair say. Pure; never throws. */
export class RecordTexts {
  readonly #compared: Compared;

  constructor(compared: Compared) {
    this.#compared = compared;
  }

  /** The fields of a kind. */
  fieldsOf(kind: Kind): readonly number[] {
    return this.#compared.fields.flatMap((field, at) => (field.kind === kind ? [at] : []));
  }

  /** The numbers of both values of a field. */
  ids(at: number, { left, right }: Pair, ends: Ends = acrossEnds): readonly [number, number] {
    const [mine, theirs] = ends.map((end) => this.#compared[end] ?? this.#compared.left);
    return [mine?.values[at]?.[left] ?? saysNothing, theirs?.values[at]?.[right] ?? saysNothing];
  }

  /** Both values of a field, normalised; "" where one says nothing. */
  keys(at: number, pair: Pair, ends: Ends = acrossEnds): readonly [string, string] {
    const values = this.#compared.vocabulary.fields[at];
    const keyOf = (id: number): string => (id === saysNothing ? "" : (values?.keyOf(id) ?? ""));
    const [mine, theirs] = this.ids(at, pair, ends);
    return [keyOf(mine), keyOf(theirs)];
  }

  /** The words of both values of a field. */
  words(at: number, pair: Pair): readonly [readonly string[], readonly string[]] {
    const values = this.#compared.vocabulary.fields[at];
    const textsOf = (id: number): readonly string[] =>
      id === saysNothing ? [] : (values?.textsOf(id) ?? []);
    const [mine, theirs] = this.ids(at, pair);
    return [textsOf(mine), textsOf(theirs)];
  }

  /** The legal forms in both names, each parted by blanks; "" for none. */
  forms({ left, right }: Pair): readonly [string, string] {
    const { vocabulary } = this.#compared;
    const formsOf = (id: number | undefined): string =>
      id === undefined || id === saysNothing ? "" : vocabulary.forms.textOf(id);
    const theirs = this.#compared.right ?? this.#compared.left;
    return [formsOf(this.#compared.left.forms[left]), formsOf(theirs.forms[right])];
  }
}

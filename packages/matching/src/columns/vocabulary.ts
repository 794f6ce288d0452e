import type { Field, Kind } from "../kinds.ts";
import { NumberList } from "../text/number-list.ts";
import { TextPool } from "../text/text-pool.ts";

/** A value ready to be compared; null stands for a value that says nothing. */
export interface Prepared {
  /** The normalised value as one text. */
  readonly key: string;
  readonly words: readonly string[];
  /** The legal forms that were taken from a company's name, parted by blanks. */
  readonly forms?: string;
}

/** Stands where a record says nothing in a field. */
export const saysNothing = -1;

/** The distinct values of one field over both sides, numbered from 0. */
export class FieldValues {
  readonly kind: Kind;
  readonly #keys = new TextPool();
  readonly #words: TextPool;
  readonly #marks: TextPool;
  readonly #starts = new NumberList();
  readonly #sequence = new NumberList();
  readonly #markOf = new NumberList();

  constructor(kind: Kind, words: TextPool, marks: TextPool) {
    this.kind = kind;
    this.#words = words;
    this.#marks = marks;
  }

  /** How many values there are. */
  get count(): number {
    return this.#keys.count;
  }

  /** Bytes of memory its values hold, beside the words and marks that fields share. */
  get bytes(): number {
    return this.#keys.bytes + this.#starts.bytes + this.#sequence.bytes + this.#markOf.bytes;
  }

  /** The number of a value, given at its first coming. */
  idOf(value: Prepared): number {
    const id = this.#keys.idOf(value.key);
    if (id < this.#starts.length) return id;
    this.#starts.push(this.#sequence.length);
    for (const word of value.words) this.#sequence.push(this.#words.idOf(word));
    this.#markOf.push(value.words.length === 0 ? this.#marks.idOf(value.key) : -1);
    return id;
  }

  /** The normalised value as one text. */
  keyOf(id: number): string {
    return this.#keys.textOf(id);
  }

  /** How many letters the value has. */
  lengthOf(id: number): number {
    return this.#keys.lengthOf(id);
  }

  /** How many words and letters the value has. */
  sizeOf(id: number): { readonly words: number; readonly letters: number } {
    return { words: this.endOf(id) - this.startOf(id), letters: this.lengthOf(id) };
  }

  /** Whether two values are the same letters, whatever the blanks between them. */
  isSameWritten(left: number, right: number): boolean {
    const blank = 32;
    for (let [one, other] = [0, 0]; ; one++, other++) {
      if (this.#keys.byteAt(left, one) === blank) one++;
      if (this.#keys.byteAt(right, other) === blank) other++;
      const byte = this.#keys.byteAt(left, one);
      if (byte !== this.#keys.byteAt(right, other)) return false;
      if (byte < 0) return true;
    }
  }

  /** Its words as numbers of the vocabulary, in order, put into a list that is emptied before. */
  readWords(id: number, into: number[]): void {
    into.length = 0;
    const end = this.endOf(id);
    for (let place = this.startOf(id); place < end; place++) into.push(this.wordAt(place));
  }

  /** Where its words begin among the words of all values. */
  startOf(id: number): number {
    return this.#starts.at(id);
  }

  /** Where its words end. */
  endOf(id: number): number {
    return id + 1 < this.#starts.length ? this.#starts.at(id + 1) : this.#sequence.length;
  }

  /** The word at a place, as its number in the vocabulary. */
  wordAt(place: number): number {
    return this.#sequence.at(place);
  }

  /** Its words as texts, in order. */
  textsOf(id: number): readonly string[] {
    const texts: string[] = [];
    const end = this.endOf(id);
    for (let place = this.startOf(id); place < end; place++)
      texts.push(this.#words.textOf(this.wordAt(place)));
    return texts;
  }

  /** For a value without words the number of the whole value among the marks; else -1. */
  markOf(id: number): number {
    return this.#markOf.at(id);
  }
}

/** All that two tables, or one, say: the words, the values without words, and the values of every field. */
export interface Vocabulary {
  readonly words: TextPool;
  readonly marks: TextPool;
  /** The legal forms of companies' names. */
  readonly forms: TextPool;
  readonly fields: readonly FieldValues[];
}

/** An empty vocabulary for these fields. */
export function vocabularyOf(fields: readonly Field[]): Vocabulary {
  const [words, marks] = [new TextPool(), new TextPool()];
  return {
    words,
    marks,
    forms: new TextPool(),
    fields: fields.map(({ kind }) => new FieldValues(kind, words, marks)),
  };
}

/** Bytes of memory that a vocabulary holds. */
export function bytesOfVocabulary({ words, marks, forms, fields }: Vocabulary): number {
  return fields.reduce((sum, each) => sum + each.bytes, words.bytes + marks.bytes + forms.bytes);
}

/** One side of a match: for each field the number of the value of every record, or `saysNothing`. */
export interface Side {
  readonly count: number;
  readonly values: readonly Int32Array[];
  /** The number of the legal forms in the first company name of every record, or `saysNothing`. */
  readonly forms: Int32Array;
}

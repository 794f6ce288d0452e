import { NumberList } from "../text/number-list.ts";
import { TextPool } from "../text/text-pool.ts";

/**
 * What names each row of a table, read row by row: the column that is called so and differs in every row,
 * else the first.
 */
export class RowKeys {
  readonly #columns: readonly { readonly at: number; readonly texts: TextPool; readonly ids: NumberList }[];
  readonly #isNamed: boolean;

  constructor(columns: readonly string[]) {
    const named = columns.findIndex((column) => /^(?:.*[ _-])?(?:id|key|number|no)$/i.test(column.trim()));
    this.#isNamed = named >= 0;
    this.#columns = [...new Set([Math.max(0, named), 0])].map((at) => ({
      at,
      texts: new TextPool(),
      ids: new NumberList(),
    }));
  }

  /** Adds a row. */
  add(row: readonly string[]): void {
    for (const { at, texts, ids } of this.#columns) ids.push(texts.idOf(row[at] ?? ""));
  }

  /** Rows whose id stands in a row above them too, by the column that is called so; 0 where none is. */
  get again(): number {
    const [first] = this.#columns;
    return this.#isNamed && first !== undefined ? first.ids.length - first.texts.count : 0;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#columns.reduce((sum, { texts, ids }) => sum + texts.bytes + ids.bytes, 0);
  }

  #key(): { readonly texts: TextPool; readonly ids: NumberList } | undefined {
    return this.#columns.find(({ texts, ids }) => texts.count === ids.length) ?? this.#columns.at(-1);
  }

  /** What names a row. */
  at(row: number): string {
    const key = this.#key();
    return key === undefined ? "" : key.texts.textOf(key.ids.at(row));
  }

  /** The rows by what names them; null where two rows have one name, and it tells neither. */
  rows(): ReadonlyMap<string, number | null> {
    const key = this.#key();
    const rows = new Map<string, number | null>();
    if (key === undefined) return rows;
    for (let row = 0; row < key.ids.length; row++) {
      const text = key.texts.textOf(key.ids.at(row));
      rows.set(text, rows.has(text) ? null : row);
    }
    return rows;
  }
}

import type { Decision } from "@crossfoot/matching";
import { fromCsvCell } from "../audit/csv-cell.ts";
import type { ReadFile } from "./match-sides.ts";
import { eachMatchRow } from "./match-table.ts";
import { badInput } from "./refusal.ts";

const yes: ReadonlySet<string> = new Set(["same", "yes", "y", "true", "1", "link", "match"]);
const no: ReadonlySet<string> = new Set(["apart", "no", "n", "false", "0", "different"]);

/** Decisions that are heard: they are held one by one. */
const decisionsMax = 1_000_000;

/** Both files that the decisions are about. */
interface Asked {
  readonly left: ReadFile;
  readonly right: ReadFile | null;
}

/**
 * Reads what a person decided: a CSV with the columns `a_id`, `b_id` and `decision` (`same` or `apart`;
 * empty: not decided yet), such as the pairs that `match` wrote with the last column filled in; `a_row` and
 * `b_row` tell two records of one id apart. Rejects with a Refusal that names the line: an id that is in
 * neither file, or names two rows, another word than these, a pair decided both ways, a record that is the
 * same as two of the other file.
 */
export async function readDecisions(file: string, asked: Asked): Promise<readonly Decision[]> {
  const heard = new Heard(file, asked);
  let places: readonly number[] = [];
  let count = 0;
  await eachMatchRow(file, {
    isLineAsked: true,
    header: (columns) => {
      places = ["a_id", "b_id", "decision", "a_row", "b_row"].map((name) => {
        const at = columns.indexOf(name);
        if (at < 0 && !name.endsWith("row"))
          throw badInput(`${file} has no column \`${name}\`; a_id, b_id and decision are read`);
        return at;
      });
    },
    row: (cells, line) => {
      const [one = "", other = "", said = "", row = "", mate = ""] = places.map((at) =>
        (cells[at] ?? "").trim(),
      );
      const rows = [row, mate] as const;
      if (said === "") return true;
      heard.add({ ids: [one, other], rows, word: said.toLowerCase(), line });
      if (++count > decisionsMax)
        throw badInput(`${file}, line ${line}: more than ${decisionsMax} decisions; decide fewer at once`);
      return true;
    },
  });
  return heard.decisions();
}

/** One line of decisions. */
interface Said {
  readonly ids: readonly [a: string, b: string];
  /** Rows as they were written beside the ids, for ids that name two; "" where they were not. */
  readonly rows: readonly [a: string, b: string];
  readonly word: string;
  readonly line: number;
}

/** What names the rows of a file. */
interface Named {
  readonly keys: ReadFile["keys"];
  readonly rows: ReturnType<ReadFile["keys"]["rows"]>;
}

/** The decisions so far, each checked against the others. */
class Heard {
  readonly #file: string;
  readonly #sides: readonly [a: Named, b: Named];
  readonly #isWithin: boolean;
  readonly #byPair = new Map<string, Decision>();
  readonly #partners = new Map<string, number>();

  constructor(file: string, { left, right }: Asked) {
    this.#file = file;
    const named = ({ keys }: ReadFile): Named => ({ keys, rows: keys.rows() });
    const first = named(left);
    this.#sides = [first, right === null ? first : named(right)];
    this.#isWithin = right === null;
  }

  decisions(): readonly Decision[] {
    return [...this.#byPair.values()];
  }

  add({ ids, rows, word, line }: Said): void {
    const where = `${this.#file}, line ${line}`;
    if (!yes.has(word) && !no.has(word)) throw badInput(`${where}: \`decision\` is same or apart, or empty`);
    const ends = [
      this.#rowOf(ids[0], rows[0], { side: "a", where }),
      this.#rowOf(ids[1], rows[1], { side: "b", where }),
    ] as const;
    const isTurned = this.#isWithin && ends[0] > ends[1];
    const decision = { left: ends[isTurned ? 1 : 0], right: ends[isTurned ? 0 : 1], isSame: yes.has(word) };
    const pair = `${decision.left} ${decision.right}`;
    const before = this.#byPair.get(pair);
    if (before !== undefined && before.isSame !== decision.isSame)
      throw badInput(`${where}: this pair was decided the other way further up`);
    this.#byPair.set(pair, decision);
    if (this.#isWithin || !decision.isSame) return;
    this.#pairUp(`a ${decision.left}`, decision.right, where);
    this.#pairUp(`b ${decision.right}`, decision.left, where);
  }

  #pairUp(end: string, mate: number, where: string): void {
    if ((this.#partners.get(end) ?? mate) !== mate)
      throw badInput(`${where}: a record is the same as two of the other file; one of them is a duplicate`);
    this.#partners.set(end, mate);
  }

  #rowOf(
    written: string,
    told: string,
    { side, where }: { readonly side: "a" | "b"; readonly where: string },
  ): number {
    const { rows, keys } = this.#sides[side === "a" ? 0 : 1];
    // A spreadsheet was kept from taking the id for a formula.
    const plain = fromCsvCell(written);
    const id = rows.has(plain) ? plain : written;
    const row = rows.get(id);
    if (row === undefined)
      throw badInput(
        `${where}: no record ${side}_id \`${id}\` in the file of --${this.#isWithin ? "a" : side}`,
      );
    if (row !== null) return row;
    const numbered = Number(told) - 1;
    if (told !== "" && keys.at(numbered) === id) return numbered;
    throw badInput(
      `${where}: ${side}_id \`${id}\` names two records of that file, and ${side}_row tells neither`,
    );
  }
}

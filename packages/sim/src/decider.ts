import type { Engine } from "crossfoot/testing";

type Asked = Awaited<ReturnType<Engine["candidates"]>>[number];
type Record = Pick<Asked, "entity" | "connection" | "id">;
/** What came of a person's word about a record. */
type Outcome = Awaited<ReturnType<Engine["undecideCandidate"]>>;

/** A person's word about a record, and what came of it. */
export interface Said {
  readonly record: Record;
  readonly word: "same" | "apart" | "back";
  readonly outcome: Outcome;
}

const by = "the clerk";

/**
 * The notes of a person who decides who is who, on paper: they outlive the programs, and hold what was asked
 * for even where the program died before it answered.
 */
export class Decider {
  readonly #asked = new Map<string, Asked>();
  readonly #apart = new Set<string>();

  /** Answers what is asked about records. */
  async decide(engine: Engine, isSame: boolean): Promise<readonly Said[]> {
    const asked = await engine.candidates();
    for (const one of asked) this.#asked.set(`${one.connection}/${one.entity}/${one.id}`, one);
    return this.#say(engine, asked, isSame);
  }

  /** Says a word, perhaps the other one, of every record that was ever asked about. */
  rethink(engine: Engine, isSame: boolean): Promise<readonly Said[]> {
    return this.#say(engine, [...this.#asked.values()], isSame);
  }

  async #say(engine: Engine, asked: readonly Asked[], isSame: boolean): Promise<readonly Said[]> {
    const said: Said[] = [];
    for (const { entity, connection, id, links } of asked) {
      const other = isSame ? (links[0] ?? null) : null;
      const record = { entity, connection, id };
      const outcome = await engine.decideCandidate(record, { with: other, by });
      said.push({ record, word: other === null ? "apart" : "same", outcome });
    }
    return said;
  }

  /** Takes back what was decided of every record that was ever asked about. */
  async undecide(engine: Engine): Promise<readonly Said[]> {
    const said: Said[] = [];
    for (const { entity, connection, id } of this.#asked.values()) {
      const record = { entity, connection, id };
      said.push({ record, word: "back", outcome: await engine.undecideCandidate(record, by) });
    }
    return said;
  }

  /** Says of every cluster that is open that its records are apart; how many there were. */
  async apart(engine: Engine): Promise<number> {
    const { clusters } = await engine.duplicates({ only: ["accounts"] });
    for (const { id } of clusters) {
      this.#apart.add(id);
      await engine.answerDuplicate(id, { word: "apart", by });
    }
    return clusters.length;
  }

  /** Asks again about every cluster that was said to be apart; how many are asked about again. */
  async reopen(engine: Engine): Promise<number> {
    let count = 0;
    for (const id of this.#apart)
      count += (await engine.answerDuplicate(id, { word: "reopen", by }))?.state === "open" ? 1 : 0;
    return count;
  }
}

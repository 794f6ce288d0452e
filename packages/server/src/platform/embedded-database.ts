import type { Database, Queryable } from "../ports.ts";
import { otherwise } from "./in-the-moment.ts";
import { refuseInside, runAlone, runScript, runTransaction, type Session } from "./session.ts";
import { StoreError, storeErrorOf } from "./store-error.ts";
import { createTurns, type Turns } from "./turns.ts";

/**
 * Longest time that a turn is put off while somebody waits for an answer, ms. Far below what a lease or an
 * answer of a system may take, since signs of life are put off as well.
 */
const putOffMsMax = 250;

/**
 * The database over one session that everybody shares. A statement or a whole transaction is one turn,
 * first come, first served: so nobody's statement runs inside somebody else's transaction, and a caller
 * waits for the turns before it. Keep transactions short; a batch of 500 rows takes some 5 ms. While
 * somebody waits for an answer, what is not for him is asked for later (decision 0062).
 */
export class SharedSession implements Database {
  readonly home = "embedded" as const;
  readonly #session: Session;
  readonly #shutDown: () => Promise<void>;
  readonly #revive: () => Promise<void>;
  readonly #turns: Turns = createTurns();
  #closing: Promise<void> | null = null;

  /**
   * @param revive is called as a turn begins, and makes a session that was lost usable again. Never within a
   * turn: what is left of a transaction must not run outside it.
   */
  constructor(
    session: Session,
    shutDown: () => Promise<void>,
    revive: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#session = session;
    this.#shutDown = shutDown;
    this.#revive = revive;
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    refuseInside(this);
    if (this.#closing !== null) throw new StoreError({ code: "08003", message: "the store is closed" });
    return this.#turns.take(async () => {
      try {
        await this.#revive();
      } catch (error) {
        throw storeErrorOf(error, { moment: "connect" });
      }
      return work();
    }, otherwise(putOffMsMax));
  }

  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return this.#turn(() => runAlone<Row>(this.#session, sql, parameters));
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#turn(() => runTransaction(this.#session, this, work));
  }

  script(sql: string): Promise<void> {
    return this.#turn(() => runScript(this.#session, sql));
  }

  /** Gives `work` a turn of its own, as everyone else's. Does nothing once closing began. */
  async betweenTurns(work: () => Promise<void>): Promise<void> {
    if (this.#closing === null) await this.#turns.take(work);
  }

  /** Lets the turns under way and waiting end, then shuts down. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#turns.idle().then(this.#shutDown);
    return this.#closing;
  }
}

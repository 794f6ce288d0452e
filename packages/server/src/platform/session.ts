import { AsyncLocalStorage } from "node:async_hooks";
import type { Database, Queryable } from "../ports.ts";
import { decodeRows, encodeParameters, type Column, type Encoded, type EncodedRow } from "./codec.ts";
import { StoreError, storeErrorOf, type Moment } from "./store-error.ts";

/** What a session answers to one statement: text as PostgreSQL writes it. */
export interface RawResult {
  /** First word of the command tag, as "SELECT" or "ROLLBACK"; empty for an empty statement. */
  readonly command: string;
  readonly columns: readonly Column[];
  readonly rows: readonly EncodedRow[];
  /** Whether a transaction is open after the statement. */
  readonly isOpen: boolean;
}

/**
 * One session of PostgreSQL, used by one caller at a time. What is asked for before an answer is there runs
 * afterwards, in the order in which it was asked for. Rejects with a RefusedStatement when the
 * statement failed and the session goes on, with anything else when the session is lost.
 */
export interface Session {
  run(sql: string, parameters: readonly Encoded[]): Promise<RawResult>;
  /** Several statements, without parameters. Answers whether a transaction is open afterwards. */
  script(sql: string): Promise<boolean>;
}

interface Scope {
  readonly database: object;
  isOver: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

/**
 * Refuses a call of the database from inside its own transaction. On the embedded home it would wait for
 * ever for the transaction it is part of; on a server it would run outside it, and wait for ever once all
 * connections do so.
 */
export function refuseInside(database: object): void {
  const scope = scopes.getStore();
  if (scope === undefined || scope.isOver || scope.database !== database) return;
  throw new StoreError({
    code: "25001",
    message: "the database was used inside its own transaction; use the transaction's `tx` instead",
  });
}

async function runAt(
  session: Session,
  moment: Moment,
  statement: { readonly sql: string; readonly parameters?: readonly unknown[] | undefined },
): Promise<{ readonly result: RawResult; readonly rows: unknown[] }> {
  const { sql, parameters = [] } = statement;
  const encoded = encodeParameters(parameters);
  let result: RawResult;
  try {
    result = await session.run(sql, encoded);
  } catch (error) {
    throw storeErrorOf(error, { moment, sql });
  }
  return { result, rows: decodeRows(result.columns, result.rows) };
}

const leftOpen = (): StoreError =>
  new StoreError({
    code: "25001",
    message:
      "a statement left a transaction open; it was rolled back: transactions run through `transaction`",
  });

/** Runs one statement that commits by itself. A transaction it opens is rolled back and refused. */
export async function runAlone<Row>(
  session: Session,
  sql: string,
  parameters: readonly unknown[] | undefined,
): Promise<Row[]> {
  const { result, rows } = await runAt(session, "alone", { sql, parameters });
  if (!result.isOpen) return rows as Row[];
  await runAt(session, "transaction", { sql: "rollback" });
  throw leftOpen();
}

/** Runs a script. After a failure the session is left without a transaction. */
export async function runScript(session: Session, sql: string): Promise<void> {
  let isOpen: boolean;
  try {
    isOpen = await session.script(sql);
  } catch (error) {
    const failure = storeErrorOf(error, { moment: "alone", sql });
    if (!failure.isUnknownOutcome) await runAt(session, "transaction", { sql: "rollback" });
    throw failure;
  }
  if (!isOpen) return;
  await runAt(session, "transaction", { sql: "rollback" });
  throw leftOpen();
}

/** How a statement begins that stores nothing: sent on its own by mistake, it would leave no trace. */
const isRead = /^\s*select\b/i;
/** How a statement begins that ends a transaction. */
const mayEnd = /^\s*(commit|end|rollback|abort|prepare\s+transaction)\b/i;

/**
 * Statements of one transaction. They run one after the other in the order in which they were asked for; one
 * that is not awaited before the next does not cost a way there and back. `begin` is such a one for what only
 * reads; what stores is sent once the transaction is known to be open.
 */
class Statements implements Queryable {
  readonly #session: Session;
  readonly #begun: Promise<unknown>;
  readonly #underWay: Set<Promise<unknown>> = new Set();
  #isOver = false;
  /** `begin`, or a statement that may end the transaction: what is sent next waits for it. */
  #before: Promise<unknown> | null = null;
  /** The first statement that failed: those that were under way say so, and not that they were cut off. */
  #failure: unknown = null;
  /** Why the transaction can no longer be committed as a whole, or null. */
  fault: StoreError | null = null;

  constructor(session: Session, begun: Promise<unknown>) {
    this.#session = session;
    this.#begun = begun;
  }

  async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    if (this.#isOver) {
      const message = "a statement came after its transaction had ended; await every statement";
      throw new StoreError({ code: "25P01", message });
    }
    if (!isRead.test(sql)) this.#before ??= this.#begun;
    const asked = this.#before === null ? this.#ask(sql, parameters) : this.#askBehind(sql, parameters);
    if (mayEnd.test(sql)) this.#before = asked.catch(() => undefined);
    this.#underWay.add(asked);
    try {
      return (await asked) as Row[];
    } finally {
      this.#underWay.delete(asked);
    }
  }

  async #askBehind(sql: string, parameters: readonly unknown[] | undefined): Promise<unknown[]> {
    await this.#before;
    return this.#ask(sql, parameters);
  }

  async #ask(sql: string, parameters: readonly unknown[] | undefined): Promise<unknown[]> {
    if (this.fault !== null) throw this.fault;
    const isAfter = this.#failure !== null;
    const asked = runAt(this.#session, "transaction", { sql, parameters });
    const { result, rows } = await asked.catch((error: unknown) => {
      this.#failure ??= error;
      throw isAfter ? error : this.#failure;
    });
    if (!result.isOpen) {
      await this.#begun;
      throw this.#ended();
    }
    return rows;
  }

  /** A statement was `commit` or `rollback`: what comes after it would commit by itself, so nothing does. */
  #ended(): StoreError {
    this.#isOver = true;
    const message = "a statement ended the transaction it was part of; what was stored is what came before";
    this.fault ??= new StoreError({ code: "2D000", message });
    return this.fault;
  }

  /** Takes no more statements and waits for those under way. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#underWay);
  }
}

async function commit(session: Session): Promise<void> {
  const { result } = await runAt(session, "commit", { sql: "commit" });
  if (result.command === "COMMIT") return;
  const message =
    "the transaction was rolled back, since a statement in it had failed; nothing of it was stored";
  throw new StoreError({ code: "25P02", message });
}

/**
 * Runs `work` between `begin` and `commit`. Resolves only after PostgreSQL confirmed the commit; rejects
 * with what `work` rejected with after a rollback, or with a StoreError.
 */
export async function runTransaction<T>(
  session: Session,
  database: Database,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  const begun = runAt(session, "transaction", { sql: "begin" });
  begun.catch(() => undefined);
  const statements = new Statements(session, begun);
  const scope: Scope = { database, isOver: false };
  let answer: T;
  try {
    answer = await scopes.run(scope, () => work(statements));
  } catch (error) {
    scope.isOver = true;
    await statements.end();
    await begun;
    // A rollback that fails means a lost session, which rolled back by itself; the first reason is the one
    // to tell.
    await session.run("rollback", []).catch(() => undefined);
    throw error;
  }
  scope.isOver = true;
  await statements.end();
  await begun;
  if (statements.fault !== null) throw statements.fault;
  await commit(session);
  return answer;
}

import type { Connection, PoolClient, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Encoded, EncodedRow } from "./codec.ts";
import { forgetOldPlans, isStalePlan, preparedName } from "./kept-plans.ts";
import type { RawResult, Session } from "./session.ts";
import { RefusedStatement, storeErrorOf } from "./store-error.ts";

/** Settings on which codec.ts relies, and what a session of ours may not be set to by the server. */
export const sessionSettings: string = [
  "set client_encoding to 'UTF8'",
  "set timezone to 'UTC'",
  "set datestyle to 'ISO, MDY'",
  "set intervalstyle to 'postgres'",
  "set bytea_output to 'hex'",
  "set extra_float_digits to 1",
  "set standard_conforming_strings to on",
  "set default_transaction_isolation to 'read committed'",
  "set default_transaction_read_only to off",
].join("; ");

/** Every value stays text: values are read by codec.ts, the same for both homes. */
const asText = { getTypeParser: () => (text: string) => text } as NonNullable<QueryArrayConfig["types"]>;

/** pg's own error, with the fields of PostgreSQL's message. */
interface ServerMessage extends Error {
  readonly code?: string;
  readonly severity?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
}

/**
 * The refusal in an error of pg, or the error as it is when the connection broke. PostgreSQL's messages
 * have a severity, errors of the socket have none.
 */
export function refusalOrError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, severity, message, constraint = null, table = null, column = null } = error as ServerMessage;
  if (code === undefined || severity === undefined) return error;
  return new RefusedStatement({ code, message, constraint, table, column });
}

/** One connection of the pool, as a session. */
export class ServerSession implements Session {
  readonly #client: PoolClient;
  readonly #answerTimeoutMs: number;
  #isStale = false;
  /** Statements that were sent and have no answer yet: each runs behind those before it. */
  #underWay = 0;

  constructor(client: PoolClient, answerTimeoutMs: number) {
    this.#client = client;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  /** Whether the connection may go back to the pool: it answers, is in no transaction, and its plans hold. */
  get isClean(): boolean {
    return !this.#isStale && !this.#isOpen;
  }

  get #isOpen(): boolean {
    return this.#client.getTransactionStatus() !== "I";
  }

  /** Before anything else is asked of it. Rejects with a StoreError. */
  async forgetOldPlans(): Promise<void> {
    try {
      await forgetOldPlans(this.#client);
    } catch (error) {
      throw storeErrorOf(refusalOrError(error), { moment: "connect" });
    }
  }

  async run(sql: string, parameters: readonly Encoded[]): Promise<RawResult> {
    // `extended` although there may be no parameters: the simple protocol would take several statements at
    // once.
    const name = preparedName(this.#client, sql, parameters);
    const query = {
      ...(name === undefined ? {} : { name }),
      text: sql,
      values: [...parameters],
      rowMode: "array",
      types: asText,
      queryMode: "extended",
    };
    // A half-open connection never answers and never breaks.
    this.#underWay += 1;
    const timer = setTimeout(() => this.#cut(), this.#answerTimeoutMs * this.#underWay);
    let result: QueryArrayResult<Encoded[]>;
    try {
      result = await this.#client.query<Encoded[]>(query as QueryArrayConfig);
    } catch (error) {
      const refusal = refusalOrError(error);
      if (refusal instanceof RefusedStatement) this.#isStale ||= isStalePlan(refusal.refusal);
      throw refusal;
    } finally {
      clearTimeout(timer);
      this.#underWay -= 1;
    }
    const rows: readonly EncodedRow[] = result.rows;
    return {
      command: result.command ?? "",
      columns: result.fields.map(({ name, dataTypeID: oid }) => ({ name, oid })),
      rows,
      isOpen: this.#isOpen,
    };
  }

  /** Closes the socket: `end` would wait for what is under way. */
  #cut(): void {
    (this.#client as unknown as { readonly connection: Connection }).connection.stream.destroy();
  }

  async script(sql: string): Promise<boolean> {
    try {
      await this.#client.query(sql);
    } catch (error) {
      throw refusalOrError(error);
    }
    return this.#isOpen;
  }
}

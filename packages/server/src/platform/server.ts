import { Pool, type PoolClient } from "pg";
import type { Database, Log, Queryable } from "../ports.ts";
import { refusalOrError, ServerSession, sessionSettings } from "./server-session.ts";
import { refuseInside, runAlone, runScript, runTransaction } from "./session.ts";
import { StoreError, storeErrorOf } from "./store-error.ts";

/** Options of {@link openServer}. */
export interface ServerOptions {
  /** Connections at most; 10 when left out. A transaction holds one until it ends. */
  readonly connectionsMax?: number;
  /** Time to wait for a connection, ms; 10,000 when left out. */
  readonly connectTimeoutMs?: number;
  /**
   * Time a statement may run on the server, ms; 120,000 when left out. Scripts (migrations) are not
   * limited.
   */
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity; "crossfoot" when left out. */
  readonly applicationName?: string;
  readonly log?: Log;
}

const oldestVersion = 150_000;
const statementTimeoutMsDefault = 120_000;
/** How much later than the server's own limit an answer may come before the connection counts as dead. */
const answerDelayMsMax = 5_000;
/** A worker that was stopped in the middle of a transaction must not hold its row locks for ever. */
const idleInTransactionMsMax = 60_000;

/**
 * A statement that only reads opens no transaction, so that it may share a connection with others that were
 * asked for in the same breath: they go to the server together, and their plans are kept in one place.
 */
const isRead = /^\s*select\b/i;
/** Reads that share a connection at most: what is asked for by hundreds takes several. */
const togetherMax = 8;

/** A read that was asked for and not sent yet. */
interface Asked {
  ask(session: ServerSession): Promise<void>;
  reject(error: unknown): void;
}

class ServerDatabase implements Database {
  readonly home = "server" as const;
  readonly #pool: Pool;
  readonly #answerTimeoutMs: number;
  readonly #running: Set<Promise<unknown>> = new Set();
  #breath: Asked[] = [];
  #closing: Promise<void> | null = null;

  constructor(pool: Pool, answerTimeoutMs: number) {
    this.#pool = pool;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw storeErrorOf(refusalOrError(error), { moment: "connect" });
    }
  }

  /** Lends one connection. It goes back to the pool only when it is clean; else it is closed. */
  async #lend<T>(work: (session: ServerSession) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let isBroken = false;
    // While a client is lent the pool does not listen; without a listener a broken socket would end the
    // program.
    const onError = (): void => {
      isBroken = true;
    };
    client.on("error", onError);
    const session = new ServerSession(client, this.#answerTimeoutMs);
    try {
      await session.forgetOldPlans();
      return await work(session);
    } finally {
      client.off("error", onError);
      client.release(isBroken || !session.isClean);
    }
  }

  async #run<T>(work: (session: ServerSession) => Promise<T>): Promise<T> {
    refuseInside(this);
    if (this.#closing !== null) throw new StoreError({ code: "08003", message: "the store is closed" });
    const run = this.#lend(work);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    const ask = (session: ServerSession): Promise<Row[]> => runAlone<Row>(session, sql, parameters);
    if (!isRead.test(sql)) return this.#run(ask);
    refuseInside(this);
    if (this.#breath.length === 0) process.nextTick(() => this.#send());
    const { promise, resolve, reject } = Promise.withResolvers<Row[]>();
    this.#breath.push({ ask: (session) => ask(session).then(resolve, reject), reject });
    return promise;
  }

  /** Sends what was asked for in one breath. */
  #send(): void {
    const all = this.#breath;
    this.#breath = [];
    for (let from = 0; from < all.length; from += togetherMax) {
      const asked = all.slice(from, from + togetherMax);
      const sent = this.#run((session) => Promise.all(asked.map(({ ask }) => ask(session))));
      sent.catch((error: unknown) => {
        for (const { reject } of asked) reject(error);
      });
    }
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#run((session) => runTransaction(session, this, work));
  }

  script(sql: string): Promise<void> {
    return this.#run(async (session) => {
      await runScript(session, "set statement_timeout to 0");
      try {
        await runScript(session, sql);
      } finally {
        await session.script("reset statement_timeout").catch(() => undefined);
      }
    });
  }

  /** What was asked before is done first: pg-pool 3.14 forgets who waits for a connection when it ends. */
  close(): Promise<void> {
    if (this.#closing === null) this.#send();
    this.#closing ??= Promise.allSettled(this.#running).then(() => this.#pool.end());
    return this.#closing;
  }
}

/** What a server says about itself. */
interface ServerFacts {
  /** As 150004 for 15.4. */
  readonly number: string;
  readonly version: string;
  readonly encoding: string;
}

/**
 * Why a server does not fit: it is too old, or stores text in another encoding than ours. Null when it
 * does. Pure.
 */
export function faultOfServer(facts: ServerFacts): string | null {
  const { number, version, encoding } = facts;
  if (!(Number(number) >= oldestVersion)) return `PostgreSQL 15 or later is needed, the server is ${version}`;
  if (encoding === "UTF8") return null;
  return `a database with encoding UTF8 is needed, this one has ${encoding}; create another`;
}

async function checkServer(database: Database): Promise<void> {
  const [facts] = await database.query<ServerFacts>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as version, " +
      "current_setting('server_encoding') as encoding",
  );
  const fault = facts === undefined ? "the server does not say what it is" : faultOfServer(facts);
  if (fault !== null) throw new StoreError({ code: "0A000", message: fault });
}

function poolOf(url: string, options: ServerOptions): Pool {
  const { connectionsMax = 10, connectTimeoutMs = 10_000, applicationName = "crossfoot", log } = options;
  const { statementTimeoutMs = statementTimeoutMsDefault } = options;
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMsMax,
    application_name: applicationName,
    // What is asked for before an answer is there is sent at once, and runs in its order.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // oxlint-disable-next-line typescript/no-misused-promises -- pg-pool waits for it
    onConnect: (client) => client.query(sessionSettings),
  });
  // An idle connection that breaks is replaced by the pool; nobody waits for it.
  pool.on("error", (error) => log?.warn("store_connection_lost", { reason: error.message }));
  return pool;
}

/**
 * Opens a database on a PostgreSQL server (15 or later, encoding UTF8). Statements outside a transaction
 * use any free connection; a transaction has one to itself. Rejects with a StoreError when the server
 * cannot be reached or does not fit. The address is never part of a message, since it may hold a password.
 */
export async function openServer(url: string, options: ServerOptions = {}): Promise<Database> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    const message = "the address of the database is not of the form postgres://user:password@host:port/name";
    throw new StoreError({ code: "08001", message });
  }
  const { statementTimeoutMs = statementTimeoutMsDefault } = options;
  const database = new ServerDatabase(poolOf(url, options), statementTimeoutMs + answerDelayMsMax);
  try {
    await checkServer(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

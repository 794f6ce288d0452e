import { failureRecord, operationNames } from "@crossfoot/connector-sdk";
import type { Operations } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import type { TrytonConnection } from "@crossfoot/connector-tryton";
import type { LiveSession } from "../scenarios/session.ts";
import type { JsonMap } from "./stage.ts";

/** One request and its answer, without secrets. */
interface RecordedExchange {
  readonly method: string;
  readonly params: unknown;
  readonly status: number;
  /** The body, parsed where it is JSON. */
  readonly answer: unknown;
}

/** One call of the connection, what came of it, and the exchanges it took. */
export interface RecordedStep {
  readonly call: string;
  readonly argument: unknown;
  readonly answer?: unknown;
  readonly rejects?: { readonly failure: string; readonly code: string };
  readonly exchanges: readonly RecordedExchange[];
}

/** A recording, as kept in the connector's folder. */
export interface Recording {
  readonly about: string;
  readonly options: JsonMap;
  /** What our clock said all the time. */
  readonly now: number;
  readonly steps: readonly RecordedStep[];
}

type Calls = Pick<TrytonConnection, "read" | "readByIds" | "readIds" | "write" | "probe">;

/** Calls a connection and keeps what went over the wire. */
export class Recorder {
  readonly #session: LiveSession;
  readonly #connection: TrytonConnection;
  readonly #steps: RecordedStep[] = [];
  readonly #now: number = Date.now();

  constructor(session: LiveSession) {
    const now = this.#now;
    this.#session = { ...session, now: () => now };
    this.#connection = openTryton(this.#session);
  }

  async call<Name extends keyof Calls>(
    name: Name,
    argument: Parameters<Calls[Name]>[0],
  ): Promise<Awaited<ReturnType<Calls[Name]>> | undefined> {
    const from = this.#session.exchanges.length;
    const act = this.#connection[name] as (argument: unknown) => ReturnType<Calls[Name]>;
    try {
      const answer = await act(argument);
      this.#keep({ call: name, argument, answer }, from);
      return answer;
    } catch (error) {
      const { failure, code } = failureRecord(error);
      this.#keep({ call: name, argument, rejects: { failure, code } }, from);
      return undefined;
    }
  }

  /** The connection with operations that are recorded, each question once. */
  asking(): TrytonConnection {
    const known = new Set<string>();
    const ask = (name: keyof Operations) => async (argument: unknown) => {
      const act = this.#connection.operations[name] as (argument: unknown) => Promise<unknown>;
      const key = JSON.stringify([name, argument]);
      if (known.has(key)) return act(argument);
      known.add(key);
      const from = this.#session.exchanges.length;
      try {
        const answer = await act(argument);
        this.#keep({ call: name, argument, answer }, from);
        return answer;
      } catch (error) {
        const { failure, code } = failureRecord(error);
        this.#keep({ call: name, argument, rejects: { failure, code } }, from);
        throw error;
      }
    };
    const operations = Object.fromEntries(operationNames.map((name) => [name, ask(name)]));
    return { ...this.#connection, operations: operations as Required<Operations> };
  }

  /** Ends the session as Tryton would after a month: the key is not known any more. */
  endSession(): void {
    this.#session.token.store("session", "Session bm9ib2R5OjE6eA==");
  }

  recording(about: string): Recording {
    return { about, options: this.#session.options, now: this.#now, steps: this.#steps };
  }

  #keep(step: Omit<RecordedStep, "exchanges">, from: number): void {
    this.#steps.push({ ...step, exchanges: this.#session.exchanges.slice(from).map(withoutSecrets) });
  }
}

function withoutSecrets({ body, status, answer }: LiveSession["exchanges"][number]): RecordedExchange {
  const { method, params } = JSON.parse(body) as { readonly method: string; readonly params: unknown[] };
  const parsed = parse(answer);
  if (method !== "common.db.login") return { method, params, status, answer: parsed };
  const [user, , language] = params;
  const { result } = parsed as { readonly result?: readonly unknown[] };
  const scrubbed = result === undefined ? parsed : { id: 1, result: [result[0], "session-key"] };
  return { method, params: [user, { password: "secret" }, language], status, answer: scrubbed };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

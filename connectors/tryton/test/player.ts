import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { OperationName, Session } from "@crossfoot/connector-sdk";

/** One recorded request and its answer. */
interface Exchange {
  readonly method: string;
  readonly params: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** One recorded call of the connection, or question to its operations. */
export interface Step {
  readonly call: "read" | "readByIds" | "readIds" | "write" | "probe" | OperationName;
  readonly argument: never;
  readonly answer?: unknown;
  readonly rejects?: { readonly failure: string; readonly code: string };
  readonly exchanges: readonly Exchange[];
}

/** A recording of a real Tryton, see the live tests. */
export interface Recording {
  readonly options: Session["options"];
  readonly now: number;
  readonly steps: readonly Step[];
}

/** Reads a file of the folder `recordings`. */
export function recorded(name: string): unknown {
  const file = fileURLToPath(new URL(`../recordings/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8"));
}

/** A session that answers from a recording, in its order, and only what was recorded. */
export interface Player extends Session {
  /** Puts the exchanges of the next step in. */
  readonly load: (step: Step) => void;
  /** Exchanges that nobody asked for yet. */
  readonly left: () => number;
  /** What was asked although it was not recorded there. */
  readonly surprises: string[];
}

/** Opens a session on a recording. */
export function playerOf({ options, now }: Recording): Player {
  const tokens = new Map<string, string>();
  const surprises: string[] = [];
  let waiting: Exchange[] = [];
  return {
    options,
    now: () => now,
    secret: () => "secret",
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    surprises,
    load: (step) => {
      waiting = [...step.exchanges];
      // A recorded step that logs in began without a valid session.
      if (waiting.some(({ status }) => status === 401)) tokens.set("session", "Session bm9ib2R5OjE6eA==");
    },
    left: () => waiting.length,
    http: async ({ body = "" }) => {
      const exchange = waiting.shift();
      const { method, params } = JSON.parse(body) as Exchange;
      const isSame =
        exchange !== undefined &&
        JSON.stringify([method, params]) === JSON.stringify([exchange.method, exchange.params]);
      if (!isSame)
        surprises.push(`${body}\n  instead of ${JSON.stringify([exchange?.method, exchange?.params])}`);
      const answer = exchange?.answer ?? "";
      const text = typeof answer === "string" ? answer : JSON.stringify(answer);
      return { status: exchange?.status ?? 500, headers: {}, body: text };
    },
  };
}

/** A session that answers each request as it was answered when it was recorded, in any order. */
export function answersOf({ options, now, steps }: Recording): Session {
  const tokens = new Map<string, string>();
  const known = new Map<string, Exchange>();
  for (const exchange of steps.flatMap(({ exchanges }) => exchanges))
    known.set(JSON.stringify([exchange.method, exchange.params]), exchange);
  return {
    options,
    now: () => now,
    secret: () => "secret",
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    http: async ({ body = "" }) => {
      const { method, params } = JSON.parse(body) as Exchange;
      const exchange = known.get(JSON.stringify([method, params]));
      if (exchange === undefined) throw new Error(`not recorded: ${body}`);
      return { status: exchange.status, headers: {}, body: JSON.stringify(exchange.answer) };
    },
  };
}

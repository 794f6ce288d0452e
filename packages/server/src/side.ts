import { ConnectorError, toldByStatus } from "@crossfoot/connector-sdk";
import type { Connection, Connector, HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";
import type { ProjectConnection } from "./config/project.ts";
import { createHttp } from "./platform/http.ts";
import { createLocalHttp } from "./platform/http-local.ts";
import { TransportError } from "./platform/transport-error.ts";
import type { Clock } from "./ports.ts";
import type { CallTerms, Gate } from "./runtime/gate.ts";
import type { Side } from "./runtime/world.ts";

/** How a connection is reached; the demo and tests may answer in process. */
export interface SideOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  /** Where each call waits for its turn. */
  readonly gate: Gate;
  /** Answers requests in process instead of over the network. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** A side with its way out; `close` cuts its connections. */
export interface ReachableSide extends Side {
  readonly close: () => Promise<void>;
}

/** The failure of a request that got no answer: nothing was sent, or nobody knows what became of it. */
function transportFailure(error: unknown, request: HttpRequest): ConnectorError {
  const isUnsent = error instanceof TransportError && error.phase === "before_send";
  const message = error instanceof Error ? error.message : "no answer";
  if (isUnsent) return new ConnectorError({ failure: "transient", code: "unreachable", message }, error);
  if (request.isWrite)
    return new ConnectorError({ failure: "in_doubt", code: "answer_lost", message }, error);
  return new ConnectorError({ failure: "transient", code: "answer_lost", message }, error);
}

/** Makes the side of one connection of a project. Nothing is sent until it is opened. */
export function createSide(connection: ProjectConnection, options: SideOptions): ReachableSide {
  const { id, address, timeoutMs, concurrency } = connection;
  const { connector, clock, gate, fetch } = options;
  const remote = { baseUrl: address, timeoutMs, clock };
  const wire =
    fetch === undefined ? createHttp({ ...remote, agentOptions: { connections: concurrency * 2 } }) : null;
  const way = wire ?? createLocalHttp(fetch as NonNullable<typeof fetch>, remote);
  const told = connector.limits?.(connection.options).told ?? toldByStatus;
  const tokens = new Map<string, string>();
  let calls = 0;
  // The one place that every call of a connection passes, probes, checks and sign-ins included.
  const callUnder =
    (terms: CallTerms) =>
    async (request: HttpRequest): Promise<HttpAnswer> => {
      const pass = await gate.admit(terms, request);
      calls += 1;
      try {
        const answer = await way(request);
        pass.end({ told: told(answer, clock.now()) });
        return answer;
      } catch (error) {
        pass.end({ told: null });
        throw transportFailure(error, request);
      }
    };
  const sessionUnder = (terms: CallTerms): Session => ({
    http: callUnder(terms),
    options: connection.options,
    secret: connection.secret,
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    now: clock.now,
  });
  const opened = new WeakMap<CallTerms, Promise<Connection>>();
  let first: Connection | undefined;
  const openUnder = async (terms: CallTerms): Promise<Connection> => {
    const again = first?.under?.(callUnder(terms));
    if (again !== undefined) return again;
    first = await connector.open(sessionUnder(terms));
    return first;
  };
  return {
    id,
    role: connection.role,
    system: connection.connector,
    mapping: connection.mapping,
    mappingHash: connection.mappingHash,
    open: (terms) => {
      const known = opened.get(terms);
      if (known !== undefined) return known;
      // A connection that could not be opened is tried again at the next call.
      const opening = openUnder(terms).catch((error: unknown) => {
        opened.delete(terms);
        throw error;
      });
      opened.set(terms, opening);
      return opening;
    },
    gate,
    forgetTokens: () => tokens.clear(),
    calls: () => calls,
    timeoutMs,
    concurrency,
    hooks: connection.hooks,
    close: async () => {
      await wire?.close();
    },
  };
}

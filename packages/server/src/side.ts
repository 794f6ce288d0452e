import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection, Connector, HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";
import type { ProjectConnection } from "./config/project.ts";
import { createHttp } from "./platform/http.ts";
import { createLocalHttp } from "./platform/http-local.ts";
import { TransportError } from "./platform/transport-error.ts";
import type { Clock } from "./ports.ts";
import type { Side } from "./runtime/world.ts";

/** How a connection is reached; the demo and tests may answer in process. */
export interface SideOptions {
  readonly connector: Connector;
  readonly clock: Clock;
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
  const { clock, fetch } = options;
  const remote = { baseUrl: address, timeoutMs, clock };
  const wire =
    fetch === undefined ? createHttp({ ...remote, agentOptions: { connections: concurrency * 2 } }) : null;
  const way = wire ?? createLocalHttp(fetch as NonNullable<typeof fetch>, remote);
  const tokens = new Map<string, string>();
  let calls = 0;
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    calls += 1;
    try {
      return await way(request);
    } catch (error) {
      throw transportFailure(error, request);
    }
  };
  const session: Session = {
    http,
    options: connection.options,
    secret: connection.secret,
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    now: clock.now,
  };
  let opening: Promise<Connection> | undefined;
  return {
    id,
    role: connection.role,
    system: connection.connector,
    mapping: connection.mapping,
    mappingHash: connection.mappingHash,
    open: () => {
      // A connection that could not be opened is tried again at the next call.
      opening ??= options.connector.open(session).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    forgetTokens: () => tokens.clear(),
    calls: () => calls,
    timeoutMs,
    concurrency,
    close: async () => {
      await wire?.close();
    },
  };
}

import { ConnectorError, isTooDeep, jsonDepthMax, toldByStatus } from "@crossfoot/connector-sdk";
import type { Connection, Connector, HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";
import type { ProjectConnection } from "./config/project.ts";
import { createConcealer } from "./platform/conceal.ts";
import { createHttp } from "./platform/http.ts";
import { createLocalHttp } from "./platform/http-local.ts";
import { createSealer } from "./platform/sealer.ts";
import { TransportError } from "./platform/transport-error.ts";
import type { Clock } from "./ports.ts";
import { concealErrors, withoutSecrets } from "./runtime/conceal-errors.ts";
import type { CallTerms, Gate } from "./runtime/gate.ts";
import { createTokenShare } from "./runtime/token-share.ts";
import type { TokenShareOptions } from "./runtime/token-share.ts";
import type { Side } from "./runtime/world.ts";

/** How a connection is reached; the demo and tests may answer in process. */
export interface SideOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  /** Where each call waits for its turn. */
  readonly gate: Gate;
  /** What access tokens are shared with among all workers; each has its own where this is missing. */
  readonly shared?: Pick<TokenShareOptions, "store" | "sleep" | "worker">;
  /** Answers requests in process instead of over the network. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** A side with its way out; `close` cuts its connections. */
export interface ReachableSide extends Side {
  /** Secrets of the connection and tokens that it was given. Never log them. */
  readonly secrets: () => readonly string[];
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

/** So many tokens are remembered after they were dropped: what is refused late may still repeat one. */
const tokensMax = 32;

/** The facts of a session, and which of them were tokens. */
function openTokens(): Session["token"] & { readonly given: readonly string[]; readonly clear: () => void } {
  const facts = new Map<string, string>();
  const given: string[] = [];
  return {
    given,
    load: (name) => facts.get(name),
    store: (name, value) => {
      facts.set(name, value);
      // Other facts are numbers, short words, or JSON.
      if (!/^[!-Z^-z~ ]{16,4096}$/.test(value) || given.includes(value)) return;
      given.unshift(value);
      given.length = Math.min(given.length, tokensMax);
    },
    clear: () => facts.clear(),
  };
}

/** Whoever walks an answer that is nested without end would run out of stack, after a write too. */
function refuseDepth({ body }: HttpAnswer): void {
  if (isTooDeep(body))
    throw new TransportError("after_send", `the answer is nested deeper than ${jsonDepthMax} levels`);
}

/** The way to the system: over the network to the host of its address alone, or a function here. */
function wayTo(
  connection: ProjectConnection,
  { fetch, clock }: SideOptions,
): { readonly call: (request: HttpRequest) => Promise<HttpAnswer>; readonly close: () => Promise<void> } {
  const { address: baseUrl, timeoutMs, isLocalAllowed, concurrency } = connection;
  const remote = { baseUrl, timeoutMs };
  if (fetch !== undefined) return { call: createLocalHttp(fetch, remote), close: () => Promise.resolve() };
  const agentOptions = { connections: concurrency * 2 };
  const wire = createHttp({ ...remote, clock, isLocalAllowed, agentOptions });
  return { call: wire, close: () => wire.close() };
}

/** The access token of a connection with secrets is everybody's who knows them: they are its key. */
function sharing(
  { id, secrets }: ProjectConnection,
  { shared, clock }: SideOptions,
): Pick<Session["token"], "share"> {
  if (shared === undefined || secrets().length === 0) return {};
  const sealer = createSealer(secrets, { purpose: "access token", name: id });
  const share = createTokenShare({ ...shared, connection: id, sealer });
  return { share: (request) => share(request, clock.now()) };
}

/** Makes the side of one connection of a project. Nothing is sent until it is opened. */
export function createSide(connection: ProjectConnection, options: SideOptions): ReachableSide {
  const { id, address, timeoutMs, concurrency } = connection;
  const { connector, clock, gate, fetch } = options;
  const way = wayTo(connection, options);
  const told = connector.limits?.(connection.options).told ?? toldByStatus;
  const tokens = openTokens();
  const secrets = (): readonly string[] => [...connection.secrets(), ...tokens.given];
  const concealing = { secrets, conceal: createConcealer(secrets) };
  let calls = 0;
  // The one place that every call of a connection passes, probes, checks and sign-ins included.
  const callUnder =
    (terms: CallTerms) =>
    async (request: HttpRequest): Promise<HttpAnswer> => {
      const pass = await gate.admit(terms, request);
      calls += 1;
      try {
        const answer = await way.call(request);
        refuseDepth(answer);
        pass.end({ told: told(answer, clock.now()) });
        return answer;
      } catch (error) {
        pass.end({ told: null });
        throw transportFailure(error, request);
      }
    };
  const known = {
    options: connection.options,
    secret: connection.secret,
    token: { ...tokens, ...sharing(connection, options) },
    now: clock.now,
  };
  const sessionUnder = (terms: CallTerms): Session => ({ http: callUnder(terms), ...known });
  const opened = new WeakMap<CallTerms, Promise<Connection>>();
  let first: Connection | undefined;
  const openUnder = async (terms: CallTerms): Promise<Connection> => {
    const again = first?.under?.(callUnder(terms));
    if (again !== undefined) return again;
    first = await withoutSecrets(concealing, async () =>
      concealErrors(await connector.open(sessionUnder(terms)), concealing),
    );
    return first;
  };
  return {
    id,
    role: connection.role,
    system: connection.connector,
    ...(fetch === undefined ? { hosts: [new URL(address).origin] } : {}),
    mapping: connection.mapping,
    mappingHash: connection.mappingHash,
    open: (terms) => {
      const already = opened.get(terms);
      if (already !== undefined) return already;
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
    secrets,
    timeoutMs,
    concurrency,
    close: way.close,
    hooks: connection.hooks,
  };
}

import { Agent, type Dispatcher } from "undici";
import { guardedLookup, whyNotHost } from "./address-guard.ts";
import type { Resolve } from "./address-guard.ts";
import type { Clock } from "../ports.ts";
import {
  addressOf,
  bodyBytesMax,
  bodyText,
  joinHeaders,
  type HttpCall,
  type HttpReply,
} from "./http-message.ts";
import { TransportError } from "./transport-error.ts";

/** Options of {@link createHttp}. */
export interface HttpOptions {
  /** Address of the system; paths of requests are relative to it. */
  readonly baseUrl: string;
  /** Whole time of a call, waiting for a connection included, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Whether link-local, metadata and, by a name, loopback addresses may be reached; false when left out. */
  readonly isLocalAllowed?: boolean;
  /** Whether private addresses are refused as well; false when left out. */
  readonly isInnerRefused?: boolean;
  /** How names become addresses; a test's own. */
  readonly resolve?: Resolve;
  readonly agentOptions?: {
    /** Connections at most; 16 when left out. Further calls wait. */
    readonly connections?: number;
    /** How long an idle connection is kept, ms; 4,000 when left out: less than the 5 s of common servers. */
    readonly keepAliveMs?: number;
    readonly connectTimeoutMs?: number;
  };
}

/** Calls one system. */
export interface Http {
  /**
   * Resolves with any complete answer, whatever its status. Rejects with a TransportError and nothing else.
   */
  (request: HttpCall): Promise<HttpReply>;
  /** Closes the connections. Calls under way are cut off. */
  close(): Promise<void>;
}

function reasonOf(error: unknown): string {
  if (error instanceof TransportError) return error.message;
  if (!(error instanceof Error)) return "unknown reason";
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return error.message === "" ? code : `${code}: ${error.message}`;
}

interface CallOptions {
  readonly agent: Agent;
  readonly address: URL;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/**
 * One call. undici tells `onRequestStart` just before it writes the first byte: until then nothing was
 * sent, from then on we cannot know, also when an idle connection turns out to be closed by the other side
 * (the request may have been read before the close). So everything after `onRequestStart` is `after_send`.
 */
class Exchange {
  readonly #settled: PromiseWithResolvers<HttpReply> = Promise.withResolvers();
  readonly #options: CallOptions;
  readonly #deadline: { readonly wall: number; readonly monotonic: number };
  readonly #timer: ReturnType<typeof setTimeout>;
  #controller: Dispatcher.DispatchController | null = null;
  #isEnded = false;
  #status = 0;
  #headers: HttpReply["headers"] = {};
  #bytes = 0;
  readonly #chunks: Buffer[] = [];

  constructor(options: CallOptions) {
    const { clock, timeoutMs } = options;
    this.#options = options;
    this.#deadline = { wall: clock.now() + timeoutMs, monotonic: clock.monotonic() + timeoutMs };
    this.#timer = setTimeout(() => this.#fail(`no answer within ${timeoutMs} ms`), timeoutMs);
  }

  run(request: HttpCall): Promise<HttpReply> {
    const { agent, address } = this.#options;
    const { method, body = null, headers = {} } = request;
    const path = `${address.pathname}${address.search}`;
    try {
      agent.dispatch({ origin: address.origin, path, method, body, headers }, this.#listener());
    } catch (error) {
      this.#fail(reasonOf(error));
    }
    return this.#settled.promise;
  }

  #listener(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller) => this.#start(controller),
      onResponseStart: (_controller, status, headers) => this.#open(status, joinHeaders(headers)),
      onResponseData: (_controller, chunk) => this.#take(chunk),
      onResponseEnd: () => this.#complete(),
      onResponseError: (_controller, error) => this.#fail(reasonOf(error)),
    };
  }

  #end(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    return true;
  }

  #fail(reason: string): void {
    if (!this.#end()) return;
    const { host } = this.#options.address;
    const phase = this.#controller === null ? "before_send" : "after_send";
    const where = phase === "before_send" ? "nothing was sent" : "the request may have been received";
    this.#settled.reject(new TransportError(phase, `call to ${host} failed, ${where} (${reason})`));
    this.#controller?.abort(new Error(reason));
  }

  #start(controller: Dispatcher.DispatchController): void {
    if (this.#controller !== null) {
      // undici puts a request back into its queue when a connection ends in certain ways. Never send twice.
      this.#fail("the connection ended and the request would have been sent again");
      controller.abort(new Error("sent before"));
      return;
    }
    const { clock } = this.#options;
    // The wall clock as well: the monotonic one stands still while the machine is suspended (INVARIANTS.md,
    // note a).
    const isLate = clock.monotonic() >= this.#deadline.monotonic || clock.now() >= this.#deadline.wall;
    if (isLate) this.#fail("its time was over before it could be sent");
    if (this.#isEnded) controller.abort(new Error("ended before it was sent"));
    else this.#controller = controller;
  }

  #open(status: number, headers: HttpReply["headers"]): void {
    this.#status = status;
    this.#headers = headers;
    const length = Number(this.#headers["content-length"] ?? 0);
    if (length > bodyBytesMax) this.#fail(`the answer has ${length} bytes, more than ${bodyBytesMax}`);
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > bodyBytesMax) this.#fail(`the answer has more than ${bodyBytesMax} bytes`);
    else this.#chunks.push(chunk);
  }

  #complete(): void {
    try {
      const body = bodyText(this.#chunks, this.#headers);
      if (this.#end()) this.#settled.resolve({ status: this.#status, headers: this.#headers, body });
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }
}

/**
 * An HTTP/1.1 client of one system, with kept connections. It follows no redirect, repeats nothing, asks
 * for no compression and takes answers of at most 32 MB. It
 * connects to the host of its base address alone, and to no link-local or metadata address.
 */
export function createHttp(options: HttpOptions): Http {
  const { baseUrl, timeoutMs, clock, agentOptions = {}, isLocalAllowed = false } = options;
  const { isInnerRefused = false } = options;
  const reach = { host: new URL(baseUrl).hostname, isLocalAllowed, isInnerRefused };
  const { connections = 16, keepAliveMs = 4_000, connectTimeoutMs = 10_000 } = agentOptions;
  const agent = new Agent({
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    connect: { timeout: connectTimeoutMs, lookup: guardedLookup(reach, options.resolve) },
    // The call has one deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // An address that stands there as one is not looked up.
  const refused = whyNotHost(reach);
  const call = async (request: HttpCall): Promise<HttpReply> => {
    const address = addressOf(baseUrl, request);
    if (refused !== null) throw new TransportError("before_send", `${refused}; nothing was sent`);
    return new Exchange({ agent, address, clock, timeoutMs }).run(request);
  };
  return Object.assign(call, { close: () => agent.destroy() });
}

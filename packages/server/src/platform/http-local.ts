import {
  addressOf,
  bodyBytesMax,
  bodyText,
  joinHeaders,
  type HttpCall,
  type HttpReply,
} from "./http-message.ts";
import { TransportError } from "./transport-error.ts";

/** A server as a function, as the twin offers itself in process. */
export type Fetch = (request: Request) => Promise<Response>;

/** Options of {@link createLocalHttp}. */
export interface LocalHttpOptions {
  /** Address the paths are relative to; "http://in-process.invalid" when left out. Nothing is looked up. */
  readonly baseUrl?: string;
  /**
   * Whole time of a call, ms; without it a call waits as long as the function takes (the simulation's clock
   * rules).
   */
  readonly timeoutMs?: number;
}

function failure(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const isUnsent = error instanceof Error && "phase" in error && error.phase === "before_send";
  const reason = error instanceof Error ? error.message : "unknown reason";
  return new TransportError(isUnsent ? "before_send" : "after_send", `call in process failed (${reason})`);
}

async function replyOf(response: Response): Promise<HttpReply> {
  const headers = joinHeaders({
    ...Object.fromEntries(response.headers),
    "set-cookie": response.headers.getSetCookie().length > 0 ? response.headers.getSetCookie() : undefined,
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > bodyBytesMax) {
    throw new TransportError("after_send", `the answer has more than ${bodyBytesMax} bytes`);
  }
  return { status: response.status, headers, body: bodyText([bytes], headers) };
}

/** Rejects once the time is over; without a time, never. */
function deadline(timeoutMs: number | undefined): {
  readonly over: Promise<never>;
  readonly clear: () => void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  if (timeoutMs === undefined) return { over: promise, clear: () => undefined };
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  return { over: promise, clear: () => clearTimeout(timer) };
}

/**
 * Calls a server that is a function of this process, with the rules and errors of `createHttp`: a rejection
 * of the function is `after_send`, unless its error has `phase: "before_send"`.
 */
export function createLocalHttp(
  fetch: Fetch,
  options: LocalHttpOptions = {},
): (request: HttpCall) => Promise<HttpReply> {
  const { baseUrl = "http://in-process.invalid", timeoutMs } = options;
  return async (call) => {
    const address = addressOf(baseUrl, call);
    const { method, headers = {}, body } = call;
    const { over, clear } = deadline(timeoutMs);
    try {
      const request = new Request(address, { method, headers, ...(body === undefined ? {} : { body }) });
      return await Promise.race([fetch(request).then(replyOf), over]);
    } catch (error) {
      throw failure(error);
    } finally {
      clear();
    }
  };
}

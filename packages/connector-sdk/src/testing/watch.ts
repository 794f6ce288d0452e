import { ConnectorError } from "../failure.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";

type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/** An `http` that lets nothing through that may write, and remembers what it met. */
export interface Watch {
  readonly http: Http;
  /** Requests that were let through. */
  readonly passed: HttpRequest[];
  /** Requests that were stopped, each with the reason. */
  readonly stopped: { readonly request: HttpRequest; readonly reason: string }[];
}

/**
 * Watches the calls of a connection. `isRead` knows, by the system's own rules and not by what the connector
 * says, which requests change nothing; whatever it does not know is stopped. So is a request that the
 * connector itself calls a write. What is stopped is answered with a failure and never reaches the system.
 */
export function watch(http: Http, isRead: (request: HttpRequest) => boolean): Watch {
  const passed: HttpRequest[] = [];
  const stopped: Watch["stopped"] = [];
  return {
    passed,
    stopped,
    http: async (request) => {
      const reason = request.isWrite
        ? "the connector says that it writes"
        : isRead(request)
          ? null
          : "it is not known to be a mere reading";
      if (reason === null) {
        passed.push(request);
        return http(request);
      }
      stopped.push({ request, reason });
      throw new ConnectorError({ failure: "defect", code: "write_stopped", message: reason });
    },
  };
}

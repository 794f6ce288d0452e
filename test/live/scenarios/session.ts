import { ConnectorError } from "@crossfoot/connector-sdk";
import type { HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";

/** One exchange as it went over the wire, for recordings. Headers are not kept: they hold the session key. */
interface Exchange {
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** What a test may do to a request: let it pass, or lose its answer after the server has worked. */
type Fate = "pass" | "lose-answer";

/** A session for one connector alone, on plain fetch. */
export interface LiveSession extends Session {
  readonly exchanges: Exchange[];
  /** Decides the fate of the next requests; null lets all pass. */
  fate: ((request: HttpRequest) => Fate) | null;
}

interface Login {
  readonly url: string;
  /** Secrets by the name that an option gives. */
  readonly secrets: { readonly [name: string]: string };
  readonly options: Session["options"];
}

/** Opens a session that keeps its tokens and its exchanges in memory. */
export function liveSession({ url, secrets, options }: Login): LiveSession {
  const tokens = new Map<string, string>();
  const exchanges: Exchange[] = [];
  const session: LiveSession = {
    exchanges,
    fate: null,
    options,
    secret: (name) => {
      const secret = secrets[name];
      if (secret !== undefined) return secret;
      throw new ConnectorError({
        failure: "unauthorised",
        code: "secret_missing",
        message: `no secret ${name}`,
      });
    },
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    now: () => Date.now(),
    http: async (request) => {
      const answer = await send(url, request);
      exchanges.push({
        path: request.path,
        body: request.body ?? "",
        status: answer.status,
        answer: answer.body,
      });
      if (session.fate?.(request) !== "lose-answer") return answer;
      throw new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "the answer was lost" });
    },
  };
  return session;
}

async function send(url: string, request: HttpRequest): Promise<HttpAnswer> {
  let response: Response;
  try {
    response = await fetch(`${url}${request.path}`, {
      method: request.method,
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
  } catch (error) {
    const failure = request.isWrite ? "in_doubt" : "transient";
    throw new ConnectorError({ failure, code: "network", message: "no answer from the server" }, error);
  }
  const headers = Object.fromEntries(response.headers.entries());
  return { status: response.status, headers, body: await response.text() };
}

import type { ProblemCode } from "./operations/codes.ts";

/** What is wrong with a request, by path such as `body.lines.0.quantity`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** What the API said no to (RFC 9457). Act on `code`; `requestId` stands in the log of the server too. */
export class CrossfootProblem extends Error {
  /** `unknown` when whatever answered is not the API, such as a proxy. */
  readonly code: ProblemCode | "unknown";
  /** Status of HTTP. */
  readonly status: number;
  readonly requestId: string | null;
  readonly faults: readonly Fault[];
  /** What the ERP said, where it refused something. */
  readonly system: { readonly code: string; readonly message: string } | null;

  constructor(status: number, said: ProblemBody, requestId: string | null) {
    super(said.detail ?? said.title ?? `the answer has status ${status}`);
    this.name = "CrossfootProblem";
    this.code = said.code ?? "unknown";
    this.status = status;
    this.requestId = said.requestId ?? requestId;
    this.faults = said.faults ?? [];
    this.system = said.system ?? null;
  }
}

/** No answer came in the time that was given; whether anything was done is not known. `cause` says why. */
export class CrossfootAway extends Error {
  constructor(cause: unknown) {
    super("no answer came in the time that was given", { cause });
    this.name = "CrossfootAway";
  }
}

/** Body of a problem, as far as it is one. */
export interface ProblemBody {
  readonly code?: ProblemCode;
  readonly title?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly faults?: readonly Fault[];
  readonly system?: { readonly code: string; readonly message: string };
}

/** The problem that an answer is. Reads its body. */
export async function readProblem(response: Response): Promise<CrossfootProblem> {
  const requestId = response.headers.get("x-request-id");
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  const text = await response.text();
  const body = isProblem ? (JSON.parse(text) as ProblemBody) : {};
  return new CrossfootProblem(response.status, body, requestId);
}

import { Worker } from "node:worker_threads";
import type { Encoded } from "./codec.ts";
import type { EmbeddedAnswer, EmbeddedCall, EmbeddedStart } from "./embedded-messages.ts";
import type { RawResult, Session } from "./session.ts";
import { LostSession, RefusedStatement } from "./store-error.ts";

type Answered = Exclude<EmbeddedAnswer, { readonly kind: "ready" | "lost" | "refused" }>;
type Request = EmbeddedCall extends infer Call
  ? Call extends EmbeddedCall
    ? Omit<Call, "id">
    : never
  : never;

interface Waiting {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (reason: Error) => void;
}

/** What a thread tells beside its answers. */
export interface ThreadNews {
  readonly onUpkeepDue: () => void;
  readonly onLost: (reason: string) => void;
}

/** The worker runs from source as .ts, and as .js where the package was built. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./embedded-worker.ts", import.meta.url)
  : new URL("./embedded-worker.js", import.meta.url);

/**
 * A session whose PostgreSQL runs in a thread of its own. When the thread dies every waiting call rejects.
 */
export class EmbeddedThread implements Session {
  readonly #worker: Worker;
  readonly #news: ThreadNews;
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #lastId = 0;
  #lost: string | null = null;

  constructor(start: EmbeddedStart, news: ThreadNews) {
    this.#news = news;
    this.#worker = new Worker(workerFile, { workerData: start, name: "store" });
    this.#worker.on("message", (answer: EmbeddedAnswer) => this.#receive(answer));
    this.#worker.on("error", (error) =>
      this.#lose(error instanceof Error ? error.message : "its thread failed"),
    );
    this.#worker.on("exit", () => this.#lose("its thread ended"));
  }

  /** Whether PostgreSQL has ended in it: nothing runs there any more. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Resolves when PostgreSQL takes statements. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  #receive(answer: EmbeddedAnswer): void {
    if (answer.kind === "ready") return this.#ready.resolve();
    if (answer.kind === "lost") return this.#lose(answer.reason);
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === "refused") return waiting?.reject(new RefusedStatement(answer.refusal));
    if (answer.kind !== "done" && answer.isUpkeepDue) this.#news.onUpkeepDue();
    waiting?.resolve(answer);
  }

  #lose(reason: string): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.#ready.reject(new LostSession(reason, true));
    for (const { reject } of this.#waiting.values()) reject(new LostSession(reason, false));
    this.#waiting.clear();
    this.#worker.terminate().catch(() => undefined);
    this.#news.onLost(reason);
  }

  #call(request: Request): Promise<Answered> {
    if (this.#lost !== null) return Promise.reject(new LostSession(this.#lost, true));
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    this.#waiting.set(id, { resolve, reject });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage({ ...request, id });
    return promise;
  }

  async run(sql: string, parameters: readonly Encoded[]): Promise<RawResult> {
    const answer = await this.#call({ kind: "run", sql, parameters });
    if (answer.kind === "ran") return answer.result;
    throw new LostSession("its thread answered something else than was asked", false);
  }

  async script(sql: string): Promise<boolean> {
    const answer = await this.#call({ kind: "script", sql });
    if (answer.kind === "scripted") return answer.isOpen;
    throw new LostSession("its thread answered something else than was asked", false);
  }

  /** Checkpoint and vacuum, where they are due. */
  async keepUp(): Promise<void> {
    await this.#call({ kind: "keepUp" });
  }

  /** Shuts PostgreSQL down and ends the thread. Never rejects: a thread that is lost is closed already. */
  async close(): Promise<void> {
    await this.#call({ kind: "close" }).catch(() => undefined);
    this.#lost ??= "it is closed";
    await this.#worker.terminate();
  }
}

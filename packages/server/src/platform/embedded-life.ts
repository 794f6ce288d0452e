import type { Encoded } from "./codec.ts";
import type { EmbeddedThread } from "./embedded-thread.ts";
import type { RawResult, Session } from "./session.ts";

/**
 * The session of the embedded database over all its lives: when PostgreSQL has ended (its disk was full, a
 * file could not be synced, its thread broke down), it is started again in a thread of its own, and recovers
 * what it had acknowledged from its log, as after a crash.
 */
export class EmbeddedLife implements Session {
  readonly #start: () => EmbeddedThread;
  readonly #onRevived: () => void;
  #thread: EmbeddedThread;

  constructor(start: () => EmbeddedThread, onRevived: () => void) {
    this.#start = start;
    this.#onRevived = onRevived;
    this.#thread = start();
  }

  /** Resolves when PostgreSQL takes statements. */
  ready(): Promise<void> {
    return this.#thread.ready();
  }

  /** Starts PostgreSQL again where it has ended. Rejects with a LostSession as long as it does not start. */
  async revive(): Promise<void> {
    if (!this.#thread.isLost) return;
    // The thread before has ended for good first: two over one folder would destroy it.
    await this.#thread.close();
    this.#thread = this.#start();
    await this.#thread.ready();
    this.#onRevived();
  }

  run(sql: string, parameters: readonly Encoded[]): Promise<RawResult> {
    return this.#thread.run(sql, parameters);
  }

  script(sql: string): Promise<boolean> {
    return this.#thread.script(sql);
  }

  keepUp(): Promise<void> {
    return this.#thread.keepUp();
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

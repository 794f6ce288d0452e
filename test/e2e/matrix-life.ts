/** One life of the program of the crash matrix, as its parent sees it. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { childEnv, programFlags } from "./child-env.ts";
import { root } from "./twin-project.ts";
import type { Order, Ordered, Told } from "./matrix-child.ts";

/** A program that holds several worlds. */
export interface Life {
  /** Gives a world an order and answers what came of it; rejects with what it failed with. */
  order<T>(world: string, order: Order): Promise<T>;
  /**
   * Gives an order (none, when somebody else sets it off) on which the world is to come to its point.
   * Resolves when it stands there, or when `alsoReached` does; rejects when the order came to its end
   * instead. On a machine that is busy a call may take too long, so that a run ends early: then the order is
   * given again.
   */
  until(
    world: string,
    what: { readonly order: Order | null; readonly triesMax: number },
    alsoReached: Promise<unknown>,
  ): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** An order that takes longer than this has stuck, on any machine. */
const orderMsMax = 120_000;

class SpawnedLife implements Life {
  readonly #child: ChildProcess;
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #reached: Map<string, PromiseWithResolvers<null>> = new Map();
  #said = "";
  #at = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (told: Told) => this.#hear(told));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
    child.once("exit", (code, signal) => {
      const reason = new Error(`the program ended (${signal ?? code}): ${this.#said.slice(-2_000)}`);
      for (const { reject } of this.#waiting.values()) reject(reason);
      this.#waiting.clear();
    });
  }

  #hear(told: Told): void {
    if ("reached" in told) return this.#reached.get(told.world)?.resolve(null);
    const waiting = this.#waiting.get(told.at);
    this.#waiting.delete(told.at);
    if ("error" in told) waiting?.reject(new Error(`${told.world}: ${told.error}`));
    else waiting?.resolve(told.answer);
  }

  order<T>(world: string, order: Order): Promise<T> {
    this.#at += 1;
    if (order.kind === "arm") this.#reached.set(world, Promise.withResolvers());
    const ordered: Ordered = { world, at: this.#at, order };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(ordered.at, { resolve, reject });
    this.#child.send(ordered);
    const stuck = setTimeout(() => reject(new Error(`${world}: ${order.kind} has stuck`)), orderMsMax);
    // A world that stands still at its point never answers.
    promise.finally(() => clearTimeout(stuck)).catch(() => undefined);
    return promise as Promise<T>;
  }

  async until(
    world: string,
    { order, triesMax }: { readonly order: Order | null; readonly triesMax: number },
    alsoReached: Promise<unknown>,
  ): Promise<void> {
    const gate = this.#reached.get(world)?.promise ?? new Promise<never>(() => undefined);
    const reached = Promise.race([gate, alsoReached]).then(() => "reached");
    let how = "";
    for (let tries = 0; how !== "reached" && tries < triesMax; tries += 1) {
      const ended = this.order(world, order ?? { kind: "wait" }).then(
        (answer) => `the order came to its end: ${JSON.stringify(answer).slice(0, 2_000)}`,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      how = await Promise.race([reached, ended]);
    }
    if (how !== "reached") throw new Error(`${world} was never at its point: ${how}`);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

/** Starts the program. */
export function startLife(): Life {
  const child = spawn(process.execPath, [...programFlags, join(import.meta.dirname, "matrix-child.ts")], {
    cwd: root,
    env: childEnv(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new SpawnedLife(child);
}

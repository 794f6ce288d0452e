import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { RuleFailed } from "@crossfoot/kernel";
import type { SideValue } from "@crossfoot/kernel";
import type { RuleAnswer, RuleQuestion, RuleStart } from "./rule-worker.ts";

/** How long rules may take, and how often one may take longer. */
export interface RuleLimits {
  /** Time for one answer, ms. */
  readonly answerMs: number;
  /** Time for the file to be loaded, ms. */
  readonly loadMs: number;
}

/** A rule that was stopped so often is not asked again: each time costs the run its whole time. */
const stopsMax = 3;
/** Memory of the thread, MB: a rule looks at one field. */
const memoryMb = 128;

/** The worker runs from source as .ts, and as .js where the package was built. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./rule-worker.ts", import.meta.url)
  : new URL("./rule-worker.js", import.meta.url);

interface Running {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** 0 while the thread works, 1 when it has something to say. */
  readonly flag: Int32Array;
}

/** Ends a thread, whatever it does; nobody waits for that. */
function end(worker: Worker): void {
  worker.terminate().catch(() => undefined);
}

/** The file of the rules could not be loaded in time, or at all. */
export class RulesBroken extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RulesBroken";
  }
}

/**
 * A thread in which a project's own rules run. Deciding is synchronous: the caller sleeps until the rule has
 * answered or its time is over; then the thread is ended, whatever it does, and the next question starts
 * another. A rule sees no variables of the environment, and what it prints goes nowhere.
 */
export class RuleThread {
  readonly #file: string;
  readonly #limits: RuleLimits;
  readonly #stops: Map<string, number> = new Map();
  #running: Running | null = null;
  #lastId = 0;

  constructor(file: string, limits: RuleLimits) {
    this.#file = file;
    this.#limits = limits;
  }

  /** Loads the file and answers the names of its rules. Throws RulesBroken. */
  names(): readonly string[] {
    return this.#start().names;
  }

  /** Asks a rule. Answers what it answered, null when that is no text. Throws RuleFailed. */
  ask(name: string, sides: readonly SideValue[]): string | null {
    const stops = this.#stops.get(name) ?? 0;
    const time = `an answer within ${this.#limits.answerMs} ms`;
    if (stops >= stopsMax) {
      throw new RuleFailed(`${time}; it was stopped ${stops} times, and is not asked before the next start`);
    }
    const running = this.#running ?? this.#startAgain();
    const answer = this.#talk(running, { id: (this.#lastId += 1), name, sides }, this.#limits.answerMs);
    if (answer === null) {
      this.#stops.set(name, stops + 1);
      this.close();
      throw new RuleFailed(time);
    }
    if (answer.error !== null) throw new RuleFailed(`an answer, and no ${answer.error}`);
    return answer.winner;
  }

  /** Ends the thread. It is started again when somebody asks. */
  close(): void {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.port.close();
    end(running.worker);
  }

  #startAgain(): Running {
    try {
      return this.#start().running;
    } catch {
      throw new RuleFailed(`to be loaded within ${this.#limits.loadMs} ms`);
    }
  }

  #start(): { readonly running: Running; readonly names: readonly string[] } {
    const { port1: port, port2 } = new MessageChannel();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(workerFile, {
      workerData: { file: this.#file, port: port2, flag } satisfies RuleStart,
      transferList: [port2],
      name: "rules",
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // Whoever waits for an answer finds out by its time being over.
    worker.on("error", () => undefined);
    worker.stdout.resume();
    worker.stderr.resume();
    worker.unref();
    port.unref();
    const running: Running = { worker, port, flag };
    const loaded = this.#await(running, 0, this.#limits.loadMs);
    if (loaded === null || loaded.error !== null) {
      port.close();
      end(worker);
      const why =
        loaded === null ? `was not loaded within ${this.#limits.loadMs} ms` : `threw ${loaded.error}`;
      throw new RulesBroken(why);
    }
    this.#running = running;
    return { running, names: loaded.names };
  }

  #talk(running: Running, question: RuleQuestion, limitMs: number): RuleAnswer | null {
    Atomics.store(running.flag, 0, 0);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    running.port.postMessage(question);
    return this.#await(running, question.id, limitMs);
  }

  /** Sleeps until the answer of that number is there; null when it is not there in time. */
  #await({ port, flag }: Running, id: number, limitMs: number): RuleAnswer | null {
    const until = performance.now() + limitMs;
    for (;;) {
      const received = receiveMessageOnPort(port)?.message as RuleAnswer | undefined;
      if (received?.id === id) return received;
      const left = until - performance.now();
      if (left <= 0) return null;
      if (received === undefined && Atomics.wait(flag, 0, 0, left) === "not-equal") {
        // The flag is up, and the message may still be on its way.
        Atomics.store(flag, 0, 0);
        Atomics.wait(flag, 0, 0, Math.min(left, 1));
      }
    }
  }
}

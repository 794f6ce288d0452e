import type { Delivery } from "@crossfoot/connector-sdk";
import type { ConnectionId, Json } from "@crossfoot/kernel";
import { startLoop } from "crossfoot/testing";
import type { Engine, RunSummary } from "crossfoot/testing";
import { Incarnation } from "./incarnation.ts";
import type { Place } from "./incarnation.ts";
import type { History } from "./history.ts";
import type { PartyClock } from "./party-clock.ts";
import { startProgram } from "./program.ts";
import type { Program, ProgramParts } from "./program.ts";
import type { Timeline } from "./virtual-time.ts";

/** Name and message of what a program met, for the history. */
export function factsOf(error: unknown): Json {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error) };
  return { name: error.name, message: error.message };
}

/** Outcome classes of a run, over all entities. */
function verdictsOf(summary: RunSummary): { readonly [verdict: string]: number } {
  const counts: Record<string, number> = {};
  for (const { verdicts } of summary.entities) {
    for (const [verdict, count] of Object.entries(verdicts)) counts[verdict] = (counts[verdict] ?? 0) + count;
  }
  return counts;
}

/**
 * A worker's place: a machine with a clock on which one incarnation of the production runtime runs after
 * the other, over the same store. A killed one is followed by the next after `restartMs`.
 */
export class Worker implements Place {
  readonly name: string;
  readonly clock: PartyClock;
  readonly parts: ProgramParts;
  readonly timeline: Timeline;
  readonly history: History;
  readonly #restartMs: () => number;
  #count = 0;
  readonly #doom: number[] = [];
  #isHeldDown = false;
  #current: (Program & { readonly stop: AbortController; readonly wake: () => void }) | null = null;

  constructor(
    parts: ProgramParts,
    own: { readonly name: string; readonly clock: PartyClock; readonly restartMs: () => number },
  ) {
    this.parts = parts;
    this.timeline = parts.timeline;
    this.history = parts.history;
    this.name = own.name;
    this.clock = own.clock;
    this.#restartMs = own.restartMs;
  }

  /** The running engine, or null while the program is down. */
  get engine(): Engine | null {
    return this.#current?.engine ?? null;
  }

  get isUp(): boolean {
    return this.#current !== null;
  }

  /** Starts the program: engine and production loop, with nothing remembered. */
  start(): void {
    if (this.#current !== null || this.#isHeldDown) return;
    this.#count += 1;
    const body = new Incarnation(`${this.name}#${this.#count}`, this, this.#doom.shift() ?? null);
    const { history, entities, cadenceMs } = this.parts;
    const program = startProgram(this.parts, { body, clock: this.clock });
    const { engine, world } = program;
    const stop = new AbortController();
    this.#current = { ...program, stop, wake: () => loop.wake() };
    const tell = (event: "start" | "run" | "trouble" | "defect", facts: Json): void =>
      history.note({ kind: "worker", worker: body.name, event, facts });
    tell("start", null);
    const loop = startLoop({
      engine,
      entities,
      cadenceMs: Object.fromEntries(entities.map((entity) => [entity, cadenceMs])) as never,
      clock: world.clock,
      sleep: world.sleep,
      signal: stop.signal,
      tell: (event) => {
        if (!body.isAlive()) return;
        if (event.kind === "run") {
          const { state } = event.summary;
          tell("run", { what: event.what, state, verdicts: verdictsOf(event.summary) });
        } else if (event.kind === "failure") tell("trouble", factsOf(event.error));
      },
    });
    loop.ended.catch((error: unknown) => tell("defect", factsOf(error)));
  }

  /** A webhook delivery comes in, as over HTTP; `answer` is never called by a program that dies meanwhile. */
  receive(
    connection: ConnectionId,
    sent: Omit<Delivery, "receivedAt">,
    answer: (status: number) => void,
  ): void {
    const current = this.#current;
    current?.body.deliver(() => {
      const delivery = { ...sent, receivedAt: this.clock.now() };
      current.engine.receive(connection, delivery).then(
        ({ status }) => {
          if (status < 300) current.wake();
          answer(status);
        },
        () => answer(503),
      );
    });
  }

  /** Kills the program at an instant of the scenario's. */
  kill(why: string): void {
    this.#current?.body.kill(why);
  }

  pause(ms: number, why: string): void {
    this.#current?.body.pause(ms, why);
  }

  /** The program dies now, and its next lives after so many steps each (fault X7). */
  doom(lives: readonly number[]): void {
    this.#doom.push(...lives);
    this.kill("in a crash loop");
  }

  /** No more doomed lives: all that goes wrong is healed. */
  heal(): void {
    this.#doom.length = 0;
    this.#current?.body.spare();
  }

  /** Called by an incarnation that has died. */
  readonly died = (body: Incarnation, why: string): void => {
    this.history.note({ kind: "worker", worker: body.name, event: "killed", facts: why });
    if (this.#current?.body === body) this.#current = null;
    this.timeline.after(this.#restartMs(), () => {
      this.start();
    });
  };

  /** Stays down after its next death, or comes back: while the store is restored nobody works on it. */
  hold(isDown: boolean): void {
    this.#isHeldDown = isDown;
    if (!isDown) this.start();
  }
}

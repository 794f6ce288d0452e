import type { Json } from "@crossfoot/kernel";
import type { Engine, World } from "crossfoot/testing";
import { Incarnation } from "./incarnation.ts";
import type { PartyClock } from "./party-clock.ts";
import { startProgram } from "./program.ts";
import type { ProgramParts } from "./program.ts";
import { factsOf } from "./worker.ts";

/**
 * A person who runs commands beside the workers (`crossfoot plan`, `apply`, `undo` ...): each command is a
 * program of its own on the operator's machine, and may be killed at any of its steps like a worker's. One
 * that was killed is not started again by itself.
 */
export class Operator {
  readonly name: string;
  readonly #parts: ProgramParts;
  readonly #clock: PartyClock;
  #count = 0;

  constructor(parts: ProgramParts, own: { readonly name: string; readonly clock: PartyClock }) {
    this.#parts = parts;
    this.name = own.name;
    this.#clock = own.clock;
  }

  /** Runs one command; `done` hears of its end, unless it was killed. What it fails with is trouble. */
  run<T>(
    command: string,
    work: (engine: Engine, world: World) => Promise<T>,
    done: (result: T) => void,
  ): void {
    this.#count += 1;
    const { history, timeline } = this.#parts;
    const name = `${this.name}#${this.#count}`;
    const tell = (event: "start" | "run" | "trouble" | "killed" | "stopped", facts: Json): void =>
      history.note({ kind: "worker", worker: name, event, facts });
    const place = {
      timeline,
      history,
      clock: this.#clock,
      died: (_body: Incarnation, why: string): void => tell("killed", why),
    };
    const body = new Incarnation(name, place, null);
    const { engine, world } = startProgram(this.#parts, { body, clock: this.#clock });
    tell("start", command);
    const carryOut = async (): Promise<void> => {
      const result = await work(engine, world);
      tell("stopped", command);
      done(result);
    };
    carryOut().catch((error: unknown) => tell("trouble", factsOf(error)));
  }
}

import type { History } from "./history.ts";
import type { PartyClock } from "./party-clock.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Caller } from "./wire.ts";

/** The machine on which a program runs. */
export interface Place {
  readonly timeline: Timeline;
  readonly history: History;
  readonly clock: PartyClock;
  /** Called by a program that has died. */
  readonly died: (body: Incarnation, why: string) => void;
}

/** One program: it has a heap of its own, and dies with it. */
export class Incarnation implements Caller {
  readonly name: string;
  readonly #place: Place;
  #isDead = false;
  #asleepUntil: number | null = null;
  readonly #backlog: (() => void)[] = [];

  /** Steps that this life has left; null for as many as it wants (fault X7). */
  #stepsLeft: number | null;

  constructor(name: string, place: Place, stepsMax: number | null) {
    this.name = name;
    this.#place = place;
    this.#stepsLeft = stepsMax;
  }

  readonly step = (): boolean => {
    if (this.#isDead) return false;
    if (this.#stepsLeft === null) return true;
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) this.kill("in a crash loop");
    return !this.#isDead;
  };

  /** Takes back that this life is short. */
  readonly spare = (): void => {
    this.#stepsLeft = null;
  };

  readonly isAlive = (): boolean => !this.#isDead;
  readonly now = (): number => this.#place.clock.now();

  readonly deliver = (run: () => void): void => {
    if (this.#isDead) return;
    if (this.#asleepUntil === null) run();
    else this.#backlog.push(run);
  };

  readonly kill = (why: string): void => {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#place.died(this, why);
  };

  readonly pause = (ms: number, why: string): void => {
    if (this.#isDead || this.#asleepUntil !== null) return;
    const { timeline, history } = this.#place;
    this.#asleepUntil = timeline.now + ms;
    history.note({ kind: "worker", worker: this.name, event: "paused", facts: { why, ms } });
    this.#place.clock.suspend(ms);
    timeline.after(ms, () => this.#wake());
  };

  #wake(): void {
    if (this.#isDead) return;
    this.#asleepUntil = null;
    this.#place.history.note({ kind: "worker", worker: this.name, event: "woken", facts: null });
    for (const run of this.#backlog.splice(0)) run();
  }
}

import type { Json } from "@crossfoot/kernel";

/** Where in the simulation something can go wrong. */
export type Place = "call" | "answer" | "store" | "stored" | "commit" | "delivery" | "time";

/**
 * What brings a fault on: the n-th moment at a place whose labels are those of `where` (a label that is not
 * named may be anything), or a virtual instant in ms.
 */
export type Trigger =
  | { readonly on: Exclude<Place, "time">; readonly where: Labels; readonly nth: number }
  | { readonly on: "time"; readonly at: number };

/** Labels of a moment, such as `{ system: "erp", call: "write", entity: "accounts" }`. */
export interface Labels {
  readonly [label: string]: string;
}

/** One fault of a scenario: data, so that a failing run shrinks to a list of values. */
export interface Fault {
  readonly id: string;
  /** Name in the catalogue of INVARIANTS.md 3, such as `N3`. */
  readonly name: string;
  readonly trigger: Trigger;
  readonly params: { readonly [name: string]: Json };
}

/** A fault that a moment brings on, and how many such moments there were. */
interface Waiting {
  readonly fault: Fault;
  readonly place: Place;
  readonly where: readonly (readonly [label: string, value: string])[];
  readonly nth: number;
  seen: number;
}

/** Decides when the faults of a scenario fire, and counts them. */
export class FaultPort {
  readonly #waiting: Waiting[];
  readonly hits = new Map<string, number>();
  #isHealed = false;
  readonly #tell: (fault: Fault) => void;
  #react: (fault: Fault) => void = () => undefined;

  constructor(faults: readonly Fault[], tell: (fault: Fault) => void) {
    this.#waiting = faults.flatMap((fault): readonly Waiting[] => {
      const { trigger } = fault;
      if (trigger.on === "time") return [];
      return [{ fault, place: trigger.on, where: Object.entries(trigger.where), nth: trigger.nth, seen: 0 }];
    });
    this.#tell = tell;
  }

  /** What a fault does beyond the moment at which it comes is up to `react`. */
  set reaction(react: (fault: Fault) => void) {
    this.#react = react;
  }

  /** From here on nothing goes wrong any more. */
  heal(): void {
    this.#isHealed = true;
  }

  get isHealed(): boolean {
    return this.#isHealed;
  }

  /** A moment at a place: the faults that fire now, in the order of the scenario. */
  at(place: Exclude<Place, "time">, labels: Labels): readonly Fault[] {
    if (this.#isHealed) return none;
    let fired: Fault[] | null = null;
    for (const waiting of this.#waiting) {
      if (waiting.place !== place || waiting.seen >= waiting.nth || !isAt(waiting, labels)) continue;
      waiting.seen += 1;
      if (waiting.seen === waiting.nth) (fired ??= []).push(waiting.fault);
    }
    if (fired === null) return none;
    for (const fault of fired) this.fire(fault);
    return fired;
  }

  /** A fault comes; those with an instant are brought on by the driver. */
  fire(fault: Fault): void {
    if (this.#isHealed) return;
    this.felt(fault.name);
    this.#tell(fault);
    this.#react(fault);
  }

  /** Counts a fault that lies in a profile or the workload, where it is felt. */
  felt(name: string): void {
    this.hits.set(name, (this.hits.get(name) ?? 0) + 1);
  }
}

const none: readonly Fault[] = [];

const isAt = ({ where }: Waiting, labels: Labels): boolean =>
  where.every(([label, value]) => labels[label] === value);

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

/** Decides when the faults of a scenario fire, and counts them. */
export class FaultPort {
  readonly #waiting: { readonly fault: Fault; seen: number }[];
  readonly hits = new Map<string, number>();
  #isHealed = false;
  readonly #tell: (fault: Fault) => void;
  #react: (fault: Fault) => void = () => undefined;

  constructor(faults: readonly Fault[], tell: (fault: Fault) => void) {
    this.#waiting = faults
      .filter(({ trigger }) => trigger.on !== "time")
      .map((fault) => ({ fault, seen: 0 }));
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
    if (this.#isHealed) return [];
    const fired: Fault[] = [];
    for (const waiting of this.#waiting) {
      const { trigger } = waiting.fault;
      if (trigger.on !== place || !isAt(trigger.where, labels)) continue;
      waiting.seen += 1;
      if (waiting.seen === trigger.nth) fired.push(waiting.fault);
    }
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

const isAt = (where: Labels, labels: Labels): boolean =>
  Object.entries(where).every(([label, value]) => labels[label] === value);

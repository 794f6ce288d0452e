import type { Json } from "@crossfoot/kernel";
import type { Trigger } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** A fault before it has an id: when it comes and with what parameters. */
interface DrawnFault {
  readonly trigger: Trigger;
  readonly params: { readonly [name: string]: Json };
}

/** One fault of INVARIANTS.md 3. */
export interface FaultKind {
  readonly name: string;
  readonly title: string;
  /**
   * Draws one occurrence; null for a fault that lies in the profiles or the workload of a seed, and is
   * counted there.
   */
  readonly draw: ((random: Random, scene: Scene) => DrawnFault) | null;
}

/** Calls of one kind within a run that a drawn trigger may wait for. */
const nthMax = 12;

const onWrite = (random: Random): Trigger => ({
  on: "call",
  where: { system: random.pick(["crm", "erp"]), call: "write" },
  nth: random.between(1, nthMax),
});

/** The faults that the simulation can bring on. */
export const catalogue: readonly FaultKind[] = [
  {
    name: "N2",
    title: "lost before the remote saw it",
    draw: (random) => ({ trigger: onWrite(random), params: {} }),
  },
  {
    name: "N3",
    title: "committed, answer lost",
    draw: (random) => ({ trigger: onWrite(random), params: {} }),
  },
];

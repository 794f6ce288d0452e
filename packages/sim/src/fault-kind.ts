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
  /** Why it is not drawn yet; it comes when it is asked for by name. */
  readonly awaits?: string;
  /**
   * Draws one occurrence; null for a fault that lies in the profiles or the workload of a seed, and is
   * counted where it is felt.
   */
  readonly draw: ((random: Random, scene: Scene) => DrawnFault) | null;
}

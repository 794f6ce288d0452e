import type { World } from "crossfoot/testing";

/** A deliberate defect behind the simulation's own wiring: its run must fail the checker it is meant for. */
export interface Saboteur {
  readonly name: string;
  /** The invariant that it breaks. */
  readonly invariant: string;
  readonly title: string;
  /** Faults under which it shows itself soonest; missing when any mix will do. */
  readonly faults?: readonly string[];
  /** It shows itself where records are consolidated. */
  readonly consolidates?: true;
  /** It shows itself where values are put right. */
  readonly repairs?: true;
  /** It shows itself where decisions are taken back. */
  readonly recants?: true;
  /** Takes one protection out of the ports of an engine that starts. */
  readonly sabotage: (world: World) => World;
}

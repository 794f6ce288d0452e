import type { World } from "crossfoot/testing";

/** A deliberate defect behind the simulation's own wiring: its run must fail the checker it is meant for. */
export interface Saboteur {
  readonly name: string;
  /** The invariant that it breaks. */
  readonly invariant: string;
  readonly title: string;
  /** Takes one protection out of the ports of an engine that starts. */
  readonly sabotage: (world: World) => World;
}

/** Every saboteur. */
export const saboteurs: readonly Saboteur[] = [];

/** The saboteur of a name; an unknown name is told with those that are known. */
export function saboteurOf(name: string): Saboteur {
  const found = saboteurs.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Error(`no saboteur is called ${name}; known: ${saboteurs.map((each) => each.name).join(", ")}`);
}

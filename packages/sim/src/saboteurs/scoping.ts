import type { Side } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { withStore } from "./wrap.ts";

const unfiltered = (side: Side): Side => ({
  ...side,
  mapping: {
    ...side.mapping,
    entities: Object.fromEntries(
      Object.entries(side.mapping.entities).map(([name, mapping]) => [name, { ...mapping, scope: null }]),
    ),
  },
});

/** What lies outside a filter. */
export const scoping: readonly Saboteur[] = [
  {
    name: "outside-as-gone",
    invariant: "I29",
    title: "a record that left the filter counts as deleted",
    faults: ["P10"],
    sabotage: withStore((store) => ({
      checkpoint: (checkpoint) =>
        store.checkpoint({
          ...checkpoint,
          observations: checkpoint.observations.map((seen) =>
            seen.kind === "out_of_scope" ? { ...seen, kind: "deleted" as const } : seen,
          ),
        }),
    })),
  },
  {
    name: "filter-forgotten",
    invariant: "I29",
    title: "a record that left the filter is written to as before",
    faults: ["P10"],
    sabotage: (world) => ({ ...world, sides: world.sides.map(unfiltered) }),
  },
];

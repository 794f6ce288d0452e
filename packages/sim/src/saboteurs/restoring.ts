import type { Saboteur } from "./saboteur.ts";

/** What becomes of a store that is older than what was done with it. */
export const restoring: readonly Saboteur[] = [
  {
    name: "restore-unnoticed",
    invariant: "I03",
    title: "nobody bears witness: a store that was restored goes on as if nothing had happened",
    faults: ["T4"],
    sabotage: ({ witness: _witness, ...world }) => world,
  },
];

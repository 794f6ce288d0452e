import type { Saboteur } from "./saboteur.ts";
import { withStore } from "./wrap.ts";

/** Taking decisions back. */
export const recanting: readonly Saboteur[] = [
  {
    name: "word-kept",
    invariant: "I28d",
    title: "a person hears that a decision was taken back, and it stands",
    faults: ["T3"],
    recants: true,
    sabotage: withStore(() => ({ reopenCandidate: async () => "done" })),
  },
];

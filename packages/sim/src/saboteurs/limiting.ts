import type { Json } from "@crossfoot/kernel";
import { isMap } from "../system/dialect.ts";
import type { Saboteur } from "./saboteur.ts";
import { withStore } from "./wrap.ts";

/** How much may be done at once, and how often a system may be called. */
export const limiting: readonly Saboteur[] = [
  {
    name: "guard-skipped",
    invariant: "I15",
    title: "nobody looks how much a decision does",
    faults: ["P7"],
    sabotage: (world) => ({ ...world, guard: {} }),
  },
  {
    name: "guard-forgets",
    invariant: "I15",
    title: "archives of earlier runs do not count",
    faults: ["P7"],
    sabotage: withStore(() => ({ linkGuardCounts: () => Promise.resolve([]) })),
  },
  {
    name: "charge-after-call",
    invariant: "I16",
    title: "a call leaves before its charge is stored",
    faults: ["Q2"],
    sabotage: withStore((store) => ({
      saveQuota: (connection, change) => {
        store.saveQuota(connection, change).catch(() => undefined);
        return Promise.resolve(true);
      },
    })),
  },
  {
    name: "charge-of-nothing",
    invariant: "I16",
    title: "calls that are still to be made are charged as none",
    faults: ["Q2"],
    sabotage: withStore((store) => ({
      saveQuota: (connection, change) =>
        store.saveQuota(connection, { ...change, state: uncharged(change.state) }),
    })),
  },
];

/** The state of a quota without what may still be used. */
function uncharged(state: Json): Json {
  if (!isMap(state) || !Array.isArray(state["charges"])) return state;
  const charges = state["charges"].map((charge: Json) =>
    isMap(charge) && charge["isOpen"] === true ? { ...charge, calls: 0 } : charge,
  );
  return { ...state, charges };
}

import { StoreError } from "crossfoot/testing";
import type { Fault } from "./faults.ts";

/** What becomes of one call to the store. */
export interface StoreFate {
  readonly isKilled: boolean;
  readonly pauseMs: number;
  readonly delayMs: number;
  /** What the caller is told; `hasEffect` says whether it was stored all the same. */
  readonly failure: StoreError | null;
  readonly hasEffect: boolean;
}

const calm: StoreFate = { isKilled: false, pauseMs: 0, delayMs: 0, failure: null, hasEffect: true };

const msOf = (fault: Fault): number => {
  const { ms } = fault.params;
  return typeof ms === "number" ? ms : 0;
};

const full = (): StoreError =>
  new StoreError({ code: "53100", message: "the simulated disk is full", isRetryable: false });
const serialised = (): StoreError =>
  new StoreError({ code: "40001", message: "the simulated store could not serialise", isRetryable: true });
const unknown = (): StoreError =>
  new StoreError({
    code: "08007",
    message: "the connection to the simulated store broke at commit",
    isUnknownOutcome: true,
  });

const effects: { readonly [name: string]: (fault: Fault) => Partial<StoreFate> } = {
  X1: () => ({ isKilled: true }),
  X2: () => ({ isKilled: true }),
  X6: () => ({ isKilled: true }),
  X5: (fault) => ({ pauseMs: msOf(fault) }),
  C4: (fault) => ({ pauseMs: msOf(fault) }),
  T1: () => ({ failure: full(), hasEffect: false }),
  T2: (fault) => {
    const { kind } = fault.params;
    if (kind === "serialise") return { failure: serialised(), hasEffect: false };
    return { failure: unknown(), hasEffect: kind === "stored" };
  },
  T3: (fault) => ({ delayMs: msOf(fault) }),
};

/** The fate that the faults of a moment make of a call to the store. */
export function storeFateOf(faults: readonly Fault[]): StoreFate {
  if (faults.length === 0) return calm;
  return Object.assign({}, calm, ...faults.map((fault) => effects[fault.name]?.(fault))) as StoreFate;
}

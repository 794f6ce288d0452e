import fc from "fast-check";
import type { Store } from "../port.ts";
import type { Known } from "./known.ts";

/** One call of the port; its arguments are made from what is known when it is its turn. */
export interface Call {
  readonly method: keyof Store;
  readonly pass: number;
  readonly args: (known: Known) => readonly unknown[];
}

/** A method of the port. */
export type Method = keyof Store;

/** Time that passes before a call, ms; now and then the store's clock is set back, or much time passes. */
const passing = fc.oneof(
  { weight: 20, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constantFrom(-4_000, 500, 4_000) },
);

/** A call whose arguments do not depend on what is there. */
export const plain = (method: Method, ...args: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> =>
  fc.tuple(passing, fc.tuple(...args)).map(([pass, given]) => ({ method, pass, args: () => given }));

/** A call whose arguments do. */
export const knowing = <Facts>(
  method: Method,
  facts: fc.Arbitrary<Facts>,
  args: (known: Known, facts: Facts) => readonly unknown[],
): fc.Arbitrary<Call> =>
  fc.tuple(passing, facts).map(([pass, given]) => ({ method, pass, args: (known) => args(known, given) }));

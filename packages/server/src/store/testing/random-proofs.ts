import fc from "fast-check";
import type { ProofEntry, ProofMeasure } from "../port.ts";
import type { Known } from "./known.ts";

/** What a random leaf says: of a link, by its place among those that are known. */
export interface LeafFacts {
  readonly which: number;
  readonly crm: string;
  readonly erp: string;
  readonly isGone: boolean;
  /** Places of the links that its records name. */
  readonly named: readonly number[];
}

/** Facts of a random leaf. */
export const leafFacts: fc.Arbitrary<LeafFacts> = fc.record({
  which: fc.nat(7),
  crm: fc.constantFrom("h1", "h2"),
  erp: fc.constantFrom("h1", "h2"),
  isGone: fc.nat(3).map((roll) => roll === 0),
  named: fc.uniqueArray(fc.nat(7), { maxLength: 2 }),
});

/** By what shares are measured. */
export const proofMeasure: fc.Arbitrary<ProofMeasure> = fc.record({
  withinMs: fc.constantFrom(2, 5_000),
  carried: fc.subarray(["accounts", "contacts"]),
  fields: fc.subarray(["name", "email", "account"]),
});

/**
 * Leaves of links that are there. They name no mark: which marks there are is each store's own affair.
 */
export function proofsOf(known: Known, facts: readonly LeafFacts[]): readonly ProofEntry[] {
  const links = [...known.links];
  const at = (which: number) => links[which % Math.max(links.length, 1)] ?? [];
  const entries = facts.flatMap(({ which, crm, erp, isGone, named }): readonly ProofEntry[] => {
    const [link, entity] = at(which);
    if (link === undefined || entity === undefined) return [];
    const id = link as ProofEntry["link"];
    const leaf = { link: id, entity, crm, erp, compared: 2, equal: crm === erp ? 2 : 1 };
    const others = new Set(named.flatMap((other) => (at(other)[0] ?? []) as readonly ProofEntry["link"][]));
    const names = { entity, links: [...others] };
    return [{ link: id, marks: [], leaf: isGone ? null : leaf, names: isGone ? null : names }];
  });
  return [...new Map(entries.map((entry) => [entry.link, entry])).values()];
}

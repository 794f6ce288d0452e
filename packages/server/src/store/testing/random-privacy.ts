import type { LinkId } from "@crossfoot/kernel";
import fc from "fast-check";
import type { ErasureOrder, PersonSought, RecordKey } from "../port.ts";
import type { Known } from "./known.ts";
import { knowing, plain } from "./random-call.ts";
import type { Call } from "./random-call.ts";

/** Who is sought: some of the links that are there, and some of the records that they have. */
const sought = fc.record({
  which: fc.array(fc.nat(7), { maxLength: 2 }),
  records: fc.array(fc.nat(7), { maxLength: 2 }),
  // Letters that no column and no word of ours has: a person is never sought by those.
  identifiers: fc.subarray(["É", "nowhere"]),
});
const told = fc.record({
  ...{ sought, id: fc.constantFrom("e-1", "e-2", "e-3"), by: fc.constantFrom("somebody", "another") },
  at: fc.constantFrom("2026-01-05T08:00:00.000Z", "2026-01-05T08:01:00.500Z"),
  values: fc.subarray(["x", "é", "told", "u"]),
  facts: fc.constantFrom({}, { bb: 1, a: ["x"] }),
});

const linksOf = (known: Known, which: readonly number[]): readonly LinkId[] => {
  const links = [...known.links.keys()] as LinkId[];
  return [...new Set(which.flatMap((at) => links[at % Math.max(links.length, 1)] ?? []))];
};

function soughtOf(
  known: Known,
  { which, records, identifiers }: typeof sought extends fc.Arbitrary<infer Facts> ? Facts : never,
): PersonSought {
  const keys = records.flatMap((at): readonly RecordKey[] => {
    const placed = known.placed[at % Math.max(known.placed.length, 1)];
    if (placed === undefined) return [];
    const entity = known.links.get(placed.link) ?? "accounts";
    return [{ connection: placed.connection, entity, id: placed.id }];
  });
  return { links: linksOf(known, which), records: keys, identifiers };
}

/** Calls about persons that change something. */
export const privacyChanges: { readonly [method: string]: fc.Arbitrary<Call> } = {
  erasePerson: knowing("erasePerson", told, (known, { sought: of, ...rest }) => [
    { ...rest, ...soughtOf(known, of) } satisfies ErasureOrder,
  ]),
};

/** Those that only look. */
export const privacyLooks: { readonly [method: string]: fc.Arbitrary<Call> } = {
  heldOf: knowing("heldOf", sought, (known, facts) => [soughtOf(known, facts)]),
  listErasures: plain("listErasures"),
  sealingState: plain("sealingState"),
  // A store without a master key, or with another one, refuses.
  rewrapKeys: plain("rewrapKeys", fc.constant("k-none")),
  recordsOfPerson: knowing("recordsOfPerson", fc.nat(7), (known, at) => [linksOf(known, [at])[0] ?? "l-1"]),
};

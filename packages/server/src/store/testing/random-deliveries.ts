import fc from "fast-check";
import type { RecordKey } from "../port.ts";
import { connection } from "./random-rows.ts";

/** Deliveries of which some come again, also within one list. */
export const provedDeliveries = (records: fc.Arbitrary<readonly RecordKey[]>): fc.Arbitrary<unknown> =>
  fc.array(fc.record({ connection, id: fc.constantFrom("d1", "d2", "d3"), hints: records }), {
    maxLength: 3,
  });

/** Tallies; now and then one that no store takes, or two of one kind. */
export const deliveryTallies: fc.Arbitrary<unknown> = fc.array(
  fc.record({
    connection,
    outcome: fc.constantFrom("accepted", "forged", "nonsense"),
    secret: fc.constantFrom("", "hook"),
    count: fc.integer({ min: 1, max: 9 }),
    reason: fc.constantFrom(null, "too old"),
  }),
  { maxLength: 2 },
);

/** Reads without arguments. */
export const deliveryReads = ["countHints", "deliveryCounts"] as const;

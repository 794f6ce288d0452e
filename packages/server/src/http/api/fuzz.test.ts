import { expect, test } from "vitest";
import { fuzzStatuses, runFuzz } from "../testing/fuzz-run.ts";

// `npm run soak -- fuzz` sends more.
test(
  "5000 requests made from the document: none is answered 500, or otherwise than it says",
  { timeout: 160_000 },
  async () => {
    const { sent, statuses, fault, logged } = await runFuzz({ requests: 5_000, seed: 1 });
    expect([sent, fault, logged]).toEqual([5_000, null, []]);
    // The fuzz has looked at something: every kind of answer came up.
    expect(fuzzStatuses.filter((status) => statuses[status] === undefined)).toEqual([]);
    console.log(`fuzz, seed 1: ${JSON.stringify(statuses)}`);
  },
);

import { describe, expect, it } from "vitest";
import { burstFaults, burstText, runBurst } from "./hook-burst.ts";

describe("a burst of webhooks at a program of its own", () => {
  it(
    "is acknowledged, settled and counted; doubled, late, forged and stale ones do no harm",
    { timeout: 300_000 },
    async () => {
      const size = { seed: 20_261_126, deliveries: 600, senders: 32, settleSeconds: 90 };
      const burst = await runBurst(size, () => undefined);
      console.log(burstText(burst));
      expect(burstFaults(burst)).toEqual([]);
    },
  );

  it("the judge names what is wrong", () => {
    const answered = {
      sent: { genuine: 7, double: 2, forged: 1, stale: 1 },
      answers: {
        "genuine 200 stored": 7,
        "double 200 known": 2,
        "forged 401 refused": 1,
        "stale 401 refused": 1,
      },
      answerMs: [1],
    };
    const kept = {
      ...answered,
      alone: answered,
      counts: { accepted: 7, duplicate: 2, forged: 1, stale: 1 },
      seconds: { burst: 1, settled: 2 },
      changed: 2,
      calls: 6,
      apart: [],
      writes: 4,
      up: { code: 0, isKilled: false, stdout: "", stderr: "" },
    };
    expect(burstFaults(kept)).toEqual([]);
    const { answers, counts } = kept;
    const broken = [
      { answers: { ...answers, "genuine 200 stored": 6 } },
      { answers: { ...answers, "double 200 known": 1, "double 200 stored": 1 } },
      { answers: { ...answers, "forged 401 refused": 0, "forged 200 stored": 1 } },
      { answers: { ...answers, "stale 401 refused": 0, "stale 200 stored": 1 } },
      { counts: { ...counts, forged: 0 } },
      { apart: ["a: 0 times"] },
      { alone: { ...answered, answers: { ...answers, "genuine 200 stored": 6 } } },
      { alone: { ...answered, answers: { ...answers, "forged 401 refused": 0, "forged 200 stored": 1 } } },
      { calls: 0 },
      { calls: 7 },
      { writes: 5 },
      { up: { ...kept.up, code: 1 } },
    ];
    for (const change of broken) expect(burstFaults({ ...kept, ...change })).not.toEqual([]);
  });
});

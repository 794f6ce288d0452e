import { expect, test } from "vitest";
import { disagreementsOf, reasonOf } from "./preflight-judge.ts";
import { trialFaults, trialText, tryQuotes } from "./preflight-trial.ts";
import { openTwinGround } from "./preflight-twin.ts";

test("30 random quotes: what a preflight says of each is what the ERP then does", async () => {
  const ground = await openTwinGround(1);
  try {
    const all = await tryQuotes(ground, 30);
    console.log(trialText(all));
    expect(trialFaults(all)).toEqual([]);
    // The judge is no rubber stamp: the same facts under another verdict are a disagreement without a reason.
    const ordered = all.find(({ outcome, preflight }) => outcome.orders === 1 && preflight.verdict === "ok");
    if (ordered === undefined) throw new Error("no quote went through");
    const { preflight, outcome } = ordered;
    const wrong = { ...preflight, verdict: "blocked" as const };
    const told = disagreementsOf(wrong, outcome);
    expect(told.map((each) => [each.what, reasonOf(each, { preflight: wrong, outcome })])).toEqual([
      ["blocked, and it was ordered", null],
    ]);
  } finally {
    await ground.close();
  }
});

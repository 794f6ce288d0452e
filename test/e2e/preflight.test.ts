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
    expect(
      told.map((each) => [each.what, reasonOf(each, { preflight: wrong, outcome, today: "2026-01-31" })]),
    ).toEqual([["blocked, and it was ordered", null]]);
  } finally {
    await ground.close();
  }
});

type Facts = Parameters<typeof reasonOf>[1];
type Line = Facts["outcome"]["lines"][number];

/** What a preflight and the ERP say of a quote of one line, and why they part. */
function reasons(
  said: {
    readonly code?: string;
    readonly quoted?: string;
    readonly found?: string;
    readonly from?: string;
    readonly planned?: string;
  },
  line: Partial<Line>,
): readonly (readonly [what: string, reason: string | null])[] {
  const { code, quoted = null, found = null, from = null, planned = null } = said;
  const findings = code === undefined ? [] : [{ code, quoted, found, verdict: "warning" }];
  const preflight = {
    ...{ verdict: "warning", findings: [], totals: null, currency: "EUR", credit: null },
    lines: [
      {
        ...{ key: "1", place: 1, product: null, verdict: "warning", findings },
        ...{ promisedFrom: from, plannedFrom: planned },
      },
    ],
  } as unknown as Facts["preflight"];
  const lines = [{ isOtherPrice: false, isThere: true, ...line }];
  const outcome = { orders: 1, refusal: null, totals: null, lines, isCredit: false };
  const facts = { preflight, outcome, today: "2026-01-31" };
  return disagreementsOf(preflight, outcome).map((each) => [each.what, reasonOf(each, facts)]);
}

test("a reason for a disagreement is a fact of its own: without it nobody can explain it", () => {
  const short = { code: "stock_short", quoted: "50", found: "40" };
  const there = "stock short, and it is there";
  expect(reasons(short, { othersNeed: 10 })).toEqual([[there, "reserved_by_others"]]);
  expect(reasons(short, { othersNeed: 9 })).toEqual([[there, null]]);
  expect(reasons(short, {})).toEqual([[there, null]]);
  const missing = "stock there, and it is short";
  expect(reasons({ from: "2026-02-05" }, { isThere: false })).toEqual([[missing, "goods_come_in_time"]]);
  expect(reasons({ from: "2026-01-31" }, { isThere: false })).toEqual([[missing, null]]);
  const byLead = { from: "2026-02-05", planned: "2026-02-05" };
  expect(reasons(byLead, { isThere: false })).toEqual([[missing, null]]);
  expect(reasons(byLead, { isThere: false, arrives: "2026-02-04" })).toEqual([
    [missing, "goods_come_in_time"],
  ]);
  expect(reasons(byLead, { isThere: false, arrives: "2026-02-06" })).toEqual([[missing, null]]);
  expect(reasons({ ...byLead, code: "promised_later" }, {})).toEqual([]);
  expect(reasons({ ...byLead, planned: "2026-02-03", code: "promised_later" }, {})).toEqual([[there, null]]);
  const early = "promised before the day that the ERP plans";
  const planned = { on: "2026-02-03", byLeadTime: "2026-02-03", wanted: null };
  expect(reasons({ from: "2026-01-31" }, { planned })).toEqual([[early, "lead_time"]]);
  expect(reasons({ from: "2026-01-31" }, { planned: { ...planned, byLeadTime: "2026-02-02" } })).toEqual([
    [early, null],
  ]);
  expect(reasons({ from: "2026-01-31" }, { planned: { ...planned, wanted: "2026-02-03" } })).toEqual([]);
  const agrees = "price agrees, and the ERP's is another";
  expect(reasons({}, { isOtherPrice: true })).toEqual([[agrees, null]]);
  expect(reasons({ code: "price_differs" }, {})).toEqual([
    ["price differs, and the ERP's is the same", null],
  ]);
});

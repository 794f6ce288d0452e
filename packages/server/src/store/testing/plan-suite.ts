import { beforeEach, describe, expect, test } from "vitest";
import { externalId, linkId } from "@crossfoot/kernel";
import type { FailureRecord, IntentState } from "@crossfoot/kernel";
import type { Intent, IntentOutcome, Lease, Rights, Store } from "../port.ts";
import { crm, decision, erp, intent as anIntent, outcome as anOutcome, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const intent = (id: string, plan: Intent["plan"]): Intent =>
  anIntent(linkId(`l-${id}`), { contentHash: `content ${id}`, fields: { name: id }, plan });

const outcome = (sent: Intent, state: IntentState, failure: FailureRecord | null = null): IntentOutcome =>
  anOutcome(sent, { state, failure, id: state === "settled" ? externalId(`e ${sent.link}`) : null });

const failed = (failure: FailureRecord["failure"]): FailureRecord => ({
  failure,
  code: "no",
  message: "no",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
});

/** What every store promises of plans and of the terms that things were decided under. */
export function planSuite(name: string, open: () => Promise<Store>): void {
  let store: Store;
  let rights: Rights;
  let matching: Lease;
  beforeEach(async () => {
    store = await open();
    await store.migrate();
    rights = await takeAll(store, "one");
    matching = await matchAccounts(store, "one");
  });

  test(`plans are forgotten by their age, not while something of them is open (${name})`, async () => {
    for (const id of ["p-old", "p-applying", "p-open"]) await store.savePlan(id, {});
    await store.setPlanState("p-applying", "applying");
    await stored("p-open", "open");
    expect(await store.forgetPlans(3_600_000)).toBe(0);
    expect(await store.forgetPlans(0)).toBe(1);
    expect(await store.planBody("p-old")).toBeNull();
    for (const id of ["p-applying", "p-open"]) expect(await store.planBody(id)).toEqual({});
    expect(await store.forgetPlans(0)).toBe(0);
  });

  /** Links with an intent of their own each, the n-th write of the plan. */
  const stored = async (plan: string | null, ...ids: readonly string[]): Promise<void> => {
    const record = (id: string) => ({ connection: crm, entity: "accounts", id: externalId(id) });
    await store.checkpoint({
      observations: ids.map((id) => seen(id)),
      unreadable: [],
      cursor: null,
      runId: null,
    });
    await store.commitResolutions(
      ids.map((id) => ({
        record: record(id),
        resolution: { kind: "found", link: linkId(`l-${id}`), generation: 1, keys: [] },
      })),
      null,
      matching,
    );
    await store.commitDecisions(
      ids.map((id, at) => ({
        ...decision(linkId(`l-${id}`)),
        intents: [intent(id, plan === null ? null : { id: plan, number: at + 1 })],
      })),
      null,
      rights,
    );
  };

  const claim = (keys: readonly string[] | null): Promise<readonly Intent[]> =>
    store.claimIntents({ rights, target: erp, entity: "accounts", limit: 10, keys, sendWithinMs: 5 });

  describe(`plans (${name})`, () => {
    test("a store has one name for ever, and knows the plans that it made and no others", async () => {
      expect([await store.storeId("first"), await store.storeId("second")]).toEqual(["first", "first"]);
      await store.savePlan("p-1", { writes: [] });
      await store.savePlan("p-1", { writes: ["other"] });
      const made = { id: "p-1", state: "made", appliedAt: null, approvedBy: null, isVoid: false };
      expect([await store.loadPlan("p-1"), await store.loadPlan("p-2")]).toEqual([made, null]);
      await store.setPlanState("p-1", "applied");
      expect((await store.loadPlan("p-1"))?.appliedAt).not.toBe(null);
    });

    test("a write is marked in the commit of its outcome, once, and by its plan's number", async () => {
      await store.savePlan("p-1", {});
      await stored("p-1", "a", "b", "c", "d");
      const sent = await claim(null);
      expect(sent.map(({ plan }) => plan?.number)).toEqual([1, 2, 3, 4]);
      expect(await store.planMarks("p-1")).toEqual([]);
      const [a, b, c, d] = sent as [Intent, Intent, Intent, Intent];
      const outcomes = [
        outcome(a, "settled"),
        outcome(b, "refused", failed("invalid")),
        outcome(c, "refused", failed("stale")),
        outcome(d, "in_doubt", failed("in_doubt")),
      ];
      await store.commitOutcomes(outcomes, null, rights);
      const marks = [
        { number: 1, key: "create l-a", state: "made" },
        { number: 2, key: "create l-b", state: "refused" },
      ];
      expect(await store.planMarks("p-1")).toEqual(marks);
      await store.commitOutcomes([outcome(a, "refused", failed("invalid"))], null, rights);
      expect(await store.planMarks("p-1")).toEqual(marks);
      // One number told of twice touches no row where the mark stands already.
      const twice = [a, { ...b, plan: a.plan }].map((sent) => outcome(sent, "refused", failed("invalid")));
      await store.commitOutcomes(twice, null, rights);
      expect(await store.planMarks("p-1")).toEqual(marks);
    });

    test("one number told of twice is refused before it is asked whether its plan is there", async () => {
      await stored(null, "a", "b");
      const sent = (await claim(null)) as [Intent, Intent];
      const plan = { id: "p-unknown", number: 1 };
      const twice = sent.map((one) => outcome({ ...one, plan }, "settled"));
      await expect(store.commitOutcomes(twice, null, rights)).rejects.toMatchObject({ code: "21000" });
      const [first] = twice as [(typeof twice)[number]];
      await expect(store.commitOutcomes([first], null, rights)).rejects.toMatchObject({ code: "23503" });
    });

    test("an outcome that fails to be stored leaves no mark behind", async () => {
      await store.savePlan("p-1", {});
      await stored("p-1", "a");
      const [sent] = (await claim(null)) as [Intent];
      const broken = outcome(sent, "nonsense" as never);
      await expect(store.commitOutcomes([outcome(sent, "settled"), broken], null, rights)).rejects.toThrow(
        "check constraint",
      );
      expect(await store.planMarks("p-1")).toEqual([]);
    });

    test("a claim that names intents takes no others", async () => {
      await stored(null, "a", "b");
      expect((await claim(["create l-b"])).map(({ key }) => key)).toEqual(["create l-b"]);
      expect(await claim([])).toEqual([]);
      expect((await claim(null)).map(({ key }) => key)).toEqual(["create l-a"]);
    });

    test("an approval is kept with its name, and told once in the journal", async () => {
      await store.savePlan("p-1", {});
      const before = (await store.verifyJournal()).entries;
      await store.approvePlan("p-1", "ada");
      await store.approvePlan("p-1", "somebody else");
      expect((await store.loadPlan("p-1"))?.approvedBy).toBe("ada");
      expect((await store.verifyJournal()).entries).toBe(before + 1);
    });
  });

  describe(`terms (${name})`, () => {
    const bases = async (...ids: readonly string[]) => {
      const bundles = await store.loadBundles(ids.map((id) => linkId(`l-${id}`)));
      return bundles.map(({ members }) => members.map(({ images }) => Object.keys(images).toSorted()));
    };

    test("the first terms change nothing; others mark every link and reopen what is named", async () => {
      await stored(null, "a", "b");
      const moves = ["a", "b"].map((id) => ({
        ...decision(linkId(`l-${id}`)),
        marked: null,
        baseMoves: [
          { connection: crm, images: { name: { n: 1 }, email: { e: 1 } }, kind: "present" as const },
        ],
      }));
      await store.commitDecisions(moves, null, rights);
      const due = await store.countDue("accounts");
      const before = (await store.verifyJournal()).entries;
      const first = { entity: "accounts", terms: { v: 1 }, isFirst: true, reopened: [] };
      await store.changeTerms(first, null, matching);
      expect([
        await store.listTerms(),
        (await store.verifyJournal()).entries,
        await store.countDue("accounts"),
      ]).toEqual([[{ entity: "accounts", terms: { v: 1 } }], before, due]);
      const reopened = [{ link: linkId("l-a"), fields: ["name", "phone"] }];
      await store.changeTerms(
        { entity: "accounts", terms: { v: 2 }, isFirst: false, reopened },
        null,
        matching,
      );
      expect(await store.dueLinks({ entity: "accounts", limit: 10, after: null })).toEqual(["l-a", "l-b"]);
      expect(await bases("a", "b")).toEqual([[["email"]], [["email", "name"]]]);
      expect((await store.verifyJournal()).entries).toBe(before + 2);
    });

    test("a worker whose lease was taken over changes no terms", async () => {
      const changed = { entity: "accounts", terms: { v: 1 }, isFirst: false, reopened: [] };
      const stale = { ...matching, fence: matching.fence - 1 };
      await expect(store.changeTerms(changed, null, stale)).rejects.toThrow("lease");
      expect(await store.listTerms()).toEqual([]);
    });
  });
}

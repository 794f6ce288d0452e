import { connectionId, externalId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { causesIn, LeaseLost } from "../store/port.ts";
import type { Store } from "../store/port.ts";
import type { Ordering } from "./moment-port.ts";
import { codeOf, patient, quoteScene, revisionIn } from "./testing/quote-scene.ts";
import type { MiniWorld } from "./testing/world.ts";

const stageOf = (wrapStore: (store: Store) => Store = (store) => store): Promise<MiniWorld> =>
  quoteScene({}, { wrapStore });

const order = ({ engine }: MiniWorld, id: string): Promise<Ordering> =>
  engine.moment.quoteToOrder({ quote: `crm:${id}`, by: "ada", budgetMs: patient });
const made = ({ erp }: MiniWorld): readonly unknown[] =>
  erp.rows("quotes").map(({ fields }) => [fields["revision"], fields["status"]]);

test("a revision of a quote that is ordered makes no second order, by a run or a click", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  expect((await order(stage, first)).kind).toBe("ordered");
  const second = revisionIn(stage, "2");
  await stage.engine.run();
  const answer = await order(stage, second);
  expect(answer).toMatchObject({
    refusal: {
      code: "quote_superseded",
      message: expect.stringMatching(/^revision 1 \(crm:\S+\) of .* is in erp already/) as string,
    },
  });
  expect(codeOf(await stage.engine.moment.orderOf({ quote: `crm:${second}`, budgetMs: patient }))).toBe(
    "quote_superseded",
  );
  expect(made(stage)).toEqual([["1", "accepted"]]);
  // The one that was ordered is named as before, and goes on.
  expect(await order(stage, first)).toMatchObject({ kind: "ordered", isMadeNow: false });
});

test("of revisions that are accepted at once the newest is ordered, however they are read", async () => {
  for (const revisions of [
    ["1", "2", "10"],
    ["10", "2", "1"],
  ]) {
    const stage = await stageOf();
    const ids = revisions.map((revision) => revisionIn(stage, revision));
    for (let run = 0; run < 3; run += 1) await stage.engine.run();
    expect(made(stage)).toEqual([["10", "accepted"]]);
    const told = await Promise.all(ids.map((id) => order(stage, id)));
    const codes = Object.fromEntries(
      told.map((each, at): [string, string] => [revisions[at] ?? "", codeOf(each)]),
    );
    expect(codes).toEqual({ 1: "quote_superseded", 2: "quote_superseded", 10: "ordered" });
  }
});

test("an older revision is refused while a newer one is there, and nothing is written", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  const second = revisionIn(stage, "2", { status: "sent" });
  await stage.engine.run();
  expect(await order(stage, first)).toMatchObject({
    refusal: {
      code: "quote_superseded",
      message: expect.stringContaining("is newer: order that one") as string,
    },
  });
  expect(made(stage)).toEqual([]);
  // Once the customer accepts it, it is ordered.
  stage.crm.edit("quotes", second, { status: "accepted" });
  expect((await order(stage, second)).kind).toBe("ordered");
  expect(made(stage)).toEqual([["2", "accepted"]]);
});

test("a newer revision that was deleted holds nothing back", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  const second = revisionIn(stage, "2", { status: "draft" });
  await stage.engine.run();
  expect(codeOf(await order(stage, first))).toBe("quote_superseded");
  stage.crm.remove("quotes", second);
  await stage.engine.run({ sweep: true });
  expect((await order(stage, first)).kind).toBe("ordered");
});

test("quotes of other numbers, and those that tell no revision, are nobody's revisions", async () => {
  const stage = await stageOf();
  const ids = [
    revisionIn(stage, "1"),
    revisionIn(stage, "2", { number: "Q2" }),
    revisionIn(stage, "1", { revision: null }),
    revisionIn(stage, "2", { number: null }),
  ];
  for (const id of ids) expect((await order(stage, id)).kind).toBe("ordered");
  expect(made(stage)).toHaveLength(4);
});

test("an answer that was lost while the first was made lets no other revision through", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  stage.erp.faults = ["lost_answer"];
  const asking = stage.engine.moment.quoteToOrder({ quote: `crm:${first}`, by: "ada", budgetMs: 1 });
  await asking;
  const second = revisionIn(stage, "2");
  for (let tries = 0; tries < 10; tries += 1) {
    stage.pass(60_000);
    await stage.engine.run();
    await order(stage, second);
  }
  expect(stage.erp.rows("quotes")).toHaveLength(1);
});

const orderOlder = ({ engine }: Pick<MiniWorld, "engine">, id: string): Promise<Ordering> =>
  engine.moment.quoteToOrder({ quote: `crm:${id}`, by: "ada", budgetMs: patient, isOlderRevision: true });

test("an older revision is ordered on purpose, with who wanted it; the newer one is refused", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  const second = revisionIn(stage, "2", { status: "sent" });
  await stage.engine.run();
  expect(codeOf(await order(stage, first))).toBe("quote_superseded");
  expect(await orderOlder(stage, first)).toMatchObject({ kind: "ordered", isMadeNow: true });
  stage.crm.edit("quotes", second, { status: "accepted" });
  await stage.engine.run();
  for (const ask of [order, orderOlder])
    expect(await ask(stage, second)).toMatchObject({
      refusal: { message: expect.stringMatching(/^revision 1 .* is in erp already/) as string },
    });
  expect(made(stage)).toEqual([["1", "accepted"]]);
  expect(await order(stage, first)).toMatchObject({ kind: "ordered", isMadeNow: false });
  const key = { connection: connectionId("crm"), entity: "quotes", id: externalId(first) } as const;
  const [link] = (await stage.store.linksOf([key])).values();
  const entries = link === undefined ? [] : await stage.store.journalOf(link, 100);
  const stored = entries.filter(({ kind }) => kind === "intent_stored");
  const causes = stored.flatMap(({ body }) => causesIn(body as unknown as { causes: Json }));
  expect(causes.filter(({ olderRevision }) => olderRevision === true)).toEqual([
    { connection: "person", version: null, fields: [], olderRevision: true, by: "ada" },
  ]);
});

test("an older revision is not ordered on purpose once the newer one is in the ERP", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  revisionIn(stage, "2");
  await stage.engine.run();
  expect(codeOf(await orderOlder(stage, first))).toBe("quote_superseded");
  expect(made(stage)).toEqual([["2", "accepted"]]);
});

test("an older revision that is wanted beside a run that makes the newer one: one is made", async () => {
  let calls = 0;
  for (let at = 1; at <= Math.max(calls, 1); at += 1) {
    const cut = { left: 0, meanwhile: () => Promise.resolve() as Promise<unknown> };
    const stage = await stageOf(paused(cut));
    const first = revisionIn(stage, "1");
    const second = revisionIn(stage, "2", { status: "sent" });
    await stage.engine.run();
    stage.crm.edit("quotes", second, { status: "accepted" });
    let other: Promise<unknown> = Promise.resolve();
    cut.meanwhile = () => {
      other = orderOlder(stage, first);
      return Promise.race([other, turns(500)]);
    };
    cut.left = at;
    await stage.engine.run().catch(onlyLost);
    await other;
    if (at === 1) calls = at - cut.left;
    await stage.engine.run();
    expect([at, made(stage).length]).toEqual([at, 1]);
  }
  expect(calls).toBeGreaterThan(15);
});

test("a wish for an older revision that dies before it is stored leaves nothing behind", async () => {
  const dying = { isArmed: false };
  const stage = await stageOf((store) => ({
    ...store,
    commitDecisions: (records, ...rest) => {
      const isCreate = records.some(({ intents }) => intents.some(({ entity }) => entity === "quotes"));
      if (dying.isArmed && isCreate) throw new Error("killed");
      return store.commitDecisions(records, ...rest);
    },
  }));
  const first = revisionIn(stage, "1");
  const second = revisionIn(stage, "2", { status: "sent" });
  await stage.engine.run();
  dying.isArmed = true;
  await expect(orderOlder(stage, first)).rejects.toThrow("killed");
  dying.isArmed = false;
  stage.crm.edit("quotes", second, { status: "accepted" });
  await stage.restart().run();
  expect(made(stage)).toEqual([["2", "accepted"]]);
});

test("a newer revision is made by a run once the ERP refused the older one", async () => {
  let meanwhile: (() => Promise<unknown>) | null = null;
  const stage = await stageOf((store) => ({
    ...store,
    commitOutcomes: async (outcomes, ...rest) => {
      const now = outcomes.some(({ intent }) => intent.entity === "quotes") ? meanwhile : null;
      if (now !== null) meanwhile = null;
      await now?.();
      return store.commitOutcomes(outcomes, ...rest);
    },
  }));
  const first = revisionIn(stage, "1");
  stage.erp.faults = ["refused"];
  let told = "";
  meanwhile = async () => {
    told = codeOf(await order(stage, revisionIn(stage, "2")));
  };
  await stage.engine.run();
  // Whether the older one had landed was not known then.
  expect(told).toBe("quote_superseded");
  await stage.engine.run();
  expect(made(stage)).toEqual([["2", "accepted"]]);
  expect(codeOf(await order(stage, first))).toBe("quote_superseded");
});

test("an older revision is made by a run once the newer one was deleted", async () => {
  const stage = await stageOf();
  revisionIn(stage, "1");
  const second = revisionIn(stage, "2", { status: "draft" });
  await stage.engine.run();
  expect(made(stage)).toEqual([]);
  stage.crm.remove("quotes", second);
  await stage.engine.run({ sweep: true });
  await stage.engine.run();
  expect(made(stage)).toEqual([["1", "accepted"]]);
});

test("a revision that is in the ERP and was deleted in the CRM makes no way for another one", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  expect((await order(stage, first)).kind).toBe("ordered");
  stage.crm.remove("quotes", first);
  const second = revisionIn(stage, "2");
  await stage.engine.run({ sweep: true });
  expect(codeOf(await order(stage, second))).toBe("quote_superseded");
  expect(made(stage).map((row) => (row as readonly unknown[])[0])).toEqual(["1"]);
});

test("a preflight says which revision stands in the way, also before the quote is linked", async () => {
  const stage = await stageOf();
  const first = revisionIn(stage, "1");
  const findings = async (id: string): Promise<readonly unknown[]> => {
    const told = await stage.engine.moment.preflight({ quote: `crm:${id}`, budgetMs: patient });
    if (told.kind === "refused") throw new Error(told.refusal.message);
    return told.answer.findings.filter(({ code }) => code === "quote_superseded");
  };
  const second = revisionIn(stage, "2", { status: "sent" });
  await stage.engine.run();
  const newer = {
    verdict: "blocked",
    message: `revision 2 (crm:${second}) of the quote crm:${first} is newer`,
  };
  expect(await findings(first)).toMatchObject([{ ...newer, fix: "order that one" }]);
  expect(await findings(second)).toEqual([]);
  await orderOlder(stage, first);
  expect(await findings(first)).toEqual([]);
  const third = revisionIn(stage, "3");
  const found = { message: `revision 1 (crm:${first}) of the quote crm:${third} is in erp already` };
  expect(await findings(third)).toMatchObject([found]);
  expect(made(stage)).toHaveLength(1);
});

/** A run that waits for too long loses its shards to whoever asks meanwhile. */
function onlyLost(error: unknown): void {
  if (!(error instanceof LeaseLost)) throw error;
}

/** Calls between which a decision is made and becomes a record of the ERP. */
const deciding: ReadonlySet<string | symbol> = new Set([
  ...["dueLinks", "loadBundles", "holdersOf", "commitResolutions", "replaceKeys"],
  ...["commitDecisions", "claimIntents", "commitOutcomes"],
]);

/** Calls of a store, the next-th deciding one of which waits until something else has happened. */
function paused(at: { left: number; meanwhile: () => Promise<unknown> }): (store: Store) => Store {
  return (store) =>
    new Proxy(store, {
      get: (target, name, receiver) => {
        const call: unknown = Reflect.get(target, name, receiver);
        if (typeof call !== "function" || !deciding.has(name)) return call;
        return async (...given: unknown[]) => {
          at.left -= 1;
          if (at.left === 0) await at.meanwhile();
          return (call as (...args: unknown[]) => unknown).apply(target, given);
        };
      },
    });
}

test("two revisions, decided while the newer one is first linked, make one order", async () => {
  let calls = 0;
  for (let at = 1; at <= Math.max(calls, 1); at += 1) {
    const cut = { left: 0, meanwhile: () => Promise.resolve() as Promise<unknown> };
    const stage = await stageOf(paused(cut));
    revisionIn(stage, "1");
    let other: Promise<unknown> = Promise.resolve();
    cut.meanwhile = () => {
      other = order(stage, revisionIn(stage, "2"));
      // Whoever waits for what is paused is waited for no longer than that.
      return Promise.race([other, turns(500)]);
    };
    cut.left = at;
    await stage.engine.run().catch(onlyLost);
    await other;
    if (at === 1) calls = at - cut.left;
    for (let run = 0; run < 2; run += 1) await stage.engine.run();
    expect([at, made(stage).length]).toEqual([at, 1]);
  }
  expect(calls).toBeGreaterThan(15);
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

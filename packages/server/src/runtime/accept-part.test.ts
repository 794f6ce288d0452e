import type { Connection, EntityAbilities } from "@crossfoot/connector-sdk";
import { connectionId, externalId } from "@crossfoot/kernel";
import type { JsonMap, LinkId } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import type { Store } from "../store/port.ts";
import type { AcceptedPart } from "./accept-port.ts";
import type { Engine } from "./engine.ts";
import { ask, codeOf, inBoth, linesIn, partOf, quoteIn, shown, quoteScene } from "./testing/quote-scene.ts";
import type { MiniWorld } from "./testing/world.ts";

const split = [
  [
    ["accepted", "60 at 9"],
    ["draft", "40 at 9", "4 at 3"],
  ],
  [["accepted", "60 at 9"]],
];

test("a part is ordered; what is left is a quote of its own, which can be ordered later", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  const first = await ask(stage, quote, partOf({ "crm:L1": "60" }));
  expect(first).toMatchObject({ kind: "ordered", isMadeNow: true });
  expect(inBoth(stage)).toEqual(split);
  const [, rest] = stage.crm.rows("quotes");
  expect(first.kind === "ordered" && first.rest).toBe(`crm:${rest?.id}`);
  expect(rest?.fields).toMatchObject({ account: stage.crm.rows("accounts")[0]?.id, currency: "EUR" });
  expect(rest?.fields["number"]).toBeUndefined();
  // Asked again, with the part or without, it is the same order.
  for (const part of [partOf({ L1: "60.0" }), undefined])
    expect(await ask(stage, quote, part)).toEqual({ ...first, isMadeNow: false });
  await stage.engine.run();
  expect(inBoth(stage)).toEqual(split);
  const [stated] = (await stage.engine.statement({ only: ["quotes"] })).entities;
  expect([stated?.differences, stated?.missing.map(({ reason }) => reason)]).toEqual([[], ["not_wanted"]]);
  // The rest, of that a part again, and what is left of that as a whole.
  const second = await ask(stage, rest?.id ?? "", partOf({ [rowsOf(stage, 1)[0] ?? ""]: "10" }));
  expect(second.kind).toBe("ordered");
  const third = stage.crm.rows("quotes")[2]?.id ?? "";
  stage.crm.edit("quotes", third, { status: "accepted" });
  expect((await ask(stage, third)).kind).toBe("ordered");
  expect(shown(stage.erp.rows("quotes"))).toEqual([
    ["accepted", "60 at 9"],
    ["accepted", "10 at 9"],
    ["accepted", "30 at 9", "4 at 3"],
  ]);
});

const rowsOf = ({ crm }: MiniWorld, place: number): readonly string[] =>
  crm.rows("quotes").flatMap((row, at) => (at === place ? linesIn(row).map(({ id }) => id) : []));

test("what is left is given up where the wish says so", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  expect(await ask(stage, quote, partOf({ L1: "60", L2: "0" }, "close"))).toMatchObject({
    ...{ kind: "ordered", rest: null },
  });
  expect(inBoth(stage)).toEqual([[["accepted", "60 at 9"]], [["accepted", "60 at 9"]]]);
  // Not kept by a later wish either: what was left is gone.
  expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("quote_bound");
  expect(stage.crm.rows("quotes")).toHaveLength(1);
});

test("all of it may be accepted like a part, and nothing is split", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  const all = partOf({ L1: "100", L2: "4" });
  expect(await ask(stage, quote, all)).toMatchObject({ kind: "ordered", isMadeNow: true, rest: null });
  const whole = [["accepted", "100 at 9", "4 at 3"]];
  expect(inBoth(stage)).toEqual([whole, whole]);
  expect(await ask(stage, quote, all)).toMatchObject({ kind: "ordered", isMadeNow: false });
});

test.each<readonly [string, { readonly [line: string]: string }, RegExp]>([
  ["a line that is not there", { L9: "1" }, /no line L9/],
  ["more than is quoted", { L1: "100.01" }, /quoted with 100/],
  ["no number", { L1: "many" }, /decimal number/],
  ["less than nothing", { L1: "-1" }, /decimal number/],
  ["a line under both its names", { L1: "1", "crm:L1": "2" }, /named twice/],
  ["nothing", {}, /nothing is accepted/],
  ["nothing of a line", { L1: "0" }, /nothing is accepted/],
])("%s is refused, and nothing is written", async (_, lines, message) => {
  const stage = await quoteScene();
  const before = stage.crm.writes;
  const answer = await ask(stage, quoteIn(stage), partOf(lines));
  expect(answer).toMatchObject({
    refusal: { code: "invalid", message: expect.stringMatching(message) as string },
  });
  expect(stage.crm.writes).toBe(before);
});

test.each<readonly [string, Partial<EntityAbilities>, string, AcceptedPart["rest"]]>([
  ["writes without a condition", { precondition: "compare" }, "not_offered", "keep"],
  ["makes quotes that are not found again", { createProof: "fingerprint" }, "not_offered", "keep"],
  ["lets no quote be made", { create: false }, "not_offered", "keep"],
  ["lets no quote be changed", { update: false }, "not_offered", "keep"],
  [
    "has no way to accepted",
    { transitions: [{ from: "draft", to: "sent", via: "send" }] },
    "not_offered",
    "keep",
  ],
  ["lets no quote be made, where none is wanted", { create: false }, "ordered", "close"],
])("a CRM that %s", async (_, abilities, code, rest) => {
  const stage = await quoteScene(abilities);
  const before = stage.crm.writes;
  expect(codeOf(await ask(stage, quoteIn(stage), partOf({ L1: "60" }, rest)))).toBe(code);
  if (code !== "ordered") expect(stage.crm.writes).toBe(before);
});

test("a CRM that has state changes of its own goes through them", async () => {
  const transitions = [
    { from: "draft", to: "sent", via: "send" },
    { from: "sent", to: "accepted", via: "accept" },
  ];
  const stage = await quoteScene({ transitions, initialStatus: "draft" });
  const quote = quoteIn(stage, { status: "draft" });
  expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("ordered");
  expect(inBoth(stage)).toEqual(split);
});

test("a quote that is accepted as a whole is not split", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage, { status: "accepted" });
  expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("quote_bound");
  expect((await ask(stage, quote)).kind).toBe("ordered");
  expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("quote_bound");
  expect(shown(stage.erp.rows("quotes"))).toEqual([["accepted", "100 at 9", "4 at 3"]]);
  expect(stage.crm.rows("quotes")).toHaveLength(1);
  for (const status of ["rejected", "expired"])
    expect(codeOf(await ask(stage, quoteIn(stage, { status }), partOf({ L1: "1" })))).toBe("not_accepted");
});

test("of two who accept different parts at once one is heard", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  const other = stage.restart({ holder: "other" });
  const answers = await Promise.all([
    ask(stage, quote, partOf({ L1: "60" })),
    ask(stage, quote, partOf({ L1: "70" })),
    ask({ engine: other }, quote, partOf({ L1: "80" })),
    ask({ engine: other }, quote, partOf({ L1: "60" })),
  ]);
  // Who found the other at work asks again.
  const codes = new Set(answers.map(codeOf));
  for (const lines of ["60", "70", "80"]) codes.add(codeOf(await ask(stage, quote, partOf({ L1: lines }))));
  codes.delete("pending");
  expect(codes).toEqual(new Set(["ordered", "quote_bound"]));
  const [made] = shown(stage.erp.rows("quotes")) as readonly (readonly string[])[];
  expect(stage.erp.rows("quotes")).toHaveLength(1);
  expect(["60 at 9", "70 at 9", "80 at 9"]).toContain(made?.[1]);
  expect(stage.crm.rows("quotes")).toHaveLength(2);
});

test.each(["lost_answer", "lost_request"] as const)("a %s at any step splits once", async (fault) => {
  for (const place of [0, 1, 2]) {
    const stage = await quoteScene();
    const quote = quoteIn(stage);
    stage.crm.faults = ["none", "none", "none"].map((none, at) => (at === place ? fault : (none as "none")));
    const part = partOf({ L1: "60" });
    for (let tries = 0; tries < 5; tries += 1) {
      await ask(stage, quote, part);
      stage.pass(60_000);
    }
    expect(codeOf(await ask(stage, quote, part))).toBe("ordered");
    expect(inBoth(stage)).toEqual(split);
  }
});

test("a step that the CRM refuses is told, and goes on when asked again", async () => {
  for (const place of [0, 1, 2]) {
    const stage = await quoteScene();
    const quote = quoteIn(stage);
    stage.crm.faults = ["none", "none", "none"].map((none, at) =>
      at === place ? "refused" : (none as "none"),
    );
    const answer = await ask(stage, quote, partOf({ L1: "60" }));
    expect(answer).toMatchObject({
      refusal: { code: "quote_bound", message: expect.stringContaining("crm refused it") as string },
    });
    expect(stage.erp.rows("quotes")).toEqual([]);
    await stage.engine.run();
    expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("ordered");
    expect(inBoth(stage)).toEqual(split);
    expect(await stage.engine.deadLetters()).toEqual([]);
  }
});

/** An engine over the same store, whose CRM is reached by another connection. */
function overCrm(stage: MiniWorld, changed: (connection: Connection) => Connection): Engine {
  const sides = stage.world.sides.map((side) => {
    const open: typeof side.open = async (terms) => changed(await side.open(terms));
    return side.id === "crm" ? { ...side, open } : side;
  });
  return stage.restart({ sides });
}

test("somebody who accepts the whole quote meanwhile is heard first", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  let isMet = false;
  const engine = overCrm(stage, (connection) => ({
    ...connection,
    write: (writes) => {
      if (!isMet) stage.crm.edit("quotes", quote, { status: "accepted" });
      isMet = true;
      return connection.write(writes);
    },
  }));
  expect(codeOf(await ask({ engine }, quote, partOf({ L1: "60" })))).toBe("quote_bound");
  expect((await ask({ engine }, quote)).kind).toBe("ordered");
  const whole = [["accepted", "100 at 9", "4 at 3"]];
  expect(inBoth(stage)).toEqual([whole, whole]);
});

test("a quote that was edited after it was reduced is left to people", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  stage.crm.faults = ["none", "refused"];
  await ask(stage, quote, partOf({ L1: "60" }));
  const [row] = stage.crm.rows("quotes");
  const [line] = (row?.fields["lines"] ?? []) as readonly JsonMap[];
  stage.crm.edit("quotes", quote, { lines: [{ ...line, qty: "100" }] });
  expect(codeOf(await ask(stage, quote, partOf({ L1: "60" })))).toBe("quote_bound");
  expect(stage.crm.rows("quotes")).toHaveLength(1);
  expect(stage.erp.rows("quotes")).toEqual([]);
});

test("three who ask at once beside a run of their program, under other names, split once", async () => {
  /** Who is about to store is slow: the others have looked by then. */
  const slow = (store: Store): Store => ({
    ...store,
    storeIntents: async (...given) => {
      await turns(50);
      return store.storeIntents(...given);
    },
  });
  const stage = await quoteScene({}, { wrapStore: slow });
  const quote = quoteIn(stage);
  let endReading = (): void => undefined;
  const isRead = new Promise<void>((resolve) => {
    endReading = resolve;
  });
  const engine = overCrm(stage, (connection) => ({
    ...connection,
    read: async (request) => {
      await isRead;
      return connection.read(request);
    },
  }));
  const running = engine.run();
  await turns(50);
  const wishes = [{ L1: "60" }, { "crm:L1": "60" }, { L1: "40" }];
  const answers = await Promise.all(wishes.map((lines) => ask({ engine }, quote, partOf(lines))));
  expect(answers.map(codeOf)).toEqual(["ordered", "ordered", "quote_bound"]);
  endReading();
  await running;
  expect(inBoth(stage)).toEqual(split);
  const intents = await stage.store.intentsOf([...(await linksOf(stage, quote))]);
  const steps = intents.filter(({ target }) => target === "crm");
  expect(steps.map(({ kind, state }) => `${kind} ${state}`).toSorted()).toEqual([
    "create settled",
    "update settled",
    "update settled",
  ]);
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function linksOf({ store }: MiniWorld, quote: string): Promise<Iterable<LinkId>> {
  const key = { connection: connectionId("crm"), entity: "quotes", id: externalId(quote) } as const;
  return (await store.linksOf([key])).values();
}

test("an undo leaves a quote that was split as it is, and says so", async () => {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  await ask(stage, quote, partOf({ L1: "60" }));
  const run = (await stage.store.listRuns(9)).find(({ command }) => command.startsWith("order"));
  const plan = await stage.engine.undo({ what: "run", id: run?.id ?? "", by: "ada" });
  expect(plan.writes.filter(({ target }) => target === "crm")).toEqual([]);
  expect(plan.undo?.left.filter(({ target }) => target === "crm")).toMatchObject([
    { why: "refused", reason: expect.stringContaining("a part of it was accepted") as string },
  ]);
});

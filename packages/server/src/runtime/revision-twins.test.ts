import { expect, test } from "vitest";
import type { Ordering } from "./moment-port.ts";
import { codeOf, patient, quoteScene, revisionIn } from "./testing/quote-scene.ts";
import { customer } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const order = ({ engine }: MiniWorld, id: string, isOlderRevision = false): Promise<Ordering> =>
  engine.moment.quoteToOrder({
    ...{ quote: `crm:${id}`, by: "ada", budgetMs: patient },
    ...(isOlderRevision ? { isOlderRevision } : {}),
  });
const made = ({ erp }: MiniWorld): readonly unknown[] =>
  erp.rows("quotes").map(({ fields }) => [fields["number"], fields["revision"]]);
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const saying = (...parts: readonly string[]): object => ({
  refusal: { code: "quote_superseded", message: expect.stringMatching(parts.join(".*")) as string },
});

test("a quote that is there twice is made by no run and no click until somebody decides", async () => {
  const stage = await quoteScene();
  const ids = [revisionIn(stage, "1"), revisionIn(stage, "1.0")];
  const [first = "", second = ""] = ids;
  await stage.engine.run();
  expect(made(stage)).toEqual([]);
  expect(await order(stage, first)).toMatchObject(saying(`crm:${first}`, `crm:${second}`, "older-revision"));
  expect(await order(stage, second)).toMatchObject(saying(`crm:${second}`, `crm:${first}`));
  const told = await stage.engine.moment.preflight({ quote: `crm:${second}`, budgetMs: patient });
  const findings = told.kind === "refused" ? [] : told.answer.findings;
  expect(findings.filter(({ code }) => code === "quote_superseded")).toMatchObject([
    {
      verdict: "blocked",
      message: expect.stringContaining(`crm:${first}`) as string,
    },
  ]);
  // On purpose one of them is ordered, and the other one never.
  expect(await order(stage, second, true)).toMatchObject({ kind: "ordered", isMadeNow: true });
  for (const isOnPurpose of [true, false])
    expect(await order(stage, first, isOnPurpose)).toMatchObject(
      saying(`crm:${second}`, "is in erp already"),
    );
  await stage.engine.run();
  expect(made(stage)).toHaveLength(1);
});

test("of a quote that is there twice one is made once the other is gone or renumbered", async () => {
  for (const settle of ["delete", "renumber", "revise"]) {
    const stage = await quoteScene();
    const [first, second] = [revisionIn(stage, "1"), revisionIn(stage, "1")];
    await stage.engine.run();
    expect(made(stage)).toEqual([]);
    if (settle === "delete") stage.crm.remove("quotes", second);
    else stage.crm.edit("quotes", second, settle === "revise" ? { revision: "2" } : { number: "Q7" });
    await stage.engine.run({ sweep: true });
    await stage.engine.run();
    const left = {
      delete: [["Q1", "1"]],
      renumber: [
        ["Q1", "1"],
        ["Q7", "1"],
      ],
      revise: [["Q1", "2"]],
    }[settle];
    expect([settle, made(stage).toSorted(byText)]).toEqual([settle, left]);
    expect(codeOf(await order(stage, first))).toBe(settle === "revise" ? "quote_superseded" : "ordered");
  }
});

test("quotes of one number and revision for two customers are two quotes", async () => {
  const stage = await quoteScene();
  const other = stage.crm.add("accounts", {
    ...customer,
    name: "Other",
    taxId: "FR-9",
    email: "o@other.example",
  });
  await stage.engine.run();
  for (const id of [revisionIn(stage, "1"), revisionIn(stage, "1", { account: other })])
    expect(codeOf(await order(stage, id))).toBe("ordered");
  expect(made(stage)).toHaveLength(2);
});

test("what a newer revision held back is made by a run once that one's number is another", async () => {
  for (const isMade of [false, true]) {
    const stage = await quoteScene();
    const newer = revisionIn(stage, "2", { status: isMade ? "accepted" : "sent" });
    await stage.engine.run();
    const older = revisionIn(stage, "1");
    await stage.engine.run();
    expect(codeOf(await order(stage, older))).toBe("quote_superseded");
    const before = made(stage).length;
    stage.crm.edit("quotes", newer, { number: "Q7" });
    for (let run = 0; run < 2; run += 1) await stage.engine.run();
    // By the run, and before anybody asks for it.
    expect([isMade, made(stage).length]).toEqual([isMade, before + 1]);
    expect(codeOf(await order(stage, older))).toBe("ordered");
  }
});

test("a quote whose number becomes that of another one is a revision of it from then on", async () => {
  const stage = await quoteScene();
  const older = revisionIn(stage, "1", { status: "sent" });
  const newer = revisionIn(stage, "2", { number: "Q7", status: "sent" });
  await stage.engine.run();
  stage.crm.edit("quotes", newer, { number: "Q1" });
  await stage.engine.run();
  stage.crm.edit("quotes", older, { status: "accepted" });
  await stage.engine.run();
  expect(codeOf(await order(stage, older))).toBe("quote_superseded");
  expect(made(stage)).toEqual([]);
});

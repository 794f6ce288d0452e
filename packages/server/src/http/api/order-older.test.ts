import { expect, test } from "vitest";
import { quoteScene, revisionIn } from "../../runtime/testing/quote-scene.ts";
import { apiWorld } from "../testing/api-world.ts";

test("an older revision is ordered over HTTP at the caller's word, once, and alone", async () => {
  const stage = await quoteScene();
  const older = revisionIn(stage, "1");
  const newer = revisionIn(stage, "2", { status: "sent" });
  await stage.engine.run();
  const api = await apiWorld(stage.engine);
  const ask = async (id: string, body: unknown, key: string): Promise<unknown> => {
    const headers = { "idempotency-key": `older-${key.replaceAll(" ", "-")}` };
    const answer = await api.ask("POST", `/quotes/crm:${id}/order`, {
      body,
      headers,
      token: api.tokens.sales,
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const made = (): readonly unknown[] =>
    stage.erp.rows("quotes").map(({ id, fields }) => [id, fields["revision"]]);
  const superseded = { status: 409, code: "quote_superseded" };
  expect(await ask(older, {}, "usual")).toMatchObject(superseded);
  expect(await ask(older, { olderRevision: false }, "no")).toMatchObject(superseded);
  expect(made()).toEqual([]);
  const first = await ask(older, { olderRevision: true }, "on purpose");
  const [order] = stage.erp.rows("quotes");
  expect(first).toMatchObject({ status: 200, kind: "ordered", isMadeNow: true, rest: null });
  expect(first).toMatchObject({ order: { names: expect.arrayContaining([`erp:${order?.id}`]) as string[] } });
  expect(made()).toEqual([[order?.id, "1"]]);
  // The same request, and another one for the same quote, hear of the same order.
  expect(await ask(older, { olderRevision: true }, "on purpose")).toEqual(first);
  expect(await ask(older, { olderRevision: true }, "again")).toMatchObject({
    kind: "ordered",
    isMadeNow: false,
  });
  stage.crm.edit("quotes", newer, { status: "accepted" });
  for (const olderRevision of [true, false])
    expect(await ask(newer, { olderRevision }, `newer ${olderRevision}`)).toMatchObject(superseded);
  expect(made()).toHaveLength(1);
});

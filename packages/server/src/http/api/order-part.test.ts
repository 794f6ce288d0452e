import { expect, it } from "vitest";
import { fakeEngine } from "../../cli/testing.ts";
import type { Moment } from "../../runtime/moment-port.ts";
import { apiWorld, someMoment } from "../testing/api-world.ts";

type Asked = Parameters<Moment["quoteToOrder"]>[0];

/** Orders a quote by the API; answers what the runtime was asked, and what the caller was told. */
async function order(
  body: unknown,
  answer: Awaited<ReturnType<Moment["quoteToOrder"]>>,
): Promise<{ readonly asked: readonly Asked[]; readonly status: number; readonly told: unknown }> {
  const asked: Asked[] = [];
  const quoteToOrder: Moment["quoteToOrder"] = (question) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  const world = await apiWorld(fakeEngine(), { moment: { ...someMoment, quoteToOrder } });
  const headers = { "idempotency-key": "my-order-1" };
  const response = await world.ask("POST", "/quotes/crm%3A1/order", { body, headers });
  return { asked, status: response.status, told: await response.json() };
}

const made = {
  ...({ kind: "ordered", order: { names: ["erp:9"], number: "SO9" } } as const),
  ...{ isMadeNow: true, rest: "crm:2" },
};

it("a part that is accepted reaches the runtime, and what is left of the quote is told", async () => {
  const accepted = [{ line: "crm:L1", quantity: "60" }];
  const { asked, status, told } = await order({ accepted }, made);
  expect([status, told]).toEqual([200, made]);
  expect(asked).toMatchObject([{ quote: "crm:1", part: { lines: accepted, rest: "keep" } }]);
  const closed = await order({ accepted, rest: "close" }, { ...made, rest: null });
  expect(closed.asked).toMatchObject([{ part: { lines: accepted, rest: "close" } }]);
});

it("without lines all of the quote is ordered", async () => {
  for (const body of [{}, { accepted: [] }]) {
    const { asked } = await order(body, { ...made, rest: null });
    expect(asked.map((question) => "part" in question)).toEqual([false]);
  }
});

it("a quote that cannot be split is a problem of its own; a line that is none is refused", async () => {
  const refusal = {
    code: "quote_bound",
    message: "the quote is accepted as a whole",
    failure: null,
  } as const;
  const accepted = [{ line: "L1", quantity: "60" }];
  const bound = await order({ accepted }, { kind: "refused", refusal });
  expect([bound.status, bound.told]).toEqual([409, expect.objectContaining({ code: "quote_bound" })]);
  for (const wrong of [
    { accepted: [{ line: "L1" }] },
    { accepted: [{ line: "L1", quantity: "some" }] },
    { accepted, rest: "sell" },
    { accepted, more: true },
  ]) {
    const { asked, status } = await order(wrong, made);
    expect([status, asked]).toEqual([422, []]);
  }
});

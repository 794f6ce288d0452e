import { afterAll, beforeAll, expect, it } from "vitest";
import { startPostgres } from "crossfoot/testing";
import type { TestPostgres } from "crossfoot/testing";
import { twinGround } from "./convert-ground.ts";
import { conversionText, judgeCourse } from "./convert-judge.ts";
import type { Course } from "./convert-judge.ts";
import { runConversions } from "./convert.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

it(
  "won quotes become one order each, asked for by two users of two programs, with lost answers and kills",
  { timeout: 300_000 },
  async () => {
    const ground = await twinGround(await server.createDatabase());
    try {
      const size = { seed: 2, quotes: 12, lanes: 3, programs: 2, killEvery: 5 } as const;
      const done = await runConversions(ground, size);
      console.log(conversionText(done));
      expect(done.faults).toEqual([]);
      const troubles = Object.entries(done.fates).filter(([fate]) => fate !== "pass");
      expect([done.kills, done.orders, troubles.length > 0]).toEqual([2, 12, true]);
    } finally {
      await ground.close();
    }
  },
);

it("the judge names what is wrong", async () => {
  const course: Course = {
    ...{ quotes: 1, kills: 0, programs: 1, fates: {}, answers: {}, orderMs: [1] },
    told: new Map([["q", ["1", "1"]]]),
  };
  const order = { id: "1", number: "SO-1", isOrder: true };
  const mirror = { quoteId: "q", number: "SO-1" };
  const judged = async (
    change: Partial<Course>,
    sales: readonly (typeof order)[] = [order],
    more: { readonly mirrors?: readonly object[]; readonly broken?: readonly number[] } = {},
  ): Promise<number> => {
    const { mirrors = [mirror], broken = [] } = more;
    const crm = { state: { records: { orders: Object.fromEntries(mirrors.entries()) } } };
    const ground = { crm, sales: () => Promise.resolve(sales) } as never;
    return (await judgeCourse(ground, { ...course, ...change }, { entries: 1, broken })).faults.length;
  };
  expect(await judged({})).toBe(0);
  expect(await judged({ kills: 1, answers: { cut: 1 } })).toBe(0);
  expect(await judged({ kills: 1, answers: { away: 1 } })).toBe(1);
  expect(await judged({ told: new Map([["q", ["1", null]]]) })).toBeGreaterThan(0);
  expect(await judged({ told: new Map([["q", ["1", "2"]]]) })).toBeGreaterThan(0);
  expect(await judged({ told: new Map() })).toBeGreaterThan(0);
  expect(await judged({}, [order, { ...order, id: "2" }])).toBeGreaterThan(0);
  expect(await judged({}, [{ ...order, isOrder: false }])).toBeGreaterThan(0);
  expect(await judged({}, [order], { mirrors: [] })).toBe(1);
  expect(await judged({}, [order], { mirrors: [mirror, mirror] })).toBe(1);
  expect(await judged({}, [order], { broken: [1] })).toBe(1);
});

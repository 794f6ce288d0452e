import { expect, test } from "vitest";
import type { PlanDocument } from "../engine.ts";
import { inMemory, openWorld, powerOf } from "./random-world.ts";
import type { Cut, DrawnWorld, RandomWorld } from "./random-world.ts";

const account = { status: "customer", otherName: 1, limit: null, parent: null, twin: false } as const;

/** Companies on either side and on both, a group of companies, people, products, a quote and its steps. */
const company: DrawnWorld = {
  contract: 0,
  erpForm: "numbers",
  erpEnds: "archives",
  precondition: "conditional",
  batch: 3,
  lanes: 1,
  accounts: [
    { ...account, on: "crm", name: 1 },
    { ...account, on: "crm", name: 2, parent: 0 },
    { ...account, on: "erp", name: 3 },
    { ...account, on: "both", name: 4, limit: 2 },
  ],
  contacts: [
    { on: "crm", account: 0, email: 1 },
    { on: "erp", account: 2, email: 2 },
  ],
  products: ["erp", "crm"],
  quotes: [{ account: 0, product: 0, status: "accepted", lines: 0 }],
  before: null,
  sweep: false,
};

interface Scene {
  readonly world: RandomWorld;
  readonly plan: PlanDocument;
  readonly live: (cut: Cut | null) => Promise<{ readonly made: number; readonly calls: number }>;
}

async function open(): Promise<Scene> {
  const power = powerOf();
  const world = await openWorld(company, { openStore: inMemory, wrapStore: power.wrap });
  const plan = await world.engine.plan();
  const live = async (cut: Cut | null): Promise<{ made: number; calls: number }> => {
    power.on(cut);
    const before = world.taken.length;
    try {
      await world.restart({ sides: world.world.sides }).apply(plan);
    } catch (error) {
      if (!power.isOff()) throw error;
    }
    return { made: world.taken.length - before, calls: power.calls() };
  };
  return { world, plan, live };
}

const namesOf = ({ world }: Scene): readonly string[] =>
  world.taken.map(
    ({ on, write, id }) => `${on} ${write.entity} ${write.kind} ${id} ${write.transition?.to ?? ""}`,
  );

/** Cuts an apply before and after every so-manyth step of the store; 1 takes each of them. */
export function cutSuite(every: number): void {
  const timeout = 300_000;
  test(
    "a cut before or after a step leaves the same writes, each made once (crash matrix, 16)",
    { timeout },
    async () => {
      const whole = await open();
      const { made, calls } = await whole.live(null);
      const wanted = namesOf(whole);
      expect([made, new Set(wanted).size]).toEqual([wanted.length, wanted.length]);
      expect(whole.plan.writes.some(({ follows }) => follows)).toBe(true);
      expect(whole.plan.writes.some(({ kind }) => kind === "transition")).toBe(true);
      const halfway = { before: 0, within: 0, after: 0 };
      for (let call = 1; call <= calls; call += every) {
        for (const isAfter of [false, true]) {
          const scene = await open();
          const first = await scene.live({ call, isAfter });
          const left = await scene.live(null);
          expect(first.made + left.made, `cut ${isAfter ? "after" : "before"} call ${call}`).toBe(
            wanted.length,
          );
          expect(namesOf(scene)).toEqual(wanted);
          expect((await scene.live(null)).made).toBe(0);
          halfway[first.made === 0 ? "before" : left.made === 0 ? "after" : "within"] += 1;
        }
      }
      // Cuts that met nothing would prove nothing.
      expect(Math.min(...Object.values(halfway))).toBeGreaterThan(0);
    },
  );

  test("an apply that is cut again and again, a step later each time, still gets through", async () => {
    const whole = await open();
    const { calls } = await whole.live(null);
    const scene = await open();
    let lives = 0;
    for (let call = 20; call < calls; call += 7) {
      await scene.live({ call, isAfter: lives % 2 === 0 });
      lives += 1;
    }
    await scene.live(null);
    expect(lives).toBeGreaterThan(10);
    expect(namesOf(scene)).toEqual(namesOf(whole));
  });
}

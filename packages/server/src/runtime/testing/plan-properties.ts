import { canonicalBytes } from "@crossfoot/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApplyOptions, PlanDocument, PlanWrite } from "../engine.ts";
import {
  deeds,
  doDeed,
  openWorld,
  powerOf,
  rootsOf,
  saidByPlan,
  saidByWire,
  worlds,
  contractCount,
  otherContract,
} from "./random-world.ts";
import type { Cut, Deed, DrawnWorld, OpenStore, RandomWorld, Said } from "./random-world.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Set by `npm run soak -- plan`. */
    readonly planSoak?: { readonly worlds: number; readonly seed: number };
  }
}

const isDirect = ({ answers }: PlanWrite): boolean => answers.length === 0;

/** Whether the wire said what the plan says: the same record, the same values, no other native field. */
function isSaid(world: RandomWorld, write: PlanWrite, wire: Said): boolean {
  const planned = saidByPlan(write);
  const names = Object.keys(JSON.parse(planned.fields) as object);
  const read = Object.entries(JSON.parse(wire.fields) as { readonly [field: string]: unknown });
  const named = canonicalBytes(Object.fromEntries(read.filter(([name]) => names.includes(name))));
  const allowed = rootsOf(world, write);
  if (wire.roots?.every((root) => allowed.includes(root)) !== true) return false;
  if (isDirect(write))
    return canonicalBytes({ ...wire, fields: named, roots: null }) === canonicalBytes(planned);
  return write.link === wire.link && write.target === wire.target && wire.kind === "update";
}

/** Writes that may be on their way at once, when a connection has several lanes. */
const stageOf = ({ part, step, target, answers }: PlanWrite): string =>
  `${part} ${answers.length > 0 ? "answer" : step} ${target}`;

/**
 * The systems took exactly what the plan says, in its order; answers where they were announced. With several
 * lanes the calls of one stage overlap, and the stages keep their order.
 */
async function expectInOrder(
  world: RandomWorld,
  plan: PlanDocument,
  lanes: number,
): Promise<readonly number[]> {
  const stages = [...new Set(plan.writes.map(stageOf))];
  const placeOf = (write: PlanWrite): number =>
    lanes === 1 ? write.number : stages.indexOf(stageOf(write)) + 1;
  const numbers: number[] = [];
  let last = 0;
  for (const taken of world.taken) {
    const wire = await saidByWire(world, taken);
    const found = plan.writes.find(
      (write) => placeOf(write) >= last && !numbers.includes(write.number) && isSaid(world, write, wire),
    );
    expect(found, `nothing in the plan is left for ${JSON.stringify(wire)}`).toBeDefined();
    if (found === undefined) break;
    numbers.push(found.number);
    last = placeOf(found);
  }
  return numbers;
}

/** Each write that the systems took is another one of the plan's, in whatever order. */
async function expectEachOnce(world: RandomWorld, plan: PlanDocument): Promise<void> {
  const left = [...plan.writes];
  for (const taken of world.taken) {
    const wire = await saidByWire(world, taken);
    const found = left.findIndex((write) => isSaid(world, write, wire));
    expect(found, `nothing in the plan is left for ${JSON.stringify(wire)}`).toBeGreaterThanOrEqual(0);
    left.splice(found, 1);
  }
  expect(left.filter(isDirect)).toEqual([]);
}

type Shown = ReadonlyMap<string, string>;

/** What each record of both systems shows, deleted ones included. */
function placesOf(world: RandomWorld): Shown {
  const shown = new Map<string, string>();
  for (const on of ["crm", "erp"] as const) {
    for (const table of world[on].tables.values()) {
      for (const { id, fields, isDeleted, isArchived } of table.values())
        shown.set(`${on}:${id}`, canonicalBytes({ fields, isDeleted, isArchived }));
    }
  }
  return shown;
}

function changedSince(world: RandomWorld, before: Shown): ReadonlySet<string> {
  const now = placesOf(world);
  return new Set(
    [...now].filter(([name, shown]) => before.has(name) && before.get(name) !== shown).map(([name]) => name),
  );
}

/** Which records belong together. */
async function membersOf({ store, world }: RandomWorld): Promise<string> {
  const links = await Promise.all(
    world.policies.map(({ entity }) => store.linksOfEntity(entity, 1_000, null)),
  );
  const rows = await store.membersOf(links.flat());
  return canonicalBytes(rows.map(({ link, connection, id }) => `${link} ${connection}:${id}`).toSorted());
}

/** What a plan writes, record by record, without the order. */
function saidOf(plan: PlanDocument): ReadonlyMap<string, readonly string[]> {
  const said = new Map<string, string[]>();
  for (const write of plan.writes.filter(isDirect)) {
    const { precondition, id, follows } = write;
    const text = canonicalBytes({ ...saidByPlan(write), precondition, id, follows });
    said.set(write.link, [...(said.get(write.link) ?? []), text].toSorted());
  }
  return said;
}

/** Deletions leave no trace in the small systems: only a sweep sees them. */
const seesAll = ({ sweep, before }: DrawnWorld): boolean =>
  sweep || before?.some(({ act }) => act === "remove") === true;

/**
 * Whether a system shows nothing of two or more records that it had. That proves no deletion (fault R12)
 * until it shows anything: what the apply itself makes there. The run after it finds what no plan could.
 */
const showsNothing = (world: RandomWorld): boolean =>
  (["crm", "erp"] as const).some((on) =>
    [...world[on].tables.values()].some((table) => {
      const rows = [...table.values()];
      return rows.length > 1 && rows.every(({ isDeleted }) => isDeleted);
    }),
  );

const customerOf = (name: number, status: "lead" | "customer"): DrawnWorld["accounts"][number] => ({
  ...{ on: "crm", status, name, otherName: name, limit: null, parent: null, twin: false },
});

/** A lead that is not wanted in the ERP, and is not due either, until its quote is accepted. */
const customerByItsQuote: DrawnWorld = {
  ...{ contract: 0, erpForm: "plain", erpEnds: "archives", precondition: "conditional", batch: 1, lanes: 1 },
  accounts: [customerOf(0, "lead"), customerOf(0, "customer")],
  contacts: [],
  products: [],
  quotes: [{ account: 0, product: 0, status: "draft", lines: 0 }],
  before: [{ on: "crm", entity: "quotes", record: 0, act: "edit", value: 2 }],
  sweep: false,
};

/**
 * What every apply promises, over random worlds (INVARIANTS.md I18): the systems take the plan's writes in
 * their order and nothing else, whatever moved and wherever it was cut.
 */
export function planProperties(
  name: string,
  at: {
    readonly worldCount: number;
    readonly openStore: OpenStore;
    readonly seed?: number;
    /** Ends the leases of a worker that died, where the store's clock is not the test's. */
    readonly bury?: () => Promise<void>;
  },
): void {
  const { worldCount, openStore, seed, bury = () => Promise.resolve() } = at;
  const drawing = { numRuns: worldCount, ...(seed === undefined ? {} : { seed }) };
  // A thousand worlds may take their time on a machine that others use too.
  const timeout = 900_000;
  describe(`plan and apply (${name})`, () => {
    test(
      "an apply makes the writes of its plan in its order, and a second one makes none",
      { timeout },
      async () => {
        const check = async (drawn: DrawnWorld): Promise<void> => {
          const world = await openWorld(drawn, { openStore });
          const plan = await world.engine.plan({ sweep: seesAll(drawn) });
          expect(world.taken).toEqual([]);
          const isHidden = showsNothing(world);
          const applied = await world.engine.apply(plan, { approve: { plan: plan.id, by: "ada" } });
          const numbers = await expectInOrder(world, plan, drawn.lanes);
          const direct = plan.writes.filter(isDirect);
          expect(applied.unmade).toEqual([]);
          expect(numbers.filter((number) => direct.some((write) => write.number === number)).length).toBe(
            direct.length,
          );
          expect([applied.planned, applied.applied]).toEqual([direct.length, direct.length]);
          const { length } = world.taken;
          world.calls.count = 0;
          const again = await world.engine.apply(plan);
          expect([world.taken.length, world.calls.count, again.appliedNow]).toEqual([length, 0, 0]);
          expect(again.whyNothing).toContain("applied already");
          // A plan is as whole as a run: nothing is left for one.
          if (isHidden) return;
          await world.engine.run({ sweep: seesAll(drawn) });
          expect(
            world.taken.slice(length).map(({ on, write }) => `${on} ${write.entity} ${write.kind}`),
          ).toEqual([]);
        };
        await fc.assert(fc.asyncProperty(worlds, check), { ...drawing, examples: [[customerByItsQuote]] });
      },
    );

    test("what moved after the plan is not written, and each of it is told", { timeout }, async () => {
      const check = async (
        drawn: DrawnWorld,
        later: readonly Deed[],
        onDrift: "stop" | "skip",
      ): Promise<void> => {
        const world = await openWorld(drawn, { openStore });
        const plan = await world.engine.plan({ sweep: seesAll(drawn) });
        const planned = placesOf(world);
        for (const deed of later) doDeed(world, deed);
        const changed = changedSince(world, planned);
        const applied = await world.engine.apply(plan, { onDrift, approve: { plan: plan.id, by: "ada" } });
        const numbers = await expectInOrder(world, plan, drawn.lanes);
        const direct = plan.writes.filter(isDirect);
        const left = direct.filter(({ number }) => !numbers.includes(number)).map(({ number }) => number);
        expect(applied.unmade.map(({ number }) => number)).toEqual(left);
        // Nothing is written of a record of which anything else is shown than the plan saw.
        const moved = direct.filter((write) =>
          write.rests.some(({ connection, id }) => changed.has(`${connection}:${id}`)),
        );
        for (const { number } of moved) expect(numbers).not.toContain(number);
        for (const { number } of moved)
          expect(applied.unmade.find((one) => one.number === number)?.why).toMatch(/moved|left/);
        if (onDrift === "stop" && moved.length > 0) expect(numbers).toEqual([]);
        if (moved.length > 0) expect(applied.state).toBe("stopped");
      };
      const drift = fc.constantFrom("stop" as const, "skip" as const);
      await fc.assert(fc.asyncProperty(worlds, deeds, drift, check), drawing);
    });

    test(
      "an apply that is cut between any two steps goes on where it was, and repeats nothing",
      { timeout },
      async () => {
        const check = async (drawn: DrawnWorld, cuts: readonly Cut[]): Promise<void> => {
          const power = powerOf();
          const world = await openWorld(drawn, { openStore, wrapStore: power.wrap });
          const plan = await world.engine.plan({ sweep: seesAll(drawn) });
          const options = { approve: { plan: plan.id, by: "ada" } };
          for (const cut of cuts) {
            await bury();
            power.on(cut);
            const engine = world.restart({ sides: world.world.sides });
            await engine.apply(plan, options).catch((error: unknown) => {
              if (!power.isOff()) throw error;
            });
          }
          power.on(null);
          await bury();
          const applied = await world.restart({ sides: world.world.sides }).apply(plan, options);
          const numbers = await expectInOrder(world, plan, drawn.lanes);
          const direct = plan.writes.filter(isDirect);
          expect(applied.unmade).toEqual([]);
          expect(applied.applied).toBe(direct.length);
          expect(numbers.length).toBeGreaterThanOrEqual(applied.applied);
          const { broken } = await world.store.verifyJournal();
          expect(broken).toEqual([]);
        };
        const cut = fc.record({ call: fc.integer({ min: 1, max: 90 }), isAfter: fc.boolean() });
        const cuts = fc.array(cut, { minLength: 1, maxLength: 3 });
        await fc.assert(fc.asyncProperty(worlds, cuts, check), drawing);
      },
    );

    test("a plan that is applied bit by bit makes each of its writes once", { timeout }, async () => {
      const check = async (drawn: DrawnWorld, bits: readonly ApplyOptions[]): Promise<void> => {
        const world = await openWorld(drawn, { openStore });
        const plan = await world.engine.plan({ sweep: seesAll(drawn) });
        const approve = { plan: plan.id, by: "ada" };
        const isHidden = showsNothing(world);
        let made = 0;
        for (const bit of [...bits, {}] as readonly ApplyOptions[]) {
          const { length } = world.taken;
          const applied = await world.engine.apply(plan, { ...bit, approve });
          // A system that makes something else of a value, and a parent that is left out, stop the canary.
          const isSound = drawn.erpForm !== "upper" && bit.only === undefined;
          if (isSound) expect(applied.canary).toEqual([]);
          expect([applied.applied - made, applied.appliedNow >= 0]).toEqual([applied.appliedNow, true]);
          made = applied.applied;
          // No more records than were asked for, of no other entity.
          const written = world.taken.slice(length).map(({ write }) => write);
          if (bit.only !== undefined) for (const { entity } of written) expect(bit.only).toContain(entity);
        }
        const direct = plan.writes.filter(isDirect);
        expect(made).toBe(direct.length);
        await expectEachOnce(world, plan);
        if (isHidden) return;
        const { length } = world.taken;
        await world.engine.run({ sweep: seesAll(drawn) });
        expect(world.taken.slice(length).map(({ write }) => write.entity)).toEqual([]);
      };
      const only = fc.subarray(["accounts", "contacts", "products", "quotes"] as const, { minLength: 1 });
      const bit = fc.record(
        { limit: fc.integer({ min: 1, max: 4 }), canary: fc.integer({ min: 1, max: 3 }), only },
        { requiredKeys: [] },
      );
      const bits = fc.array(bit, { minLength: 1, maxLength: 4 });
      await fc.assert(fc.asyncProperty(worlds, bits, check), drawing);
    });

    test(
      "what another contract would change is what its plan changes once it is in force",
      { timeout },
      async () => {
        let compared = 0;
        const check = async (drawn: DrawnWorld, at: number): Promise<void> => {
          const world = await openWorld(drawn, { openStore });
          const other = otherContract(world, at);
          const whatIf = await world.engine.plan({ other, sweep: seesAll(drawn) });
          const now = saidOf(await world.engine.plan());
          const { contract, hash: contractHash, policies } = other;
          const engine = world.restart({ contract, contractHash, policies, sides: world.world.sides });
          const applies = await openWorld(drawn, { openStore });
          const before = await membersOf(world);
          const then = saidOf(await engine.plan());
          // Records are matched anew once a contract is in force, and nothing of that is foretold.
          if ((await membersOf(world)) !== before) return;
          compared += 1;
          const told = saidOf(whatIf);
          const changed = new Set((whatIf.whatIf?.rows ?? []).map(({ link }): string => link));
          for (const link of new Set([...now.keys(), ...then.keys(), ...told.keys()])) {
            const expected = changed.has(link) || told.has(link) ? told : now;
            expect(then.get(link) ?? []).toEqual(expected.get(link) ?? []);
          }
          for (const link of changed) expect(then.get(link) ?? []).not.toEqual(now.get(link) ?? []);
          const again = await applies.engine.plan({ other, sweep: seesAll(drawn) });
          const side = applies.restart({ contract, contractHash, policies, sides: applies.world.sides });
          const applied = await side.apply(again, { approve: { plan: again.id, by: "ada" } });
          expect(applied.unmade).toEqual([]);
          await expectInOrder(applies, again, drawn.lanes);
        };
        const contract = fc.nat({ max: contractCount - 1 });
        await fc.assert(fc.asyncProperty(worlds, contract, check), drawing);
        expect(compared).toBeGreaterThan(worldCount / 2);
      },
    );
  });
}

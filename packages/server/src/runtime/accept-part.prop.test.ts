import { decimals } from "@crossfoot/connector-sdk";
import type { JsonMap } from "@crossfoot/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Store } from "../store/port.ts";
import type { AcceptedPart } from "./accept-port.ts";
import type { Engine } from "./engine.ts";
import type { MiniFault } from "./testing/mini-system.ts";
import { ask, codeOf, linesIn, partOf, quoteIn, quoteScene } from "./testing/quote-scene.ts";
import type { MiniWorld } from "./testing/world.ts";

/** What happens around a quote of which somebody accepts a part. */
type Event =
  | { readonly kind: "ask"; readonly part: number; readonly worker: number }
  /** Two ask at once, of two programs or of one. */
  | { readonly kind: "both"; readonly parts: readonly [number, number]; readonly isOne: boolean }
  | { readonly kind: "run"; readonly worker: number }
  | { readonly kind: "fault"; readonly on: "crm" | "erp"; readonly fault: MiniFault; readonly after: number }
  /** A worker dies in that call of the store, before or after its commit. */
  | { readonly kind: "die"; readonly call: Dying; readonly after: number; readonly isBefore: boolean }
  /** Somebody accepts a quote as it stands in the CRM. */
  | { readonly kind: "accept"; readonly quote: number }
  | { readonly kind: "pass" };

const dying = ["storeIntents", "claimIntents", "commitOutcomes", "commitDecisions", "checkpoint"] as const;
type Dying = (typeof dying)[number];

const parts: readonly AcceptedPart[] = [
  partOf({ L1: "60" }),
  partOf({ L1: "25.5", L2: "4" }),
  partOf({ L2: "1" }),
  partOf({ L1: "100", L2: "4" }),
];
/** The same under the other names of its lines: nobody can tell that it is the same question. */
const respelled = (given: AcceptedPart | undefined): AcceptedPart => ({
  rest: "keep",
  lines: (given?.lines ?? []).map(({ line, quantity }) => ({ line: `crm:${line}`, quantity })),
});
const part = fc.nat({ max: parts.length - 1 });
const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("ask" as const), part, worker: fc.nat({ max: 1 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("both" as const),
        parts: fc.oneof(
          fc.tuple(part, part),
          part.map((each): [number, number] => [each, each]),
        ),
        isOne: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("run" as const), worker: fc.nat({ max: 1 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("fault" as const),
        on: fc.constantFrom("crm", "crm", "erp"),
        fault: fc.constantFrom<MiniFault>("lost_answer", "lost_request", "refused", "throttled"),
        after: fc.nat({ max: 3 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("die" as const),
        call: fc.constantFrom(...dying),
        after: fc.nat({ max: 3 }),
        isBefore: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("accept" as const), quote: fc.nat({ max: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const) }) },
  ),
  { minLength: 2, maxLength: 12 },
);

/** A store whose worker may die in one of its calls. */
function mortal(state: { death: Extract<Event, { kind: "die" }> | null; left: number }) {
  return (store: Store): Store => {
    const calls = Object.fromEntries(
      dying.map((name) => [
        name,
        async (...given: readonly unknown[]): Promise<unknown> => {
          const call = store[name] as (...all: readonly unknown[]) => Promise<unknown>;
          const isNow = state.death?.call === name && state.left-- === 0;
          if (!isNow) return call(...given);
          const { isBefore } = state.death ?? {};
          state.death = null;
          if (isBefore !== true) await call(...given);
          throw new Error("killed");
        },
      ]),
    );
    return { ...store, ...(calls as Partial<Store>) };
  };
}

/** How many of each product are on the quotes of a side, with prices that are looked at as well. */
function pieces(rows: readonly { readonly fields: JsonMap }[]): { readonly [price: string]: string } {
  const sums: Record<string, string> = { 9: "0", 3: "0" };
  for (const { price, qty } of rows.flatMap((row) => linesIn(row)))
    sums[price] = decimals.add(sums[price] ?? "0", qty);
  return sums;
}
const quoted = { 9: "100", 3: "4" };
const isOver = (sums: { readonly [price: string]: string }): boolean =>
  Object.entries(quoted).some(([price, most]) => decimals.compare(sums[price] ?? "0", most) > 0);

interface Course extends MiniWorld {
  readonly quote: string;
  readonly workers: readonly Engine[];
}

const refuseOver = ({ crm, erp }: MiniWorld): void => {
  const [offered, ordered] = [pieces(crm.rows("quotes")), pieces(erp.rows("quotes"))];
  if (isOver(offered) || isOver(ordered))
    throw new Error(`too many: ${JSON.stringify({ offered, ordered })}`);
};

/** Ends what was begun: nothing fails any more, and who asked asks until it is known. */
async function settleAll(course: Course): Promise<void> {
  const { crm, erp, quote, engine } = course;
  crm.faults = [];
  erp.faults = [];
  for (let round = 0; round < 6; round += 1) {
    course.pass(120_000);
    const dead = await engine.deadLetters();
    await engine.redrive(
      dead.map(({ parkId }) => parkId),
      "a person",
    );
    await engine.run();
    for (const each of parts) await ask({ engine }, quote, each);
    refuseOver(course);
  }
  // What is still on offer is accepted as a whole.
  for (const { id, fields } of crm.rows("quotes"))
    if (fields["status"] !== "accepted") crm.edit("quotes", id, { status: "accepted" });
  for (let round = 0; round < 3; round += 1) {
    course.pass(120_000);
    for (const { id } of crm.rows("quotes")) expect(codeOf(await ask({ engine }, id))).toBe("ordered");
  }
}

test(
  "whoever asks, dies or loses answers: all that was quoted is ordered, and nothing twice",
  { timeout: 120_000 },
  async () => {
    const seen = { split: 0, whole: 0, deaths: 0 };
    await fc.assert(
      fc.asyncProperty(events, async (happened) => {
        const state: Parameters<typeof mortal>[0] = { death: null, left: 0 };
        const mini = await quoteScene({}, { wrapStore: mortal(state) });
        const quote = quoteIn(mini);
        const course: Course = { ...mini, quote, workers: [mini.engine, mini.restart({ holder: "other" })] };
        for (const event of happened) {
          if (event.kind === "die") Object.assign(state, { death: event, left: event.after });
          else
            await happens(course, event).catch((error: unknown) => {
              if (!(error instanceof Error) || error.message !== "killed") throw error;
              seen.deaths += 1;
            });
          refuseOver(course);
        }
        state.death = null;
        await settleAll(course);
        expect(pieces(mini.erp.rows("quotes"))).toEqual(quoted);
        expect(pieces(mini.crm.rows("quotes"))).toEqual(quoted);
        seen[mini.crm.rows("quotes").length > 1 ? "split" : "whole"] += 1;
      }),
      { numRuns: 80, seed: 10 },
    );
    // A property that never saw its subject proves nothing.
    for (const [what, count] of Object.entries(seen)) expect([what, count > 5]).toEqual([what, true]);
  },
);

async function happens(course: Course, event: Exclude<Event, { kind: "die" }>): Promise<void> {
  const { crm, workers, quote } = course;
  const engineOf = (at: number): { readonly engine: Engine } => ({ engine: workers[at] ?? course.engine });
  if (event.kind === "ask") await ask(engineOf(event.worker), quote, parts[event.part]);
  if (event.kind === "both")
    await Promise.all([
      ask(engineOf(0), quote, parts[event.parts[0]]),
      ask(engineOf(event.isOne ? 0 : 1), quote, respelled(parts[event.parts[1]])),
    ]);
  if (event.kind === "run") await engineOf(event.worker).engine.run();
  if (event.kind === "pass") course.pass(60_000);
  if (event.kind === "fault")
    course[event.on].faults = [...Array.from({ length: event.after }, () => "none" as const), event.fault];
  if (event.kind === "accept") {
    const row = crm.rows("quotes")[event.quote];
    if (row !== undefined && row.fields["status"] !== "accepted")
      crm.edit("quotes", row.id, { status: "accepted" });
  }
}

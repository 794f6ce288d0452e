import { connectionId, externalId } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shownThen } from "./shown-then.ts";
import { inMemory } from "./testing/random-world.ts";
import { miniWorld } from "./testing/world.ts";

type Deed = "edit" | "unstamped" | "remove" | "back" | "archive" | "run" | "sweep";

const deed = fc.record({
  what: fc.constantFrom<Deed>(
    "edit",
    "edit",
    "unstamped",
    "remove",
    "back",
    "archive",
    "run",
    "run",
    "sweep",
  ),
  after: fc.constantFrom(1, 1_000, 60_000, 4_000_000),
});
const courses = fc.record({
  deeds: fc.array(deed, { minLength: 3, maxLength: 14 }),
  isWatchedFirst: fc.boolean(),
});
const invoice = (gross: number): JsonMap => ({ number: "R1", gross: String(gross), currency: "EUR" });

/** What an invoice of the ERP truly was, and what is known of that: by reading, by stamp, not at all. */
async function compare(course: typeof courses extends fc.Arbitrary<infer T> ? T : never): Promise<{
  readonly told: readonly string[];
  readonly wrong: readonly string[];
}> {
  const mini = await miniWorld({
    database: inMemory,
    hasDocuments: true,
    erp: { tellsCreation: true },
  });
  const truth: { readonly at: number; readonly gross: string | null }[] = [];
  let amount = 100;
  let isThere = true;
  let isSeen = false;
  let isGoneSeen = false;
  const note = (): number =>
    truth.push({ at: mini.world.clock.now(), gross: isThere ? String(amount) : null });
  if (course.isWatchedFirst) await mini.engine.run();
  mini.pass(1_000);
  const id = mini.erp.add("invoices", invoice(amount));
  note();
  for (const { what, after } of course.deeds) {
    mini.pass(after);
    if (what === "run" || what === "sweep") {
      await mini.engine.run({ observe: true, sweep: what === "sweep", trustsEmpty: true });
      isSeen = true;
      isGoneSeen = what === "sweep" && !isThere;
      continue;
    }
    // What comes and goes between two readings, and comes back later, cannot be told from what never did.
    if ((what === "back") === isThere || (what === "remove" && !isSeen)) continue;
    if (what === "back" && !isGoneSeen) continue;
    if (what === "remove") mini.erp.remove("invoices", id);
    else if (what === "back") mini.erp.bringBack("invoices", id);
    else if (what === "archive") mini.erp.archive("invoices", id, true);
    else {
      amount += 1;
      if (what === "edit") mini.erp.edit("invoices", id, invoice(amount));
      else mini.erp.editUnstamped("invoices", id, invoice(amount));
    }
    if (what === "back") isSeen = false;
    isThere = what !== "remove";
    note();
  }
  mini.pass(2_000);
  await mini.engine.run({ observe: true, sweep: true, trustsEmpty: true });
  const end = mini.world.clock.now();
  const key = { connection: connectionId("erp"), entity: "invoices", id: externalId(id) };
  const [history] = await mini.store.historyOf([key]);
  if (history === undefined) return { told: [], wrong: [] };
  const isStamped = course.deeds.every(({ what }) => what !== "unstamped" && what !== "remove");
  const told: string[] = [];
  const wrong: string[] = [];
  for (const at of truth.flatMap((each) => [each.at - 1, each.at, each.at + 500, each.at + 2_000_000])) {
    if (at > end) continue;
    const then = shownThen(history, at);
    const really = truth.findLast((each) => each.at <= at)?.gross ?? null;
    const gross = then.is === "shown" ? then.seen.native["gross"] : null;
    const answer = typeof gross === "string" ? gross : null;
    told.push(then.is === "shown" ? then.by : then.is);
    // A stamp tells of stamped changes alone.
    if (then.is === "unknown" || (then.is === "shown" && then.by === "stamp" && !isStamped)) continue;
    if (answer !== really) wrong.push(`at ${at}: ${answer} for ${really}, by ${JSON.stringify(then)}`);
  }
  return { told, wrong };
}

describe("what a record showed at an instant, over random edits, payments, deletions and readings", () => {
  test("is what it truly was, or not known", { timeout: 60_000 }, async () => {
    const told: string[] = [];
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const found = await compare(course);
        told.push(...found.told);
        expect(found.wrong).toEqual([]);
      }),
      { numRuns: 150 },
    );
    for (const kind of ["reading", "stamp", "absent", "unknown"])
      expect([kind, told.filter((each) => each === kind).length > 20]).toEqual([kind, true]);
  });
});

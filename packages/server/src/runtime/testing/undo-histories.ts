import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { PlanDocument, RunSummary } from "../engine.ts";
import type { OpenStore, RandomWorld } from "./random-world.ts";
import { courses, doAll, historyOf } from "./undo-course.ts";
import type { Course, History } from "./undo-course.ts";
import { judge, judgeAgain } from "./undo-judge.ts";
import type { Verdicts } from "./undo-judge.ts";
import { counterparts, snapshotOf } from "./undo-shown.ts";

/** What was looked at: a property that never saw its subject proves nothing. */
export interface UndoCounts {
  /** Histories whose run wrote something: only those are judged. */
  histories: number;
  /** Fields that held their value before the run again. */
  undone: number;
  /** Records that the run had made and the undo archived or cancelled. */
  takenBack: number;
  /** What was listed and not touched, by why. */
  changed: number;
  refused: number;
  done: number;
  /** Undos that were undone in turn. */
  again: number;
}

async function undo(
  world: RandomWorld,
  run: RunSummary,
): Promise<{ readonly plan: PlanDocument; readonly summary: RunSummary }> {
  const plan = await world.engine.undo({ what: "run", id: run.runId, by: "ada" });
  const approve = { plan: plan.id, by: "ada" };
  const summary = await world.engine.apply(plan, { onDrift: "skip", approve });
  deepStrictEqual([plan.troubles, summary.unmade.map(({ why, reason }) => `${why}: ${reason}`)], [[], []]);
  world.pass(10);
  return { plan, summary };
}

/**
 * Goes on with the day: what was undone stays so where nobody edits it, and in the end nothing is written. A
 * record whose creation was taken back stays as it is, whatever happens to its counterpart.
 */
async function expectStable(
  { world }: History,
  { undone, takenBack }: Verdicts,
  last: Course["last"],
): Promise<void> {
  const pairs = await counterparts(world, snapshotOf(world));
  const edited = doAll(world, last);
  const then = snapshotOf(world);
  for (const sweep of [false, true, false]) {
    world.pass(10);
    await world.engine.run({ sweep });
  }
  const end = snapshotOf(world);
  for (const { name, root } of undone) {
    if (edited.has(name) || edited.has(pairs.get(name) ?? "")) continue;
    const [found, expected] = [end, then].map((shown) => shown.get(name)?.fields.get(root));
    deepStrictEqual([name, root, found], [name, root, expected]);
  }
  for (const name of takenBack) deepStrictEqual([name, end.get(name)], [name, then.get(name)]);
  const writes = world.crm.writes + world.erp.writes;
  world.pass(10);
  await world.engine.run({ sweep: true });
  deepStrictEqual(world.crm.writes + world.erp.writes, writes, "nothing is written any more");
}

/** Whether the run wrote anything that can be taken back. */
const hasWritten = ({ run }: History): boolean =>
  run.entities.some(({ settled }) => Object.values(settled).some((kinds) => Object.keys(kinds).length > 0));

async function check(course: Course, openStore: OpenStore, seen: UndoCounts): Promise<void> {
  const history = await historyOf(course, openStore);
  if (!hasWritten(history)) return;
  const { world, run, now } = history;
  world.erp.faults = course.fault === null ? [] : [course.fault];
  const { plan, summary } = await undo(world, run);
  world.erp.faults = [];
  const verdicts = await judge(history, plan);
  seen.histories += 1;
  seen.undone += verdicts.undone.length;
  seen.takenBack += verdicts.takenBack.length;
  for (const { why } of plan.undo?.left ?? []) seen[why] += 1;
  if (plan.writes.length > 0 && course.later.length % 2 === 0) {
    const between = snapshotOf(world);
    const again = await undo(world, summary);
    seen.again += 1;
    await judgeAgain(world, { now, between, plan: again.plan });
    return;
  }
  await expectStable(history, verdicts, course.last);
}

/** Where the histories run, and how many are drawn. */
export interface UndoHistories {
  readonly worldCount: number;
  readonly openStore: OpenStore;
  readonly seed?: number;
}

/**
 * What an undo promises, over random companies and courses of events: after a run and its undo both systems
 * show what they showed before the run, but for what the plan lists; runs leave it so, an undo undoes it.
 * Rejects with the shortest course that breaks it; answers what was looked at.
 */
export async function undoHistories({ worldCount, openStore, seed }: UndoHistories): Promise<UndoCounts> {
  const seen = { histories: 0, undone: 0, takenBack: 0, changed: 0, refused: 0, done: 0, again: 0 };
  const property = fc.asyncProperty(courses, (course) => check(course, openStore, seen));
  await fc.assert(property, { numRuns: worldCount, ...(seed === undefined ? {} : { seed }) });
  return seen;
}

import fc from "fast-check";
import type { RunSummary } from "../engine.ts";
import type { MiniFault } from "./mini-system.ts";
import { deeds, doDeed, openWorld, worlds } from "./random-world.ts";
import type { Deed, DrawnWorld, OpenStore, RandomWorld } from "./random-world.ts";
import { changedIn, snapshotOf } from "./undo-shown.ts";
import type { Snapshot } from "./undo-shown.ts";

/** Values that people set, by record and native field; the last of each. */
export type Edits = ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;

/** What has happened up to the moment of the undo. */
export interface History {
  readonly world: RandomWorld;
  readonly run: RunSummary;
  /** Before the run, after it, and when the undo begins. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly now: Snapshot;
  /** What people edited since the run: values by record and native field. */
  readonly edited: Edits;
}

/** A course of events around a run that is undone. */
export interface Course {
  readonly drawn: DrawnWorld;
  readonly earlier: readonly Deed[];
  readonly later: readonly Deed[];
  /** Whether people edit after the run what they had edited before it: there, or on the other side. */
  readonly insists: "no" | "there" | "elsewhere";
  /** What people do after the undo. */
  readonly last: readonly Deed[];
  /** Whether another run carries the later deeds on before the undo. */
  readonly carries: boolean;
  readonly sweep: boolean;
  readonly fault: MiniFault | null;
}

/** Lets a course happen up to the moment of the undo. */
export async function historyOf(course: Course, openStore: OpenStore): Promise<History> {
  const { drawn, earlier, later, carries, sweep } = course;
  const world = await openWorld(drawn, { openStore });
  for (const deed of earlier) doDeed(world, deed);
  world.pass(10);
  const before = snapshotOf(world);
  const run = await world.engine.run({ sweep });
  const after = snapshotOf(world);
  const edited = doAll(world, [...later, ...insisting(course)]);
  world.pass(10);
  if (carries) await world.engine.run({ sweep });
  world.pass(10);
  return { world, run, before, after, now: snapshotOf(world), edited };
}

/** The same fields of the same records once more, with other values. */
function insisting({ earlier, insists }: Course): readonly Deed[] {
  if (insists === "no") return [];
  const other = { crm: "erp", erp: "crm" } as const;
  return earlier
    .filter(({ act }) => act === "edit")
    .map((deed) => ({
      ...deed,
      on: insists === "there" ? deed.on : other[deed.on],
      value: deed.value + 2,
    }));
}

/** Does what people do, and answers what they edited. */
export function doAll(world: RandomWorld, list: readonly Deed[]): Edits {
  const edited = new Map<string, Map<string, string | undefined>>();
  for (const deed of list) {
    const before = snapshotOf(world);
    doDeed(world, deed);
    for (const [name, shown] of snapshotOf(world)) {
      const roots = before.has(name) ? changedIn(before.get(name), shown) : [];
      if (roots.length === 0) continue;
      const own = edited.get(name) ?? new Map<string, string | undefined>();
      for (const root of roots) own.set(root, shown.fields.get(root));
      edited.set(name, own);
    }
  }
  return edited;
}

/** Random courses of events. */
export const courses: fc.Arbitrary<Course> = fc.record({
  drawn: worlds,
  earlier: deeds,
  later: fc.oneof(fc.constant([]), deeds),
  insists: fc.constantFrom("no", "no", "there", "elsewhere"),
  last: fc.oneof(fc.constant([]), deeds),
  carries: fc.boolean(),
  sweep: fc.boolean(),
  fault: fc.constantFrom(null, null, "lost_answer", "lost_request"),
});

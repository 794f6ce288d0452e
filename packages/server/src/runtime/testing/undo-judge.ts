import { deepStrictEqual } from "node:assert/strict";
import type { PlanDocument, UndoLeft } from "../plan-document.ts";
import { mappingOf } from "../world.ts";
import type { RandomWorld } from "./random-world.ts";
import type { History } from "./undo-course.ts";
import { changedIn, counterparts, isSameLife, snapshotOf } from "./undo-shown.ts";
import type { Shown, Snapshot } from "./undo-shown.ts";

/** What a plan leaves alone of a record, by native field; `*` for the whole record. */
type LeftRoots = ReadonlyMap<string, ReadonlyMap<string, UndoLeft["why"]>>;

/** Native fields of records that a plan leaves alone, with why. */
async function leftIn(world: RandomWorld, plan: PlanDocument): Promise<LeftRoots> {
  const left = new Map<string, Map<string, UndoLeft["why"]>>();
  const members = await world.store.membersOf((plan.undo?.left ?? []).map(({ link }) => link));
  for (const { link, target, entity, field, why } of plan.undo?.left ?? []) {
    const member = members.find((one) => one.link === link && one.connection === target);
    const side = world.world.sides.find(({ id }) => id === target);
    const mapping = side === undefined ? undefined : mappingOf(side, entity);
    const roots = field === null ? ["*"] : (mapping?.fields[field]?.roots ?? []);
    const name = `${target}:${member?.id ?? "?"}`;
    const own = left.get(name) ?? new Map<string, UndoLeft["why"]>();
    for (const root of roots) own.set(root, why);
    left.set(name, own);
  }
  return left;
}

/** What went back, and which records that the run had made were taken back. */
export interface Verdicts {
  readonly undone: readonly { readonly name: string; readonly root: string }[];
  readonly takenBack: readonly string[];
}

interface Looks {
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
  readonly now: Shown | undefined;
  readonly last: Shown;
  /** Native fields that changed on either side since the run. */
  readonly moved: ReadonlySet<string>;
  /** Whether a person edited, archived or deleted one of the two records since. */
  readonly isTouched: boolean;
  readonly left: ReadonlyMap<string, UndoLeft["why"]>;
  /** What a person set on this record since, and not on the other, by native field. */
  readonly edited: ReadonlyMap<string, string | undefined>;
}

/**
 * Judges an undo by what the systems show: each field that the run wrote holds its value before the run, or
 * the plan names it as left alone; what is left as changed did change; everything else is as it was when the
 * undo began. Throws an AssertionError.
 */
export async function judge(history: History, plan: PlanDocument): Promise<Verdicts> {
  const { world, before, after, now, edited } = history;
  const then = snapshotOf(world);
  const pairs = await counterparts(world, now);
  const left = await leftIn(world, plan);
  const undone: { name: string; root: string }[] = [];
  const takenBack: string[] = [];
  deepStrictEqual([...then.keys()].toSorted(), [...now.keys()].toSorted(), "no record is made or gone");
  for (const [name, shown] of then) {
    const other = pairs.get(name) ?? "";
    const looks: Looks = {
      before: before.get(name),
      after: after.get(name),
      now: now.get(name),
      last: shown,
      moved: new Set([
        ...changedIn(after.get(name), now.get(name)),
        // What somebody edited and then deleted shows nowhere any more: nobody can know of that edit.
        ...(now.get(other)?.isDeleted === true ? [] : changedIn(after.get(other), now.get(other))),
      ]),
      isTouched:
        edited.has(name) ||
        // It may have been deleted before the run, which could not know.
        now.get(other)?.isDeleted === true ||
        [name, other].some((one) => !isSameLife(after.get(one), now.get(one))) ||
        changedIn(after.get(name), now.get(name)).length > 0,
      left: left.get(name) ?? new Map<string, UndoLeft["why"]>(),
      // Where both sides edited one field a later run decided between them, and wrote.
      edited: new Map(
        [...(edited.get(name) ?? [])].filter(([root]) => edited.get(other)?.has(root) !== true),
      ),
    };
    if (looks.before === undefined && looks.after !== undefined) {
      if (judgeMade(name, looks)) takenBack.push(name);
    } else for (const root of judgeFields(name, looks)) undone.push({ name, root });
  }
  return { undone, takenBack };
}

/** A record that the run made: archived, or cancelled, or named as left alone. Answers whether it is gone. */
function judgeMade(name: string, looks: Looks): boolean {
  const { after, now, last: then, left, isTouched, edited } = looks;
  const worked = [...edited].filter(
    ([root, value]) => now?.fields.get(root) === value && after?.fields.get(root) !== value,
  );
  if (worked.length > 0) deepStrictEqual([name, worked, left.get("*")], [name, worked, "changed"]);
  const why = left.get("*");
  if (why !== undefined) {
    deepStrictEqual([name, changedIn(now, then), isSameLife(now, then)], [name, [], true]);
    if (why === "changed") deepStrictEqual([name, "touched", isTouched], [name, "touched", true]);
    return false;
  }
  const changes = changedIn(now, then);
  if (changes.length > 0) {
    deepStrictEqual(
      [name, then.entity, changes, then.fields.get("status")],
      [name, "quotes", ["status"], '"cancelled"'],
    );
    return true;
  }
  deepStrictEqual([name, "archived", then.isArchived], [name, "archived", true]);
  return true;
}

/** A record that was there before: answers the fields that went back. */
function judgeFields(name: string, looks: Looks): readonly string[] {
  const { before, after, now, last: then, moved, left, isTouched } = looks;
  const written = new Set(changedIn(before, after));
  const undone: string[] = [];
  const isLeft = (root: string): boolean => left.has(root) || left.has("*");
  for (const root of new Set([...then.fields.keys(), ...written])) {
    const value = then.fields.get(root);
    if (isLeft(root) || !written.has(root)) {
      deepStrictEqual([name, root, value], [name, root, now?.fields.get(root)]);
      if (left.get(root) === "changed")
        deepStrictEqual([name, root, moved.has(root) || isTouched], [name, root, true]);
    } else if (moved.has(root)) {
      // Somebody changed it since, and nothing is said of it: it has to be as before the run by itself.
      const was = before?.fields.get(root);
      deepStrictEqual([name, root, value, was], [name, root, now?.fields.get(root), value]);
    } else {
      deepStrictEqual([name, root, value], [name, root, before?.fields.get(root)]);
      undone.push(root);
    }
  }
  const isLifeBack = !isSameLife(before, after) && isSameLife(after, now) && !left.has("*");
  const life = isLifeBack ? before : now;
  deepStrictEqual([name, then.isArchived, then.isDeleted], [name, life?.isArchived, life?.isDeleted]);
  return undone;
}

/** After an undo of an undo both systems show what they showed before the first of the two. */
export async function judgeAgain(
  world: RandomWorld,
  at: { readonly now: Snapshot; readonly between: Snapshot; readonly plan: PlanDocument },
): Promise<void> {
  const { now, between, plan } = at;
  const left = await leftIn(world, plan);
  for (const [name, shown] of snapshotOf(world)) {
    const own = left.get(name);
    const isLeft = (root: string): boolean => own?.has(root) === true || own?.has("*") === true;
    for (const root of shown.fields.keys()) {
      const expected = (isLeft(root) ? between : now).get(name)?.fields.get(root);
      deepStrictEqual([name, root, shown.fields.get(root)], [name, root, expected]);
    }
    const life = (isLeft("*") ? between : now).get(name);
    deepStrictEqual([name, shown.isArchived], [name, life?.isArchived]);
  }
}

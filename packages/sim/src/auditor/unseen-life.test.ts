import { expect, test } from "vitest";
import type { Sight } from "../checker.ts";
import type { Entry } from "../history.ts";
import { outOfScope, scopeRoot } from "../system/scope.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { isUnseenStay } from "./unseen-life.ts";

/** A commit of an account that is shown from 10 ms after it. */
const commit = (at: number, isOut: boolean): Commit =>
  ({
    at,
    visibleAt: at + 10,
    after: { native: { [scopeRoot]: isOut ? outOfScope : null }, life: "live" },
  }) as unknown as Commit;

const rowOf = (...commits: readonly Commit[]): Row =>
  ({ entity: "accounts", id: "a1", commits }) as unknown as Row;

/** A page of accounts that reaches its system at an instant, is answered as told, and is kept. */
const read = (at: number, outcome: "ok" | "failed" = "ok", isKept = true): readonly Entry[] =>
  [
    {
      at: at - 1,
      kind: "call",
      id: at,
      worker: "w1",
      system: "crm",
      call: "read",
      entity: "accounts",
      ids: null,
    },
    { at, kind: "reached", id: at },
    { at: at + 1, kind: "answered", id: at, outcome },
    ...(isKept ? [{ at: at + 2, kind: "store", worker: "w1", method: "checkpoint", step: "done" }] : []),
  ] as unknown as readonly Entry[];

const restored = (at: number, asOf: number): Entry => ({ at, kind: "restored", asOf });

function isUnseen(row: Row, ...entries: readonly Entry[]): boolean {
  const system = { couldShow: (_row: Row, at: number) => at !== 50 };
  const sight = { history: { entries }, systems: { crm: system, erp: system } };
  return isUnseenStay(sight as unknown as Sight, { role: "crm", row });
}

const left = rowOf(commit(0, false), commit(30, false), commit(100, true));

test("a record that left is unseen while nothing that was read and kept could show it inside", () => {
  expect(isUnseen(left)).toBe(true);
  // Before it was visible, after it had left, and where its system hid it.
  expect(isUnseen(left, ...read(5), ...read(50), ...read(100))).toBe(true);
  expect(isUnseen(left, ...read(40, "failed"))).toBe(true);
  expect(isUnseen(left, ...read(40, "ok", false))).toBe(true);
});

test("a record that left is no unseen one when one reading could show it, unless that is forgotten", () => {
  expect(isUnseen(left, ...read(10))).toBe(false);
  expect(isUnseen(left, ...read(99))).toBe(false);
  expect(isUnseen(left, ...read(40), restored(200, 20))).toBe(true);
  expect(isUnseen(left, ...read(40), restored(200, 60))).toBe(false);
});

test("each stay inside counts, and what stands inside at the end is never excused", () => {
  const twice = rowOf(
    commit(0, true),
    commit(20, false),
    commit(40, true),
    commit(60, false),
    commit(80, true),
  );
  expect(isUnseen(twice, ...read(15), ...read(45), ...read(65), ...read(85))).toBe(true);
  expect(isUnseen(twice, ...read(35))).toBe(false);
  expect(isUnseen(twice, ...read(75))).toBe(false);
  expect(isUnseen(rowOf(commit(0, true), commit(20, false)))).toBe(false);
});

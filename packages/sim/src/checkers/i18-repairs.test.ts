import { expect, test } from "vitest";
import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { Entry } from "../history.ts";
import { repairer } from "../repairs.ts";
import type { Commit } from "../system/commit.ts";
import { repairsHold } from "./i18-repairs.ts";

const system = {
  profile: { lossy: {}, precondition: "conditional", versions: "counter" },
  decode: (_entity: string, native: JsonMap): JsonMap => native,
  row: () => undefined,
};
const sight = { systems: { crm: system, erp: system } } as unknown as Sight;

/** A plan of one write, the phone of account a1 from `old` to `new`. */
const planned = (id: string, part: object, undoes?: string): Entry => {
  const write = { number: 1, target: "crm", id: "a1", fields: { phone: "new" }, before: { phone: "old" } };
  const plan = { id, writes: [write], ...part };
  const back = undoes === undefined ? {} : { undoes: { what: "plan", id: undoes } };
  return { at: 0, kind: "planned", name: id, plan, ...back } as unknown as Entry;
};
const applying = (plan: string): Entry => ({ at: 1, kind: "applying", name: plan, plan, isApproved: false });
const ready = [planned("p", { repair: {} }), applying("p")];

const sent = (call: number): Entry => ({ at: 2, kind: "call", id: call, call: "write" }) as unknown as Entry;
const heard = (call: number, outcome: "ok" | "timeout" = "ok"): Entry =>
  ({ at: 3, kind: "answered", id: call, outcome }) as unknown as Entry;
/** A repair that reached the system. */
function made(
  call: number,
  at: { from?: JsonMap; to?: JsonMap; plan?: string; key?: string; id?: string },
): Entry {
  const { from = { phone: "old" }, to = { phone: "new" }, plan = "p", key = "k", id = "a1" } = at;
  const actor = repairer({ by: "olga", plan, number: 1 }, { call, key });
  const [before, after] = [from, to].map((native) => ({ native }));
  const commit = { at: 4, system: "crm", entity: "accounts", tag: "t1", id, actor, before, after };
  return { at: 4, kind: "commit", commit: commit as unknown as Commit };
}
const still = { from: { phone: "new" } };

function found(...entries: readonly Entry[]): readonly string[] {
  const { see } = repairsHold(sight);
  return entries.flatMap((entry) => see?.(entry) ?? []).map(({ message }) => message.slice(17));
}

test("a repair is what its plan shows, in the place of what it shows, on its record", () => {
  expect(found(...ready, sent(1), made(1, {}))).toEqual([]);
  const otherwise = "a repair wrote phone otherwise than planned";
  expect(found(...ready, sent(1), made(1, { to: { phone: "new!" } }))).toEqual([otherwise]);
  // What changes nothing has to stand there too.
  expect(found(...ready, sent(1), made(1, { to: { phone: "old" } }))).toEqual([otherwise]);
  const more = { from: { phone: "old", name: "n" }, to: { phone: "new" } };
  expect(found(...ready, sent(1), made(1, more))).toEqual(["a repair wrote name otherwise than planned"]);
  expect(found(...ready, sent(1), made(1, { id: "a2" }))).toEqual([
    "a repair wrote another record otherwise than planned",
  ]);
  expect(found(...ready, sent(1), made(1, { from: { phone: "else" } }))).toEqual([
    "a repair replaced another phone than its plan shows",
  ]);
});

test("a repair is of a plan that puts right, or takes that back, and that was applied", () => {
  const back = [planned("p", { repair: {} }), planned("q", { undo: {} }, "p"), applying("q")];
  expect(found(...back, sent(1), made(1, { plan: "q" }))).toEqual([]);
  expect(found(sent(1), made(1, {}))).toEqual(["a repair of phone stands in no plan"]);
  expect(found(planned("p", { repair: {} }), sent(1), made(1, {}))).toEqual([
    "a repair of phone was made before its plan was applied",
  ]);
  expect(found(planned("p", { consolidation: {} }), applying("p"), sent(1), made(1, {}))).toEqual([
    "a repair of phone stands in a plan that puts nothing right",
  ]);
});

test("a repair is written once; only one sent again with its answer lost may come twice, for nothing", () => {
  const once = [...ready, sent(1), made(1, {})];
  const twice = "a repair was written twice, and no answer to it was lost";
  expect(found(...once, heard(1), sent(2), made(2, still))).toEqual([twice]);
  expect(found(...once, sent(2), made(2, { ...still, key: "other" }))).toEqual([twice]);
  expect(found(...once, heard(1, "timeout"), sent(2), made(2, still))).toEqual([]);
  expect(found(...once, sent(2), made(2, { from: { phone: "by eva" } }))).toEqual([
    "a repair that came twice changed phone again",
  ]);
});

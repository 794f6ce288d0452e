import { describe, expect, it } from "vitest";
import { discardReasons, isReplaced } from "./conflict.ts";
import { areAllAlike, mergeField, RuleFailed } from "./merge.ts";
import type { MergeContext, SideValue } from "./merge.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import type { Value } from "./value.ts";

const plain: MergeContext = { newestToleranceMs: 0, customRules: {} };
const everywhere = { writers: [crm, erp, web], targets: [crm, erp, web] };
type Change = Partial<SideValue>;

/** A side that shows what it agreed to, `old`; say what is different. */
const side = (connection: SideValue["connection"], change: Change = {}): SideValue => {
  const rest: Change = { stampMs: null, stampGranularityMs: 0, actor: null };
  return { connection, view: "old", base: ["old"], ...rest, ...change } as SideValue;
};
/** A side that never agreed. */
const fresh = (connection: SideValue["connection"], view: Value, change: Change = {}) =>
  side(connection, { view, base: undefined, ...change });

describe("sides that show the same", () => {
  it("are alike when no two of them differ, and one that shows nothing differs from none", () => {
    const shown = [side(crm, { view: { city: "ulm" } }), side(erp, { view: { city: "ulm", zip: "1" } })];
    expect(areAllAlike([...shown, side(web, { view: undefined })])).toBe(true);
    expect(areAllAlike([...shown, side(web, { view: { zip: "2" } })])).toBe(false);
    expect(areAllAlike([])).toBe(true);
  });

  it("have agreed, whoever moved, also where an edit would only be explained", () => {
    const policy = fieldPolicy({ ...everywhere, writers: [erp], onForeignEdit: "keep" });
    const moved = [side(crm, { view: "x" }), side(erp, { view: "x", base: ["x"] })];
    expect(mergeField(policy, moved, plain)).toEqual({ kind: "converged" });
    expect(mergeField(policy, [fresh(crm, null), fresh(erp, null)], plain)).toEqual({ kind: "converged" });
  });
});

describe("sides that meet for the first time", () => {
  it("are judged by the rule of the first link, not as an edit, when fewer than two had agreed", () => {
    const policy = fieldPolicy({ ...everywhere, master: erp });
    expect(mergeField(policy, [side(crm, { view: "edited" }), fresh(erp, "there")], plain)).toMatchObject({
      values: { crm: "there" },
      reason: "first_link_master",
      discards: [{ connection: crm, value: "edited", reason: "first_link_master" }],
    });
  });

  it("a master does not overrule what somebody edited since, where newer values win", () => {
    const policy = fieldPolicy({ ...everywhere, master: crm, policy: "newest" });
    const merged = (crmStamp: number, erpStamp: number | null) =>
      mergeField(
        policy,
        [fresh(crm, "made", { stampMs: crmStamp }), side(erp, { view: "edited", stampMs: erpStamp })],
        plain,
      );
    expect(merged(1, 2)).toMatchObject({ values: { crm: "edited" }, reason: "newest_wins" });
    expect(merged(2, 1)).toMatchObject({ values: { erp: "made" }, reason: "newest_wins" });
    expect(merged(1, null)).toMatchObject({ kind: "conflict", reason: "first_link_differs" });
    const asks = { ...policy, policy: "review" as const };
    expect(mergeField(asks, [fresh(crm, "made"), side(erp, { view: "edited" })], plain)).toMatchObject({
      kind: "conflict",
      reason: "first_link_differs",
    });
  });

  it("a master that joins two that agree brings its value, a writer that joins takes theirs", () => {
    const joining = (master: SideValue["connection"]) =>
      mergeField(fieldPolicy({ ...everywhere, master }), [side(crm), side(erp), fresh(web, "third")], plain);
    expect(joining(web)).toMatchObject({
      values: { crm: "third", erp: "third" },
      reason: "first_link_master",
    });
    expect(joining(crm)).toMatchObject({ values: { web: "old" }, winners: { web: "crm" } });
  });

  it("two that agree, each in its own image, speak with one voice and lose nothing to a blank", () => {
    const shown = [side(crm), side(erp, { view: "OLD", base: ["OLD"] }), fresh(web, null)];
    for (const master of [crm, web])
      expect(
        mergeField(fieldPolicy({ ...everywhere, master, onFirstLink: "review" }), shown, plain),
      ).toMatchObject({ kind: "write", values: { web: "old" }, discards: [] });
  });

  it("the voice of those that agree is one that may write", () => {
    const policy = fieldPolicy({ ...everywhere, writers: [erp], master: crm });
    const shown = [side(crm), side(erp, { view: "OLD", base: ["OLD"] }), fresh(web, null)];
    expect(mergeField(policy, shown, plain)).toMatchObject({
      values: { web: "OLD" },
      winners: { web: "erp" },
    });
  });

  it("the master's blank stands where the contract says so, and where no writer shows a value", () => {
    const master = fieldPolicy({ ...everywhere, onFirstLink: "master" });
    const shown = [fresh(crm, null), fresh(erp, "x", { actor: "ann" })];
    expect(mergeField(master, shown, plain)).toMatchObject({
      values: { erp: null },
      discards: [{ connection: erp, value: "x", actor: "ann", reason: "first_link_master" }],
    });
    for (const onFirstLink of ["fill", "review"] as const)
      expect(
        mergeField(fieldPolicy({ ...everywhere, writers: [crm], onFirstLink }), shown, plain),
      ).toMatchObject({ values: { erp: null }, discards: [{ reason: "not_a_writer" }] });
  });

  it("without their master the clearly newest decides where the contract says newest, else a person", () => {
    const newest = fieldPolicy({ ...everywhere, master: web, policy: "newest" });
    const shown = [fresh(crm, "a", { stampMs: 2_000 }), fresh(erp, "b", { stampMs: 1_000 })];
    expect(mergeField(newest, shown, plain)).toMatchObject({
      values: { erp: "a" },
      winners: { erp: "crm" },
      reason: "newest_wins",
      discards: [{ connection: erp, reason: "newest_wins" }],
    });
    const asked = { kind: "conflict", reason: "first_link_differs", values: { crm: "a", erp: "b" } };
    expect(mergeField(newest, shown, { ...plain, newestToleranceMs: 1_000 })).toEqual(asked);
    for (const policy of ["master", "review", "custom"] as const)
      expect(mergeField({ ...newest, policy }, shown, plain)).toEqual(asked);
  });

  it("a value that only fills blanks is told as that; one that also replaces another is not", () => {
    const policy = fieldPolicy(everywhere);
    const reasonWith = (third: Value) =>
      mergeField(policy, [fresh(crm, "a"), fresh(erp, null), fresh(web, third)], plain);
    expect(reasonWith("")).toMatchObject({ reason: "fills_blank" });
    expect(reasonWith("b")).toMatchObject({ reason: "first_link_master" });
  });
});

describe("edits", () => {
  it("a newcomer's value that an edit replaces is lost to the edit", () => {
    const shown = [side(crm, { view: "edited" }), side(erp), fresh(web, "third")];
    expect(mergeField(fieldPolicy(everywhere), shown, plain)).toMatchObject({
      reason: "only_change",
      discards: [{ connection: web, reason: "master_wins", winner: crm }],
    });
  });

  it("of two that differ a person decides while the master stands still", () => {
    const shown = [side(crm, { view: "a" }), side(erp, { view: "b" }), side(web)];
    expect(mergeField(fieldPolicy({ ...everywhere, master: web }), shown, plain)).toEqual({
      kind: "conflict",
      reason: "master_unchanged",
      values: { crm: "a", erp: "b", web: "old" },
    });
  });

  it("the older loses to the newest, and is told so", () => {
    const shown = [side(crm, { view: "a", stampMs: 1_000 }), side(erp, { view: "b", stampMs: 5_000 })];
    expect(mergeField(fieldPolicy({ ...everywhere, policy: "newest" }), shown, plain)).toMatchObject({
      values: { crm: "b" },
      discards: [{ connection: crm, value: "a", reason: "newest_wins", winner: erp }],
    });
  });

  it("without a stamp no side is the newest, not even against a clock before 1970 (I26)", () => {
    const shown = [side(crm, { view: "a" }), side(erp, { view: "b", stampMs: -50_000 })];
    expect(mergeField(fieldPolicy({ ...everywhere, policy: "newest" }), shown, plain)).toMatchObject({
      reason: "stamps_too_close",
    });
  });

  it("where an edit is put back, a newcomer's value is replaced by the owner's too, and told", () => {
    const shown = [side(crm), side(erp, { view: "foreign" }), fresh(web, "third")];
    expect(mergeField(fieldPolicy({ ...everywhere, writers: [crm, web] }), shown, plain)).toMatchObject({
      values: { erp: "old", web: "old" },
      reason: "put_back",
      discards: [
        { connection: erp, reason: "not_a_writer" },
        { connection: web, value: "third", reason: "master_wins" },
      ],
    });
  });
});

it("a person's word costs nobody anything where nothing stood", () => {
  const shown = [side(crm, { view: null, base: [null] }), side(erp)];
  expect(mergeField(fieldPolicy(), shown, { ...plain, resolution: "c" })).toMatchObject({
    values: { crm: "c", erp: "c" },
    discards: [{ connection: erp, value: "old", reason: "person_decided" }],
  });
});

it("only what a state closes stands where it was made; all else that is lost is replaced by a write", () => {
  for (const reason of discardReasons) expect(isReplaced({ reason })).toBe(reason !== "closed_by_state");
});

it("a failed rule is known by its name", () => {
  expect(String(new RuleFailed("no answer"))).toBe("RuleFailed: no answer");
});

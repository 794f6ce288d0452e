import { describe, expect, it } from "vitest";
import { planDeletion, planReturn } from "./deletion.ts";
import {
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  testLink,
  viewOf,
} from "./testing/fixtures.ts";
import { deletionWords } from "./words.ts";

describe("a deletion, or the return of what was deleted", () => {
  const gone = memberOf(viewOf(crm, { kind: "deleted", fields: { name: "a" }, version: "c4" }), {
    name: "a",
  });
  const there = memberOf(viewOf(erp, { fields: { name: "a" }, version: "e3" }), { name: "a" });
  const policy = entityPolicy([fieldPolicy()], { onDelete: "archive" });
  const input = decideInput(policy, { members: { crm: gone, erp: there } });

  it("is asked about when the record may live on under another id: then it was merged", () => {
    expect(planDeletion(input)).toMatchObject({
      verdict: "writes",
      writes: [{ kind: "archive", target: erp }],
    });
    expect(planDeletion({ ...input, heirs: [crm] })).toMatchObject({
      verdict: "parked",
      writes: [],
      parks: [{ reason: "may_be_merged", connection: crm }],
      tombstone: null,
    });
    // Another side's twin says nothing about this one.
    expect(planDeletion({ ...input, heirs: [erp] }).parks).toEqual([]);
  });

  it("ends as a person says, also against the contract's rule and an edit", () => {
    const edited = { ...there, view: { ...there.view, fields: { name: "b" } } };
    const asked = { ...input, members: { crm: gone, erp: edited } };
    expect(planDeletion(asked).parks).toMatchObject([{ reason: "edited_while_deleted" }]);
    const said = (deletion: "archive" | "keep" | "restore") =>
      planDeletion({ ...asked, words: { deletion } });
    expect(said("archive")).toMatchObject({ writes: [{ kind: "archive" }], tombstone: { connection: crm } });
    expect(said("keep")).toMatchObject({ verdict: "ended", writes: [], tombstone: { connection: crm } });
    expect(said("restore")).toMatchObject({
      writes: [],
      tombstone: null,
      restore: { drop: [crm], back: [erp] },
    });
  });

  it("asks a person no more once one has answered", () => {
    for (const deletion of deletionWords)
      expect(planDeletion({ ...input, heirs: [crm], words: { deletion } }).parks).toEqual([]);
  });

  it("brings nothing back by itself: a person says so, or the rule of that name (I05)", () => {
    const back = memberOf(viewOf(crm, { fields: { name: "a" } }), { name: "a" }, "archived");
    const archived = memberOf(viewOf(erp, { kind: "archived" }), { name: "a" }, "archived");
    const ended = decideInput(policy, {
      link: { id: testLink, generation: 1, state: "ended" },
      members: { crm: back, erp: archived },
      hasTombstone: true,
    });
    const ruled = (onReturn: "restore" | "ignore") =>
      planReturn({ ...ended, policy: { ...policy, onReturn } });
    expect(planReturn(ended)).toMatchObject({
      parks: [{ reason: "returned", connection: crm }],
      restore: null,
    });
    expect(planReturn({ ...ended, words: { deletion: "restore" } }).restore).toEqual({
      drop: [],
      back: [crm],
    });
    expect([ruled("restore").restore, ruled("ignore").restore, ruled("ignore").parks]).toEqual([
      { drop: [], back: [crm] },
      null,
      [],
    ]);
  });

  it("takes no record for returned that was there all the time, when a creation was undone", () => {
    const source = memberOf(viewOf(crm, { fields: { name: "b" } }), { name: "a" });
    const made = (kind: "archived" | "present") =>
      decideInput(policy, {
        link: { id: testLink, generation: 1, state: "ended", isTakenBack: true },
        members: { crm: source, erp: memberOf(viewOf(erp, { kind }), { name: "a" }, "archived") },
        hasTombstone: true,
      });
    expect(planReturn(made("archived"))).toMatchObject({ verdict: "ended", parks: [], restore: null });
    // Somebody brought back what was taken back: that is a question.
    expect(planReturn(made("present")).parks).toMatchObject([{ reason: "returned", connection: erp }]);
  });
});

import { describe, expect, test } from "vitest";
import { connectionId, externalId } from "@crossfoot/kernel";
import { emptyCursor } from "./observations.ts";
import type { StoredObservation } from "./port.ts";
import { heldCursor, siftSightings, sightingName } from "./sightings.ts";
import type { MarkRow } from "./sightings.ts";

const crm = connectionId("crm");

/** A sighting of a list that may lag 5 s behind, read after what is known. */
const listed: StoredObservation = {
  connection: crm,
  entity: "accounts",
  id: externalId("1"),
  kind: "present",
  native: { Name: "old" },
  contentHash: "old",
  version: null,
  versionOrder: null,
  modifiedAt: 1_000,
  actor: null,
  into: null,
  via: "poll",
  readStart: 20,
  readEnd: 21,
  lagMs: 5_000,
};

/** What is known: the answer to our own write, stored so many ms ago. */
const answered = (seen_ms_ago: number): MarkRow => ({
  connection: "crm",
  entity: "accounts",
  external_id: "1",
  link_id: "l-1",
  kind: "present",
  content_hash: "sent",
  into_id: null,
  version: null,
  version_order: null,
  modified_at: 500,
  own_stamp: 1_000,
  made_at: null,
  read_start: 10,
  read_end: 11,
  via: "answer",
  seen_ms_ago,
});

const sift = (seen: StoredObservation, row: MarkRow) =>
  siftSightings([seen], new Map([[sightingName(seen), row]]), new Map());

describe("a list that may lag behind what we wrote", () => {
  test("says nothing while it may, and is to be listed again", () => {
    const { toStore, moved, counts } = sift(listed, answered(4_999));
    expect([toStore, moved, counts]).toEqual([[], [], { added: 0, changed: 0, same: 0, heldAt: 1_000 }]);
  });

  test("is taken once the lag is over", () => {
    expect(sift(listed, answered(5_001)).moved.length).toBe(1);
  });

  test("is taken where a version tells that it is later", () => {
    const row = { ...answered(0), version: "1", version_order: 1 };
    expect(sift({ ...listed, version: "2", versionOrder: 2 }, row).moved.length).toBe(1);
  });

  test("is no list: a reading by id is taken after another one, and after our own write it is not", () => {
    const hinted = { ...listed, via: "hint" as const };
    expect(sift(hinted, { ...answered(0), via: "hint" }).moved.length).toBe(1);
    expect(sift(listed, { ...answered(0), via: "hint" }).moved.length).toBe(0);
    expect(sift(hinted, answered(0)).moved.length).toBe(0);
  });

  test("does not prove that a record is gone", () => {
    const gone = { ...listed, kind: "deleted" as const, via: "sweep" as const };
    expect(sift(gone, answered(0)).toStore).toEqual([]);
  });

  test("is taken when the store's clock was set back: nobody can say how long ago we wrote", () => {
    expect(sift(listed, answered(-3_600_000)).moved.length).toBe(1);
  });

  test("is taken where its stamp is later than that of our write: somebody has edited it since", () => {
    expect(sift({ ...listed, modifiedAt: 1_001 }, answered(0)).moved.length).toBe(1);
    expect(sift(listed, answered(0)).moved.length).toBe(0);
    const restamped = { ...answered(0), modified_at: 2_000 };
    expect(sift({ ...listed, modifiedAt: 1_500 }, restamped).moved.length).toBe(0);
    const untold = { ...answered(0), modified_at: null };
    expect(sift({ ...listed, modifiedAt: 1_500 }, untold).moved.length).toBe(0);
  });

  test("an answer to our own write is always later", () => {
    const { lagMs: _lag, ...answer } = { ...listed, via: "answer" as const };
    expect(sift(answer, answered(0)).moved.length).toBe(1);
  });
});

describe("a sighting under the id of another record", () => {
  const known = { ...answered(60_000), version: "3", version_order: 3, made_at: 100 };
  const later = { ...listed, version: "9", versionOrder: 9, ageMs: 8_000 };
  const lower = { ...listed, version: "1", versionOrder: 1, ageMs: 8_000 };
  const outcomeOf = (seen: StoredObservation, row: MarkRow) => {
    const { toStore, counts } = sift(seen, row);
    return [toStore.length, counts.contradictions?.length ?? 0, counts.heldAt];
  };

  test("is not stored but settled, and is listed again until then", () => {
    expect(outcomeOf({ ...later, madeAt: 200 }, known)).toEqual([0, 1, 1_000]);
    expect(outcomeOf({ ...later, madeAt: 100 }, known)).toEqual([1, 0, null]);
    expect(outcomeOf({ ...later, madeAt: null }, known)).toEqual([1, 0, null]);
  });

  test("of an earlier life says nothing while an older reading may still be on its way", () => {
    expect(outcomeOf({ ...later, madeAt: 50 }, { ...known, seen_ms_ago: 100 })).toEqual([0, 0, null]);
    expect(outcomeOf({ ...later, madeAt: 50 }, known)).toEqual([0, 1, 1_000]);
  });

  test("is suspected by a lower version only once no older reading can be on its way", () => {
    const untold = { ...known, made_at: null };
    expect(outcomeOf(lower, { ...untold, seen_ms_ago: 7_999 })).toEqual([0, 0, null]);
    expect(outcomeOf(lower, untold)).toEqual([0, 1, 1_000]);
    expect(outcomeOf({ ...lower, readStart: 5 }, untold)).toEqual([0, 0, null]);
  });

  test("is suspected where the record was deleted, unless its stamp of creation is the same", () => {
    const gone = { ...known, kind: "deleted" as const, version: null, version_order: null };
    expect(outcomeOf(later, gone)).toEqual([0, 1, 1_000]);
    expect(outcomeOf({ ...later, madeAt: 100 }, gone)).toEqual([1, 0, null]);
  });

  test("in an answer to our own write is told by the commit that settles it", () => {
    const { ageMs: _age, ...answer } = { ...later, madeAt: 200, via: "answer" as const };
    expect(outcomeOf(answer, known)).toEqual([1, 0, null]);
  });
});

test("a cursor does not pass what has to be listed again", () => {
  const cursor = { ...emptyCursor(crm, "accounts"), watermark: 2_000 };
  expect(heldCursor(cursor, 1_000).watermark).toBe(999);
  expect(heldCursor(cursor, 3_000).watermark).toBe(2_000);
  expect(heldCursor(cursor, null).watermark).toBe(2_000);
});

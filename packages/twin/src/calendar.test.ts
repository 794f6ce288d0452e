import { expect, test } from "vitest";
import {
  addDays,
  compactDate,
  fromCompact,
  isoDate,
  parseIsoInstant,
  parsePlainInstant,
  toCompact,
} from "./calendar.ts";

test("only real days are dates", () => {
  expect([
    isoDate("2024-02-29"),
    isoDate("2026-02-29"),
    isoDate("2026-02-31"),
    isoDate("2026-13-01"),
  ]).toEqual(["2024-02-29", null, null, null]);
  expect([compactDate("20260131"), compactDate("2026-01-31"), compactDate("20260431")]).toEqual([
    "20260131",
    null,
    null,
  ]);
});

test("a date goes over and back without a zone, also over the end of a year and a leap day", () => {
  expect(fromCompact(toCompact("2026-01-31"))).toBe("2026-01-31");
  expect([addDays("2026-12-31", 1), addDays("2024-02-28", 1), addDays("9999-12-30", 1)]).toEqual([
    "2027-01-01",
    "2024-02-29",
    "9999-12-31",
  ]);
});

test("an instant needs its zone at the CRM and has none at the ERP", () => {
  expect(parseIsoInstant("2026-03-02T10:00:00+02:00")).toBe("2026-03-02T08:00:00.000Z");
  expect([parseIsoInstant("2026-03-02T10:00:00"), parseIsoInstant("2026-03-02")]).toEqual([null, null]);
  expect(parsePlainInstant("2026-03-02 08:00:00")).toBe("2026-03-02 08:00:00");
  expect([parsePlainInstant("2026-03-02T08:00:00Z"), parsePlainInstant("2026-02-30 08:00:00")]).toEqual([
    null,
    null,
  ]);
});

import { describe, expect, it } from "vitest";
import { granularityOf, isZone, readStamp, writeStamp } from "./stamps.ts";

describe("reading a stamp", () => {
  it.each([
    ["2026-01-31T10:15:30.123456Z", "iso", "2026-01-31T10:15:30.123456Z"],
    ["2026-01-31T10:15:30+02:00", "iso", "2026-01-31T08:15:30.000Z"],
    ["2026-01-31 10:15:30", "YYYY-MM-DD HH:mm:ss", "2026-01-31T10:15:30.000Z"],
    ["2026-01-31", "YYYY-MM-DD", "2026-01-31T00:00:00.000Z"],
    [1795439916, "epoch", "2026-11-23T13:18:36.000Z"],
    ["1795439916", "epoch", "2026-11-23T13:18:36.000Z"],
    [1795439916123, "epochMs", "2026-11-23T13:18:36.123Z"],
  ] as const)("%s as %s is %s", (value, form, iso) => {
    expect(readStamp(value, { form })).toBe(iso);
  });

  it.each([[null], [undefined], [""]])("%s is no stamp", (value) => {
    expect(readStamp(value, { form: "epoch" })).toBeNull();
  });

  it.each([
    ["2026-02-31T10:00:00Z", "iso"],
    ["2026-02-31 10:00:00", "YYYY-MM-DD HH:mm:ss"],
    ["yesterday", "iso"],
    ["12", "iso"],
    [12, "iso"],
    ["soon", "epoch"],
    [true, "epochMs"],
    ["2026-01-31 25:00:00", "YYYY-MM-DD HH:mm:ss"],
    [1e300, "epoch"],
  ] as const)("%s as %s cannot be read", (value, form) => {
    expect(readStamp(value, { form })).toBeUndefined();
  });
});

describe("local time", () => {
  const stamp = { form: "YYYY-MM-DD HH:mm:ss", zone: "Europe/Berlin" } as const;

  it.each([
    ["2026-01-15 12:00:00", "2026-01-15T11:00:00.000Z"],
    ["2026-07-15 12:00:00", "2026-07-15T10:00:00.000Z"],
    // The clock goes back: 02:30 comes twice, the first time is taken, so that nothing is skipped.
    ["2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z"],
    // The clock goes forward: 02:30 never is.
    ["2026-03-29 02:30:00", "2026-03-29T00:30:00.000Z"],
  ])("%s in Berlin is %s", (value, iso) => {
    expect(readStamp(value, stamp)).toBe(iso);
  });

  it("is written in the zone, and read back the same", () => {
    expect(writeStamp("2026-07-15T10:00:00.900Z", stamp)).toBe("2026-07-15 12:00:00");
    expect(readStamp(writeStamp("2026-01-15T23:30:00Z", stamp), stamp)).toBe("2026-01-15T23:30:00.000Z");
  });

  it("knows the zones of the machine", () => {
    expect([isZone("Europe/Berlin"), isZone("Mars/Base")]).toEqual([true, false]);
  });
});

describe("writing a stamp", () => {
  it.each([
    ["iso", "2026-01-31T10:15:30.999Z"],
    ["isoSeconds", "2026-01-31T10:15:30Z"],
    ["YYYY-MM-DD HH:mm:ss", "2026-01-31 10:15:30"],
    ["YYYY-MM-DD", "2026-01-31"],
    ["epoch", "1769854530"],
    ["epochMs", "1769854530999"],
  ] as const)("as %s it is cut down, never up", (form, text) => {
    expect(writeStamp("2026-01-31T10:15:30.999Z", { form })).toBe(text);
  });

  it("has the steps of its form", () => {
    expect([granularityOf("iso"), granularityOf("epoch"), granularityOf("YYYY-MM-DD")]).toEqual([
      1, 1000, 86_400_000,
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { createDaySpan } from "./quota-day.ts";

const at = (text: string): number => Date.parse(text);
const day = (zone: string | null, text: string): readonly [string, string, number] => {
  const { from, until } = createDaySpan()(zone, at(text));
  return [new Date(from).toISOString(), new Date(until).toISOString(), (until - from) / 3_600_000];
};

describe("createDaySpan", () => {
  it("a day starts at midnight of its zone", () => {
    expect(day(null, "2026-07-01T23:59:59.999Z")).toEqual([
      "2026-07-01T00:00:00.000Z",
      "2026-07-02T00:00:00.000Z",
      24,
    ]);
    expect(day("America/Los_Angeles", "2026-07-01T06:59:59Z")[1]).toBe("2026-07-01T07:00:00.000Z");
    expect(day("Asia/Kathmandu", "2026-07-01T18:15:00Z")[0]).toBe("2026-07-01T18:15:00.000Z");
  });

  it("has 23 hours when clocks go forward, 25 when they go back", () => {
    expect(day("Europe/Berlin", "2026-03-29T10:00:00Z")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      23,
    ]);
    expect(day("Europe/Berlin", "2026-10-25T22:30:00Z")).toEqual([
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
      25,
    ]);
    expect(day("America/New_York", "2026-11-01T12:00:00Z")[2]).toBe(25);
  });

  it("starts when it starts where clocks skip midnight, or show it twice", () => {
    // Cairo goes forward at midnight: the day starts at one.
    expect(day("Africa/Cairo", "2026-04-24T12:00:00Z")).toEqual([
      "2026-04-23T22:00:00.000Z",
      "2026-04-24T21:00:00.000Z",
      23,
    ]);
    // Havana goes back at one: midnight to one comes twice, and belongs to one day.
    expect(day("America/Havana", "2026-11-01T05:30:00Z")).toEqual([
      "2026-11-01T04:00:00.000Z",
      "2026-11-02T05:00:00.000Z",
      25,
    ]);
  });

  it("days follow one another without gap through two years of every change", () => {
    for (const zone of [
      "Europe/Berlin",
      "America/Sao_Paulo",
      "Australia/Lord_Howe",
      "Africa/Cairo",
      "Pacific/Apia",
    ]) {
      const span = createDaySpan();
      let { until } = span(zone, at("2025-01-01T00:00:00Z"));
      for (let count = 0; count < 730; count += 1) {
        const next = span(zone, until);
        expect(next.from).toBe(until);
        expect(span(zone, until - 1).until).toBe(until);
        until = next.until;
      }
    }
  });
});

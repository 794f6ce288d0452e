import { describe, expect, it } from "vitest";
import { promiseOf } from "./availability.ts";
import type { OpenMove, Promised } from "./availability.ts";

describe("available to promise", () => {
  const today = "2026-03-10";
  const move = (quantity: string, isOutgoing: boolean, date: string | null): OpenMove => ({
    quantity,
    isOutgoing,
    date,
  });
  const at = (onHand: string, ...moves: readonly OpenMove[]): Promised =>
    promiseOf(onHand, { moves, today, dates: 4 });

  it("never promises what a later delivery needs, nor what has not arrived", () => {
    const moves = [move("80", true, "2026-03-20"), move("50", false, "2026-03-15")];
    expect(at("100", ...moves)).toEqual({
      available: "70",
      later: [
        { date: "2026-03-15", quantity: "70" },
        { date: "2026-03-20", quantity: "70" },
      ],
    });
    const late = [move("80", true, "2026-03-12"), move("50", false, "2026-03-15")];
    expect(at("100", ...late).available).toBe("20");
    expect(at("100", ...late).later).toEqual([
      { date: "2026-03-12", quantity: "20" },
      { date: "2026-03-15", quantity: "70" },
    ]);
  });

  it("counts a late or undated delivery at once, and a late or undated receipt not at all", () => {
    const moves = [
      move("30", true, "2026-01-01"),
      move("20", true, null),
      move("99", false, "2026-01-01"),
      move("99", false, null),
    ];
    expect(at("100", ...moves)).toEqual({ available: "50", later: [] });
  });

  it("can be negative, and shows as many dates as asked for", () => {
    const days = ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15"];
    const { available, later } = at("2", ...days.map((date) => move("1", true, date)));
    expect(available).toBe("-3");
    expect(later.length).toBe(4);
  });
});

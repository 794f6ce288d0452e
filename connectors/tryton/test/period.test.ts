import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { fakeTryton } from "./fake-tryton.ts";

const dateOf = (day: string): object => {
  const [year, month, date] = day.split("-").map(Number);
  return Object.fromEntries<unknown>([
    ["__class__", "date"],
    ["year", year],
    ["month", month],
    ["day", date],
  ]);
};
const months = ["2025-11-30", "2025-12-31", "2026-01-31"];

/** What is told of three months with these states, which come in another order than theirs. */
async function told(states: readonly string[]): Promise<unknown> {
  const periods = states.map((state, at) => {
    const end = months[at] ?? "";
    return { id: at, start_date: dateOf(`${end.slice(0, 7)}-01`), end_date: dateOf(end), state };
  });
  const session = fakeTryton(({ method }) =>
    method === "model.account.period.search_read" ? { result: periods.toReversed() } : undefined,
  );
  return openTryton(session).closedPeriods?.();
}

describe("closed periods", () => {
  it("end with the last one before an open one", async () => {
    expect(await told(["locked", "close", "open"])).toEqual({ company: "Us", through: "2025-12-31" });
    expect(await told(["close", "open", "close"])).toEqual({ company: "Us", through: "2025-11-30" });
    expect(await told(["close", "close", "close"])).toEqual({ company: "Us", through: "2026-01-31" });
  });

  it("are none while the first is open, or where there is none", async () => {
    expect(await told(["open", "close", "close"])).toEqual({ company: "Us", through: null });
    expect(await told([])).toEqual({ company: "Us", through: null });
  });
});

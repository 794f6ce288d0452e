import { describe, expect, it } from "vitest";
import { answeredAt, toldByStatus, waitMsOf } from "./limits.ts";

const now = Date.parse("2026-03-02T09:00:00Z");
const date = "Mon, 02 Mar 2026 08:00:00 GMT";

describe("waitMsOf", () => {
  it.each([
    ["7", 7_000],
    ["0.5", 500],
    [" 2 ", 2_000],
    ["Mon, 02 Mar 2026 09:00:10 GMT", 10_000],
    ["Mon, 02 Mar 2026 08:59:50 GMT", -10_000],
    ["soon", null],
    ["", null],
  ])("Retry-After %j is %s ms", (text, ms) => {
    expect(waitMsOf({ "retry-after": text }, now)).toBe(ms);
  });

  it("a date is held against the answer's own, not against our clock", () => {
    expect(waitMsOf({ "retry-after": "Mon, 02 Mar 2026 08:00:30 GMT", date }, now)).toBe(30_000);
    expect(waitMsOf({}, now)).toBe(null);
    expect([answeredAt({ date }, now), answeredAt({ date: "?" }, now)]).toEqual([now - 3_600_000, now]);
  });
});

describe("toldByStatus", () => {
  it("429 means too fast, and so does 503 when it says until when", () => {
    const told = (status: number, headers = {}): boolean =>
      toldByStatus({ status, headers, body: "" }, now).isThrottled;
    expect([told(429), told(503, { "retry-after": "3" }), told(503), told(200)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

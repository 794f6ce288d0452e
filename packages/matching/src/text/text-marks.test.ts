import { expect, it } from "vitest";
import { TextMarks } from "./text-marks.ts";

const count = 200_000;

it.each([
  ["numbers", (at: number) => `${at}`],
  ["numbers behind one beginning", (at: number) => `ACC-2026-${at}`],
  ["numbers before one end", (at: number) => `${at}@example.org`],
  [
    "texts that differ in one place",
    (at: number) => `${"0".repeat(at % 500)}1${"0".repeat(499 - (at % 500))}${at}`,
  ],
  ["other scripts", (at: number) => `会社${String.fromCodePoint(0x4e00 + (at % 20_000))}${at}`],
])("of %s each is new once, and none is taken for another", (_, text) => {
  const marks = new TextMarks();
  for (let at = 0; at < count; at++) if (!marks.add(text(at))) expect.fail(`${text(at)} was there`);
  for (let at = 0; at < count; at++) if (!marks.has(text(at))) expect.fail(`${text(at)} was lost`);
  for (let at = count; at < 2 * count; at++)
    if (marks.has(text(at))) expect.fail(`${text(at)} came of nothing`);
  expect(marks.add(text(7))).toBe(false);
  expect(marks.count).toBe(count);
  expect(marks.bytes).toBeLessThan(16 * count);
});

it("the empty text is a text", () => {
  const marks = new TextMarks();
  expect(marks.has("")).toBe(false);
  expect([marks.add(""), marks.add(""), marks.has(""), marks.count]).toEqual([true, false, true, 1]);
});

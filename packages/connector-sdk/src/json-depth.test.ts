import { expect, it } from "vitest";
import { isTooDeep, jsonDepthMax } from "./json-depth.ts";

const nested = (levels: number, [open, close]: readonly [string, string]): string =>
  open.repeat(levels) + close.repeat(levels);

it.each([
  ["[", "]"],
  ['{"a":', "}"],
] as const)("%s up to the limit is taken, beyond it is not, and no stack is used up", (...form) => {
  expect(isTooDeep(nested(jsonDepthMax, form))).toBe(false);
  expect(isTooDeep(nested(jsonDepthMax + 1, form))).toBe(true);
  expect(isTooDeep(nested(1_000_000, form))).toBe(true);
});

it("brackets in texts, side by side, or in no JSON at all do not count", () => {
  expect(isTooDeep(JSON.stringify(["[".repeat(500), '"\\"{'.repeat(500)]))).toBe(false);
  expect(isTooDeep(`[${"[],".repeat(5_000)}0]`)).toBe(false);
  expect(isTooDeep(`"${"[".repeat(500)}`)).toBe(false);
  expect(isTooDeep("")).toBe(false);
});

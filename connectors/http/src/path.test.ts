import { describe, expect, it } from "vitest";
import { at, holds } from "./path.ts";

describe("a path", () => {
  const answer = { a: { b: [{ c: 1 }, { c: null }] }, "@odata.next": "x", "a.b": { c: 2 }, list: ["p", "q"] };

  it.each([
    ["$", answer],
    ["a", { b: [{ c: 1 }, { c: null }] }],
    ["list.1", "q"],
    ["list.9", undefined],
    ["list.x", undefined],
    ["@odata.next", "x"],
    ["a.zz", undefined],
    ["constructor", undefined],
    ["list.length", undefined],
    ["list.1.x", undefined],
  ])("%s leads to what stands there, or to nothing", (path, value) => {
    expect(at(answer, path)).toEqual(value);
  });

  it("takes the longest key that fits", () => {
    expect(at(answer, "a.b.c")).toBe(2);
    expect(at({ a: { b: { c: 3 } } }, "a.b.c")).toBe(3);
  });

  it("tells null from nothing", () => {
    expect(at({ a: null }, "a")).toBeNull();
    expect(at({ a: null }, "a.b")).toBeUndefined();
    expect(at(undefined, "a")).toBeUndefined();
  });
});

describe("a condition", () => {
  const seen = { body: { ok: true, n: 0, s: "", z: null }, headers: { "x-why": "closed for lunch" } };

  it.each([
    [{ path: "ok", in: [true] }, true],
    [{ path: "ok", in: ["true"] }, false],
    [{ path: "n", exists: true }, true],
    [{ path: "s", exists: true }, true],
    [{ path: "z", exists: true }, false],
    [{ path: "gone", exists: false }, true],
    [{ path: "z", in: [null] }, true],
    [{ header: "X-Why", startsWith: "closed" }, true],
    [{ header: "x-other", exists: false }, true],
    [{ header: "x-why", in: ["closed"] }, false],
    [{ path: "n", startsWith: "1" }, false],
    [{ path: "ok", in: [true], exists: false }, false],
  ])("%j is %s", (condition, result) => {
    expect(holds(condition, seen)).toBe(result);
  });
});

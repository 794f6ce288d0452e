import { describe, expect, test } from "vitest";
import type { Json } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import type { Loss } from "../system/profile.ts";
import { isOneValue } from "./changes.ts";

/** What each side keeps of a name; the rest of a run is not looked at. */
const sightOf = (crm: Loss, erp: Loss): Sight => {
  const lossy = (loss: Loss): object => ({ profile: { lossy: { accounts: { name: loss } } } });
  return { systems: { crm: lossy(crm), erp: lossy(erp) } } as unknown as Sight;
};

describe("a value that each side keeps in its own form", () => {
  const sight = sightOf({ kind: "cut", length: 4 }, { kind: "trim" });
  const at = { commit: { entity: "accounts" } as unknown as Commit, field: "name" };
  const isOne = (one: Json, other: Json): boolean => isOneValue(sight, at, [one, other]);

  test("is one through the form of either side, and through both, in whichever order", () => {
    expect(isOne("abc def", "abc ")).toBe(true);
    expect(isOne(" abc", "abc")).toBe(true);
    // Trimmed, then cut; cut, then trimmed.
    expect(isOne(" abc def ", "abc ")).toBe(true);
    expect(isOne("abc def", "abc")).toBe(true);
  });

  test("is another where no side makes the one of the other", () => {
    expect(isOne("abc def", "abd")).toBe(false);
    expect(isOne("abc", null)).toBe(false);
  });
});

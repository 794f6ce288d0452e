import { expect, test } from "vitest";
import { SealedElsewhere } from "../../store/sealed/vault.ts";
import { problemOf } from "./problem.ts";

test("values that are sealed under a key that is not here are told as a store that is away", () => {
  const problem = problemOf(new SealedElsewhere("sealed under k-1"));
  expect(problem.code).toBe("store_away");
  expect(problem.message).not.toContain("k-1");
});

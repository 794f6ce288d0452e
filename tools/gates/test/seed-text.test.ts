import { expect, it } from "vitest";
import { seedFrom } from "../src/seed-text.ts";

it("a seed is a whole number of 32 bits, and 1 where none is written", () => {
  expect([undefined, "0", "-7", "2147483647"].map(seedFrom)).toEqual([1, 0, -7, 2_147_483_647]);
});

it.each(["", " ", "abc", "1.5", "1e3", "0x10", "2147483648", "NaN"])("%j is refused by its name", (text) => {
  expect(() => seedFrom(text)).toThrow(
    `CROSSFOOT_PROPERTY_SEED is ${JSON.stringify(text)}, but has to be a 32-bit integer`,
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { editsBetween, jaroWinkler } from "./closeness.ts";
import { fold, wordsOf } from "./fold.ts";
import { Frequencies } from "./frequency.ts";
import { overlapOf } from "./word-overlap.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "1", "2"), maxLength: 9 });
const words = fc.array(
  word.filter((each) => each !== ""),
  { maxLength: 6 },
);

it("closeness of words is symmetric, between 0 and 1, and 1 for equal words", () => {
  fc.assert(
    fc.property(word, word, (left, right) => {
      const close = jaroWinkler(left, right);
      expect(close).toBe(jaroWinkler(right, left));
      expect(close).toBeGreaterThanOrEqual(0);
      expect(close).toBeLessThanOrEqual(1);
      if (left !== "") expect(jaroWinkler(left, left)).toBe(1);
    }),
  );
});

it("edits are symmetric and count from nothing", () => {
  fc.assert(
    fc.property(word, word, (left, right) => {
      expect(editsBetween(left, right, 3)).toBe(editsBetween(right, left, 3));
      expect(editsBetween(left, left, 3)).toBe(0);
    }),
  );
});

it("overlap of word lists is symmetric, between 0 and 1, and 0 beside nothing", () => {
  fc.assert(
    fc.property(words, words, (left, right) => {
      const worth = new Frequencies();
      worth.add(left);
      worth.add(right);
      const forth = overlapOf(left, right, worth);
      const back = overlapOf(right, left, worth);
      expect(forth.cosine).toBeCloseTo(back.cosine, 9);
      expect(forth.contained).toBeCloseTo(back.contained, 9);
      expect(forth.cosine).toBeLessThanOrEqual(1);
      expect(overlapOf(left, [], worth).cosine).toBe(0);
    }),
  );
});

it("folded text is plain and stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const folded = fold(text);
      expect(folded).toMatch(/^(?:[a-z0-9]+(?: [a-z0-9]+)*)?$/);
      expect(fold(folded)).toBe(folded);
      expect(wordsOf(folded).every((each) => each !== "")).toBe(true);
    }),
  );
});

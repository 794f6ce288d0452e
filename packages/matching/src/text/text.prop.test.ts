import fc from "fast-check";
import { expect, it } from "vitest";
import { editsBetween, jaroWinkler } from "./closeness.ts";
import { fold, wordsOf } from "./fold.ts";
import { Frequencies } from "./frequency.ts";
import { TextPool } from "./text-pool.ts";
import { WordFacts } from "./word-facts.ts";
import { WordOverlap } from "./word-overlap.ts";

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
      const pool = new TextPool();
      const [mine, theirs] = [left, right].map((each) => each.map((text) => pool.idOf(text))) as [
        number[],
        number[],
      ];
      const overlap = new WordOverlap(new WordFacts(pool));
      const worthOf = (word: number): number => worth.worthOf(pool.textOf(word));
      const forth = overlap.of(mine, theirs, worthOf);
      const back = overlap.of(theirs, mine, worthOf);
      expect(forth.cosine).toBeCloseTo(back.cosine, 9);
      expect(forth.contained).toBeCloseTo(back.contained, 9);
      expect(forth.cosine).toBeLessThanOrEqual(1);
      expect(overlap.of(mine, [], worthOf).cosine).toBe(0);
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

it("a pool gives equal texts one number, other texts others, and every text back", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 150 }), (texts) => {
      const pool = new TextPool();
      const ids = texts.map((text) => pool.idOf(text));
      expect(pool.count).toBe(new Set(texts).size);
      for (const [at, text] of texts.entries()) {
        expect(pool.textOf(ids[at] ?? -1)).toBe(text);
        expect(pool.idOf(text)).toBe(ids[at]);
      }
    }),
  );
});

it("facts of two words never deny a closeness or few edits that they have", () => {
  fc.assert(
    fc.property(word, word, (left, right) => {
      fc.pre(left !== "" && right !== "");
      const pool = new TextPool();
      const [mine, theirs] = [pool.idOf(left), pool.idOf(right)];
      const facts = new WordFacts(pool);
      const close = jaroWinkler(left, right);
      if (close > 0) expect(facts.mayBeClose(mine, theirs, close)).toBe(true);
      for (const edits of [1, 2])
        if (editsBetween(left, right, edits) <= edits)
          expect(facts.mayBeEdits(mine, theirs, edits)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

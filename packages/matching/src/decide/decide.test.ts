import { expect, it } from "vitest";
import type { Candidates } from "../block/candidates.ts";
import { assignOneToOne } from "./assign.ts";
import { clusterGuarded } from "./cluster.ts";
import { competingProbabilities } from "./compete.ts";

function candidatesOf(pairs: readonly (readonly [number, number])[]): Candidates {
  return {
    left: Int32Array.from(pairs, ([left]) => left),
    right: Int32Array.from(pairs, ([, right]) => right),
    likeness: new Float32Array(pairs.length),
  };
}

it("a chain of five thousand likely pairs does not become one lump", () => {
  const count = 5_000;
  const chain = candidatesOf(Array.from({ length: count - 1 }, (_, at) => [at, at + 1] as const));
  const clusters = clusterGuarded({ candidates: chain, logOdds: new Float64Array(count - 1).fill(3), count });
  expect(Math.max(...clusters.map((each) => each.length))).toBeLessThanOrEqual(3);
});

it("records that all resemble each other become one cluster", () => {
  const pairs: (readonly [number, number])[] = [];
  for (let one = 0; one < 6; one++) for (let other = one + 1; other < 6; other++) pairs.push([one, other]);
  const clusters = clusterGuarded({
    candidates: candidatesOf(pairs),
    logOdds: new Float64Array(pairs.length).fill(2),
    count: 8,
  });
  expect(clusters).toEqual([[0, 1, 2, 3, 4, 5]]);
});

it("one missing likeness among strong ones does not part a cluster, a contradiction does", () => {
  const pairs = candidatesOf([
    [0, 1],
    [1, 2],
    [0, 2],
  ]);
  expect(clusterGuarded({ candidates: pairs, logOdds: Float64Array.of(6, 6, -2), count: 3 })).toEqual([
    [0, 1, 2],
  ]);
  expect(clusterGuarded({ candidates: pairs, logOdds: Float64Array.of(6, 2, -7), count: 3 })).toEqual([
    [0, 1],
  ]);
});

it("each record gets one partner, the surest first", () => {
  const pairs = candidatesOf([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(assignOneToOne(pairs, Float64Array.of(3, 5, 4, 1))).toEqual([1, 2]);
});

it("two equally good partners leave the choice to a person", () => {
  const pairs = candidatesOf([
    [0, 0],
    [0, 1],
  ]);
  const probability = competingProbabilities(pairs, Float64Array.of(8, 8));
  expect(probability[0]).toBeCloseTo(0.5, 2);
});

it("a rival that is surely another's does not count", () => {
  const pairs = candidatesOf([
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  const probability = competingProbabilities(pairs, Float64Array.of(4, 4, 14));
  expect(probability[0]).toBeGreaterThan(0.95);
  expect(probability[2]).toBeGreaterThan(0.95);
});

it("the probabilities of a path are those of counting every matching", () => {
  const pairs = candidatesOf([
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
  ]);
  const odds = [2, 5, 0.5, 3];
  const probability = competingProbabilities(pairs, Float64Array.from(odds, Math.log));
  // Matchings of the path: none, each alone, and the three pairs of edges that share no record.
  const [a = 0, b = 0, c = 0, d = 0] = odds;
  const all = 1 + a + b + c + d + a * c + a * d + b * d;
  expect(probability[0]).toBeCloseTo((a + a * c + a * d) / all, 3);
  expect(probability[1]).toBeCloseTo((b + b * d) / all, 3);
  expect(probability[3]).toBeCloseTo((d + a * d + b * d) / all, 3);
});

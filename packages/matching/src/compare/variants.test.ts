import { expect, it } from "vitest";
import { areOfOneSeries, areVariants } from "./variants.ts";

const areOther = (left: string, right: string): boolean => {
  expect(areVariants(right.split(" "), left.split(" "))).toBe(areVariants(left.split(" "), right.split(" ")));
  return areVariants(left.split(" "), right.split(" "));
};

it.each([
  ["sandisk 4gb memory card", "sandisk 8gb memory card"],
  ["sandisk 8gb memory card", "sandisk 16gb memory card"],
  ["canon vixia camcorder hf10", "canon vixia camcorder hf100"],
  ["sony tripod vct80av", "sony tripod vct85av"],
  ["pharmacy no 3 leeds", "pharmacy no 5 leeds"],
  ["office 2003 home", "office 2007 home"],
  ["validity methods part i", "validity methods part ii"],
  ["wall mount black", "wall mount white"],
  ["wandhalter schwarz", "wall mount white"],
  ["cuisinart coffeemaker dcc2000", "dcc 2020 coffee maker cuisinart"],
])("%j and %j are two of one series", (left, right) => {
  expect(areOther(left, right)).toBe(true);
});

it.each([
  ["wall mount black", "wandhalter schwarz"],
  ["canon pixma mx700c printer", "canon pixma mx700 printer"],
  ["yamaha receiver rxv663bk", "yamaha rx v663 receiver rxv663bl"],
  ["sony bdp s350 player", "sony player bdps350"],
  ["sony 7 1 channel bdps350 player", "sony player bdps350 5 1 channel"],
  ["charcoal grill 22 1 2 performer", "performer charcoal grill 22 5"],
  ["hoover vacuum u5140", "hoover company u5140900"],
  ["sony server in black hesv1000", "sony hesv1000 blu ray player"],
  ["acorn foods", "acorn foods"],
])("%j and %j may be one", (left, right) => {
  expect(areOther(left, right)).toBe(false);
});

it("a number is in no series with itself", () => {
  expect(areOfOneSeries("hf100", "hf100")).toBe(false);
});

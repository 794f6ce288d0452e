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
  ["danby twin tub washer dtt420wh", "twin tub dtt426 washer"],
  ["yamaha theater yht390bk", "yamaha yht 890bl theater"],
  ["garmin ga 25mcx antenna 0101070200", "garmin ga 25mcx antenna 010 70702 00"],
  ["reader mrw62e s1 181 mrw62es1181", "reader mrw62e s1 781"],
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
  ["danby washer dtt420wh", "danby washer dtt420"],
  ["antenna 0101070200 ga 25mcx", "antenna ga 25mcx 010 10702 00"],
  ["lg dishwasher ldf6920bb in black", "lg dishwasher ldf6920bb 30"],
])("%j and %j may be one", (left, right) => {
  expect(areOther(left, right)).toBe(false);
});

it("a number is in no series with itself", () => {
  expect(areOfOneSeries("hf100", "hf100")).toBe(false);
});

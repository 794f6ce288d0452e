import { expect, it } from "vitest";
import { conversionFaults, conversionText, runConversions } from "./convert.ts";

it(
  "won quotes become one order each, asked for twice at once, with lost answers and kills between",
  { timeout: 300_000 },
  async () => {
    const done = await runConversions({ quotes: 12, loseEvery: 3, killEvery: 4 });
    console.log(conversionText(done));
    expect(conversionFaults(done)).toEqual([]);
    expect([done.kills, done.answersLost > 3]).toEqual([3, true]);
  },
);

it("the judge names what is wrong", () => {
  const well = {
    quotes: 1,
    kills: 0,
    answersLost: 0,
    answers: {},
    unanswered: [],
    wrong: [],
    apart: [],
    orderMs: [1],
  };
  expect(conversionFaults(well)).toEqual([]);
  expect(conversionFaults({ ...well, kills: 1, answers: { cut: 1 } })).toEqual([]);
  for (const change of [
    { unanswered: ["q"] },
    { wrong: ["q: 1 2"] },
    { apart: ["q: 0"] },
    { orderMs: [] },
    { kills: 1, answers: { away: 1 } },
  ])
    expect(conversionFaults({ ...well, ...change })).not.toEqual([]);
});

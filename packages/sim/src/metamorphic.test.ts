import { expect, test } from "vitest";
import type { RunResult } from "./run.ts";
import { runScenario } from "./run.ts";
import { endOf, orderlyScenario, ourCommits, restMs } from "./orderly.ts";
import type { Scenario } from "./scenario.ts";
import type { Profile } from "./system/profile.ts";

/** Seeds with accounts alone, with contacts and products, and with documents. */
const seeds = [12, 22, 16] as const;

async function run(scenario: Scenario): Promise<RunResult> {
  const result = await runScenario(scenario);
  expect([result.verdict, result.violations, result.reason]).toEqual(["pass", [], null]);
  return result;
}

const bothProfiles = (scenario: Scenario, change: Partial<Profile>): Scenario => ({
  ...scenario,
  profiles: { crm: { ...scenario.profiles.crm, ...change }, erp: { ...scenario.profiles.erp, ...change } },
});

/** Both ways end alike, by as many writes. */
async function endAlike(one: Scenario, other: Scenario): Promise<void> {
  const [first, second] = [await run(one), await run(other)];
  expect(endOf(second)).toEqual(endOf(first));
  expect(ourCommits(second)).toEqual(ourCommits(first));
  expect(ourCommits(first).length).toBeGreaterThan(0);
}

test.each(seeds)("polling alone ends as polling with webhooks does (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  await endAlike(scenario, bothProfiles(scenario, { hooks: true }));
});

test.each(seeds)("pages of one record end as pages of five hundred do (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  const pages = (size: number): Scenario => bothProfiles(scenario, { pageMax: size, readBatchMax: size });
  await endAlike(pages(1), pages(500));
});

test.each([22])("idle cycles in between change nothing (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  const actions = scenario.actions.map((action) => ({ ...action, at: action.at * 2 }));
  await endAlike(scenario, { ...scenario, actions, endsAt: scenario.endsAt * 2 });
});

test.each(seeds)("four workers end as one does (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  const workers = [1, 2, 3, 4].map((nr) => ({ name: `w${nr}`, startAt: nr * 3_000, clockOffsetMs: 0 }));
  await endAlike(scenario, { ...scenario, workers });
});

test.each(seeds)("a worker that dies again and again ends as one that lives (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  const faults = scenario.actions.map(({ at }, nr) => ({
    id: `X7-${nr + 1}`,
    name: "X7",
    trigger: { on: "time", at: at + 100 } as const,
    params: { worker: "w1", lives: [10 + 7 * nr, 25 + 5 * nr] },
  }));
  const [calm, shaken] = [await run(scenario), await run({ ...scenario, faults })];
  expect(endOf(shaken)).toEqual(endOf(calm));
  expect(shaken.coverage.hits["X7"]).toBe(scenario.actions.length);
});

test.each(seeds)("plan and apply write what runs write, in as many commits (seed %i)", async (seed) => {
  const scenario = orderlyScenario(seed);
  const workers = [{ name: "w1", startAt: scenario.endsAt, clockOffsetMs: 0 }];
  type Order = Scenario["commands"][number]["order"];
  const each = (orders: (name: string) => readonly Order[]): Scenario => ({
    ...scenario,
    workers,
    commands: scenario.actions.flatMap(({ at }, nr) =>
      // Twice: what comes back from the other system is no part of a plan.
      [0, 1].flatMap((round) =>
        orders(`plan-${nr}-${round}`).map((order, step) => ({
          id: `c${nr}-${round}-${step}`,
          at: at + (1 + 2 * round + step) * (restMs / 6),
          order,
        })),
      ),
    ),
  });
  const planned = await run(
    each((name) => [
      { kind: "plan", name },
      { kind: "apply", name, onDrift: "stop" },
    ]),
  );
  const direct = await run(each(() => [{ kind: "run", sweep: true }]));
  expect(endOf(planned)).toEqual(endOf(direct));
  expect(ourCommits(planned, scenario.endsAt)).toEqual(ourCommits(direct, scenario.endsAt));
  expect(ourCommits(planned, scenario.endsAt).length).toBeGreaterThan(0);
});

test("both systems change places under a mirrored contract, and end mirrored", async () => {
  const scenario = { ...orderlyScenario(12), entities: ["accounts"] as const };
  const own = scenario.actions.filter(({ entity }) => entity === "accounts");
  const other = { crm: "erp", erp: "crm" } as const;
  const sent = { master: "crm", direction: "crm-to-erp" };
  const mirrored: Scenario = {
    ...scenario,
    actions: own.map((action) => ({ ...action, system: other[action.system] })),
    profiles: {
      crm: { ...scenario.profiles.erp, role: "crm" },
      erp: { ...scenario.profiles.crm, role: "erp" },
    },
    contract: { entities: { accounts: { master: "erp", fields: { number: sent, creditLimit: sent } } } },
  };
  const [first, second] = [await run({ ...scenario, actions: own }), await run(mirrored)];
  const turned = endOf(second).map((line) => (line.startsWith("crm") ? "erp" : "crm") + line.slice(3));
  expect(turned.toSorted()).toEqual(endOf(first));
  expect(ourCommits(second).length).toBe(ourCommits(first).length);
});

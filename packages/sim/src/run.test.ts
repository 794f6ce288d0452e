import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import { expect, test } from "vitest";
import type { World } from "crossfoot/testing";
import type { MakeChecker, Violation } from "./checker.ts";
import { explain } from "./explain.ts";
import type { Regression } from "./regression.ts";
import { runScenario } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import { reportOf } from "./seed-run.ts";

/** A build whose connections are changed by `change`. */
const withConnections =
  (change: (connection: Connection) => Connection) =>
  (world: World): World => ({
    ...world,
    sides: world.sides.map((side) => ({ ...side, open: async (terms) => change(await side.open(terms)) })),
  });

/** A build that sends every write a second time when its outcome is not known. */
const repeatsBlindly = withConnections((connection) => ({
  ...connection,
  write: async (writes) => {
    const outcomes = await connection.write(writes);
    const isDoubtful = outcomes.some((one) => one.kind === "failed" && one.failure.failure === "in_doubt");
    return isDoubtful ? connection.write(writes) : outcomes;
  },
}));

/** A build whose writes all end in doubt and whose probes never answer. */
const neverKnows = withConnections((connection) => ({
  ...connection,
  write: (writes) => {
    const failure = { failure: "in_doubt", code: "planted", message: "planted" } as const;
    const rest = { status: null, retryAt: null, requestId: null, field: null };
    return Promise.resolve(writes.map(() => ({ kind: "failed", failure: { ...failure, ...rest } })));
  },
  probe: () =>
    Promise.reject(new ConnectorError({ failure: "transient", code: "planted", message: "planted" })),
}));

const seedsMax = 200;

async function firstViolation(sabotage: (world: World) => World, faults: readonly string[]) {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const scenario = drawScenario(seed, { store: "memory", faults });
    // One entity is enough, and cheap.
    if (scenario.entities.length > 1) continue;
    const result = await runScenario(scenario, { sabotage });
    if (result.violations.length > 0) return result;
  }
  throw new Error(`not found in ${seedsMax} seeds`);
}

// The shrinker runs a hundred scenarios, on a machine that others may use too.
test("a planted defect is found, made short, shown and saved", { timeout: 120_000 }, async () => {
  const result = await firstViolation(repeatsBlindly, ["N3"]);
  expect(result.verdict).toBe("fail");
  const lines: string[] = [];
  const saved: Regression[] = [];
  await explain(
    { faults: ["N3"], commit: "planted", say: (line) => void lines.push(line) },
    reportOf(result),
    {
      run: (scenario) => runScenario(scenario, { sabotage: repeatsBlindly }),
      attemptsMax: 60,
      save: (regression) => `saved ${saved.push(regression)}`,
    },
  );
  const [regression] = saved;
  expect(regression?.invariant).toBe(result.violations[0]?.invariant);
  expect(regression?.scenario.actions.length).toBeLessThanOrEqual(3);
  expect(regression?.scenario.faults.length).toBe(1);
  expect(lines.some((line) => line.includes("*** fault"))).toBe(true);
});

test("a healed run that does not come to rest fails", async () => {
  const { verdict, violations } = await firstViolation(neverKnows, []);
  expect([verdict, violations.map(({ invariant }) => invariant)]).toEqual(["fail", ["I06"]]);
});

test("a checker that breaks down makes the run unknown, and the runtime does not hear of it", async () => {
  const broken: MakeChecker = () => ({
    invariant: "I99",
    looked: () => 1,
    see: (entry) => {
      if (entry.kind === "commit") throw new Error("the checker broke");
      return [];
    },
  });
  const { verdict, reason, violations } = await runScenario(drawScenario(2), { checkers: [broken] });
  expect([verdict, violations]).toEqual(["unknown", []]);
  expect(reason).toContain("the checker broke");
});

test("every violation of a run is told, not only the first", async () => {
  const counting: MakeChecker = () => ({
    invariant: "I99",
    looked: () => 1,
    see: ({ kind, at }): readonly Violation[] =>
      kind === "phase" ? [{ invariant: "I99", message: "a phase", at, about: null }] : [],
  });
  const { violations } = await runScenario(drawScenario(2), { checkers: [counting, counting] });
  expect(violations.length).toBe(10);
});

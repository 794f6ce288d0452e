import { afterEach, expect, test } from "vitest";
import { audit } from "./kill-audit.ts";
import { foreignCall, openQuotaStage } from "./quota-stage.ts";
import type { QuotaStage } from "./quota-stage.ts";

/**
 * A first load between two systems that count calls in windows of their own, in real time: the engine knows
 * nothing of their windows but what its configuration and their answers say.
 */

let stage: QuotaStage | null = null;

afterEach(async () => {
  await stage?.close();
  stage = null;
});

/** Runs until nothing is left to do; a run that met a limit leaves the rest to the next. */
async function loadAll(at: QuotaStage, limits: string): Promise<number> {
  const engine = await at.open(limits);
  for (let runs = 1; runs <= 8; runs += 1) {
    const { entities, troubles } = await engine.run({ waitMsMax: 20_000 });
    const wrote = entities.some(({ settled }) =>
      Object.values(settled).some((kinds) => Object.values(kinds).some((count) => count > 0)),
    );
    if (!wrote && troubles.length === 0) return runs;
  }
  throw new Error("the load did not come to an end");
}

function expectWhole(at: QuotaStage): void {
  const { lost, doubled, wrong, wanted } = audit(at);
  expect({ lost, doubled, wrong }).toEqual({ lost: [], doubled: [], wrong: [] });
  expect(wanted).toBeGreaterThan(40);
}

test("with the limits declared right a first load is refused nothing", async () => {
  stage = await openQuotaStage({ quota: { requests: 30, windowMs: 1_000 }, limits: "" });
  await loadAll(stage, "requests: 30, window: 1s");
  expectWhole(stage);
  expect(stage.answers.get(429) ?? 0).toBe(0);
  expect(stage.answers.get(200) ?? 0).toBeGreaterThan(60);
});

test("with no limit declared refusals are learned from, and nothing is doubled or lost", async () => {
  stage = await openQuotaStage({ quota: { requests: 20, windowMs: 1_000 }, limits: "" });
  await loadAll(stage, "");
  expectWhole(stage);
  const refused = stage.answers.get(429) ?? 0;
  const made = [...stage.answers.values()].reduce((sum, count) => sum + count, 0);
  expect(refused / made).toBeLessThan(0.2);
});

test("while another program eats the budget, what is left is what the system says (Q2)", async () => {
  stage = await openQuotaStage({
    quota: { requests: 40, windowMs: 1_000 },
    limits: "",
    afterErp: async (erp, calls) => {
      if (calls % 2 === 0) await foreignCall(erp);
    },
  });
  await loadAll(stage, "requests: 40, window: 1s");
  expectWhole(stage);
  expect(stage.answers.get(429) ?? 0).toBeLessThanOrEqual(2);
});

test("a day that is used up ends the run with what is left postponed; another day it goes on", async () => {
  stage = await openQuotaStage({ quota: null, limits: "" });
  const engine = await stage.open("daily: 40, zone: Europe/Berlin");
  const cut = await engine.run();
  expect(cut.state).toBe("differences");
  const codes = new Set(cut.troubles.map(({ failure }) => failure.code));
  expect(codes).toEqual(new Set(["quota_used_up"]));
  for (const { failure } of cut.troubles) {
    expect(failure.message).toMatch(/postponed until \d{4}-\d\d-\d\dT/);
    expect(failure.retryAt).toBeGreaterThan(Date.now());
  }
  // What polls are sure of was kept for them: the next run asks what it may, and is told the same.
  const again = await engine.run();
  expect(again.state).toBe("differences");
  for (const side of ["crm", "erp"])
    expect((cut.calls[side] ?? 0) + (again.calls[side] ?? 0)).toBeLessThanOrEqual(38);
  // As on another day.
  await loadAll(stage, "daily: 100000, zone: Europe/Berlin");
  expectWhole(stage);
});

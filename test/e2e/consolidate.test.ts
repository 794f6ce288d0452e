import { seedDemo } from "@crossfoot/twin";
import { connectors, loadProject, openEngine } from "crossfoot/testing";
import type { Engine } from "crossfoot/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consolidateAndBack } from "../live/scenarios/consolidate.ts";
import { consolidateDeleteAndBack } from "../live/scenarios/consolidate-remake.ts";
import { openStage } from "./kill-stage.ts";
import type { Stage } from "./kill-stage.ts";

const size = { seed: 12, accounts: 10, products: 4, history: 2, quotes: 0, calm: true };
let stage: Stage;
let engine: Engine;

beforeAll(async () => {
  stage = await openStage({ store: { home: "embedded" }, seed: size.seed }, (twins) => {
    return { contents: seedDemo({ ...twins, ...size }) };
  });
  const loaded = loadProject(stage.folder, { environment: {}, connectors });
  if (loaded.project === undefined) throw new Error(JSON.stringify(loaded.problems));
  engine = await openEngine(loaded.project);
}, 60_000);
afterAll(async () => {
  await engine.close();
  await stage.close();
});

/** Runs until a run writes nothing; answers how many runs did. */
async function settleAll(): Promise<number> {
  for (let runs = 0; runs < 6; runs += 1) {
    const { troubles, entities } = await engine.run();
    expect(troubles).toEqual([]);
    if (entities.every(({ settled }) => Object.keys(settled).length === 0)) return runs;
  }
  throw new Error("six runs, and each of them wrote something");
}

test("one of two and two of one in both twins: the CRM merges, the ERP archives the loser", async () => {
  const ending = { losses: ["merge crm", "archive erp"], comeBack: [], keepsContacts: true };
  await consolidateAndBack({ engine, crm: stage.crm, settleAll }, ending);
  expect(await settleAll()).toBe(0);
}, 240_000);

test("a loser that people delete in the ERP twin counts as merged, and the undo makes it again", async () => {
  const deleteCustomer = async (id: string): Promise<void> => {
    stage.erp.people.remove("customers", Number(id));
    await Promise.resolve();
  };
  await consolidateDeleteAndBack({ engine, crm: stage.crm, settleAll, deleteCustomer, keepsContacts: true });
  expect(await settleAll()).toBe(0);
}, 240_000);

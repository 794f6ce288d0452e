import type { TwinRecord } from "@crossfoot/twin";
import { connectors, loadProject, openEngine } from "crossfoot/testing";
import type { Engine, RunSummary } from "crossfoot/testing";
import { expect } from "vitest";
import type { LiveStage } from "./live-stage.ts";

/** What each case of a synchronised pair works with. */
export interface Pair {
  readonly stage: LiveStage;
  readonly engine: Engine;
  /** The record of the CRM that has a value in a field. */
  readonly named: (object: string, field: string, value: unknown) => TwinRecord | undefined;
  /** Runs until a run has nothing to do; answers how many runs had. */
  readonly settleAll: () => Promise<number>;
}

const runsMax = 12;

/** Writes that a run made, asked about or put off. */
const deeds = (run: RunSummary): number =>
  run.entities
    .flatMap(({ settled, probed, postponed }) => [
      ...Object.values(settled).flatMap((kinds) => Object.values(kinds)),
      probed,
      postponed,
    ])
    .reduce((sum, one) => sum + one, 0);

/** Opens an engine over the project of a stage. */
export async function openPair(stage: LiveStage): Promise<Pair> {
  const loaded = loadProject(stage.folder, { environment: {}, connectors });
  if (loaded.project === undefined) throw new Error(JSON.stringify(loaded.problems));
  const engine = await openEngine(loaded.project);
  return {
    stage,
    engine,
    named: (object, field, value) =>
      Object.values(stage.crm.state.records[object] ?? {}).find((record) => record[field] === value),
    settleAll: async () => {
      for (let runs = 0; runs < runsMax; runs += 1) {
        const run = await engine.run();
        expect(run.troubles).toEqual([]);
        if (deeds(run) === 0) return runs;
      }
      throw new Error(`${runsMax} runs, and each of them had something to do`);
    },
  };
}

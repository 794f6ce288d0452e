import { join } from "node:path";
import { openEngine } from "crossfoot/testing";
import type { Project } from "crossfoot/testing";
import type { Engine, RunSummary } from "crossfoot/testing";
import { openStore, writeProject } from "../project.ts";
import type { StoreAt } from "../project.ts";
import type { CaseReport } from "../result.ts";
import { openYard } from "../yard/open.ts";
import type { Yard } from "../yard/open.ts";

/** Sizes of a run of the benchmarks. */
export type Size = "small" | "full";

/** What a case is given. */
export interface CaseInput {
  readonly size: Size;
  /** Records of the back-fill that `interactive` asks beside. */
  readonly records: number;
  readonly store: StoreAt;
  /** An empty folder of the case's own. */
  readonly folder: string;
  /** Where a profile of the measured work goes, or null. */
  readonly profileTo: string | null;
}

/** One case: it measures, and answers its lines of the table. */
export type Case = (input: CaseInput) => Promise<CaseReport>;

/** Time that each call to a system of the yard takes, ms. */
const callMs = 5;

/** The yard, a project over it and the engine as the program itself puts it together. */
export interface Scene {
  readonly yard: Yard;
  readonly project: Project;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** Opens yard and engine. */
export async function openScene(input: CaseInput): Promise<Scene> {
  const yard = await openYard(callMs);
  const project = writeProject(join(input.folder, "project"), yard);
  const database = await openStore(input.store);
  const engine = await openEngine(project, { database });
  const close = async (): Promise<void> => {
    await engine.close();
    await yard.close();
  };
  return { yard, project, engine, close };
}

/** Writes that a run settled, of all kinds and entities. */
export function writesOf(summary: RunSummary): number {
  return summary.entities
    .flatMap(({ settled }) => Object.values(settled))
    .flatMap((kinds) => Object.values(kinds))
    .reduce((sum, count) => sum + count, 0);
}

/** Calls that a run made, to both systems. */
export function callsOf(summary: RunSummary): number {
  return Object.values(summary.calls).reduce((sum, count) => sum + count, 0);
}

/** Throws when a run did not do what it was there for: a fast run that did nothing is no measurement. */
export function expectWrites(summary: RunSummary, expected: number): void {
  const writes = writesOf(summary);
  if (writes === expected) return;
  const why = summary.whyNothing ?? summary.troubles.map(({ failure }) => failure.message).join("; ");
  throw new Error(`${writes} writes were made where ${expected} were expected (${summary.state}; ${why})`);
}

/** Throws when the ERP does not hold what the CRM does, or holds something twice. */
export async function expectAgreement(yard: Yard, records: number): Promise<void> {
  const { erp, doubled, different } = await yard.ask("counts", {});
  if (erp === records && doubled === 0 && different === 0) return;
  throw new Error(`the ERP holds ${erp} of ${records}, ${doubled} doubled, ${different} different`);
}

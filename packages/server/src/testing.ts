/**
 * What tests of the server need from outside it: databases of both homes, a real PostgreSQL, a disk that
 * forgets, real ERPs. Not for production code.
 */
import type { fuzzStatuses, runFuzz } from "./http/testing/fuzz-run.ts";
import type { TestProvider } from "./http/testing/oidc-world.ts";
import type { inMemory as memoryHome } from "./runtime/testing/random-world.ts";
import type { undoHistories as historiesUndone } from "./runtime/testing/undo-histories.ts";

interface Fuzzing {
  readonly runFuzz: typeof runFuzz;
  readonly fuzzStatuses: typeof fuzzStatuses;
}
interface Undoing {
  readonly inMemory: typeof memoryHome;
  readonly undoHistories: typeof historiesUndone;
}

export {
  openWithCrashLayer,
  type CrashLayer,
  type CrashLayerOptions,
} from "./platform/testing/crash-layer.ts";
export { cuttingProxy, type CuttingProxy } from "./platform/testing/cutting-proxy.ts";
export { openEphemeral } from "./platform/testing/ephemeral.ts";
export { forEachHome, type TestHome, type TestHooks } from "./platform/testing/homes.ts";
export { migrated } from "./store/testing/migrated.ts";
export { allRows } from "./store/testing/sealing.ts";
export { startPostgres, type TestPostgres, type TestPostgresOptions } from "./platform/testing/postgres.ts";
export { prepareStore, type PreparedStore } from "./platform/testing/prepared-store.ts";
export { rudeServer, type RudeServer } from "./platform/testing/rude-server.ts";
export { tempFolder, type TempFolder } from "./platform/testing/temp-folder.ts";
export { dec, loginAs, type Admin } from "./demo/tryton/admin.ts";
export type { Papers, People } from "./demo/people.ts";
export { odooPeople } from "./demo/odoo/people.ts";
export { prepareOdoo } from "./demo/odoo/prepare.ts";
export { trytonPeople } from "./demo/tryton/people.ts";
export { deskOf, type Desk } from "./demo/odoo/desk.ts";
export { startTryton, trytonPlace, type RunningTryton } from "./demo/tryton/erp.ts";
export { odooPlace, startOdoo, type RunningOdoo } from "./demo/odoo/erp.ts";
export { whyNot } from "./demo/erp-script.ts";
export { connectors, openEngine, rewriteStore, tryWebhook } from "./compose.ts";
/** A provider of identities from npm; loaded when it is asked for. */
export const testProvider = async (): Promise<TestProvider> =>
  (await import("./http/testing/oidc-world.ts")).testProvider();
export { loadProject } from "./config/load-project.ts";
export { openSealed, rotateSealed, type SealedPlace } from "./config/sealed-store.ts";
export type {
  ApplySummary,
  DuplicateReport,
  Engine,
  PlanDocument,
  RunSummary,
  StatusReport,
  WhyReport,
} from "./runtime/engine.ts";
export { runCli } from "./cli/program.ts";
export type { CliDeps } from "./cli/deps.ts";
export { fakeEngine, smallStatus } from "./cli/testing.ts";
export { createHttpApp } from "./http/app.ts";
/** Requests drawn at random. What draws loads fast-check, which takes a second: loaded when asked for. */
export const fuzzing = async (): Promise<Fuzzing> => import("./http/testing/fuzz-run.ts");
export { growthOf, heldMemory, memoryText, type HeldMemory } from "./http/testing/held-memory.ts";
export { openCrowd, slowKinds } from "./http/testing/slow-crowd.ts";
export { startLoop } from "./cli/loop.ts";
export type { Project } from "./config/project.ts";
export { listen } from "./http/serve.ts";
export { systemClock } from "./platform/clock.ts";
export { openEmbedded } from "./platform/embedded.ts";
export { systemEntropy } from "./platform/entropy.ts";
export { createLog } from "./platform/log.ts";
export { openServer } from "./platform/server.ts";
export { sleep } from "./platform/sleep.ts";
export { StoreError } from "./platform/store-error.ts";
export type { Clock, Database, Entropy, Queryable, Sleep } from "./ports.ts";
export type { Connection } from "@crossfoot/connector-sdk";
export { breakName } from "./store/facts.ts";
export { createEngine } from "./runtime/create.ts";
export { gatedConnection, openGate } from "./runtime/gate.ts";
export { createDaySpan } from "./runtime/quota-day.ts";
export { createGate } from "./runtime/quota-gate.ts";
export type { Side, World } from "./runtime/world.ts";
export { createStore } from "./store/store.ts";
export { dumpSql, type Dump } from "./store/dump.ts";
export { createMemoryStore, type MemoryStore, type Snapshot } from "./store/memory/memory-store.ts";
export { shardOf, type Store } from "./store/port.ts";
/** Undo over histories drawn at random; loaded when asked for. */
export const undoing = async (): Promise<Undoing> => {
  const { inMemory } = await import("./runtime/testing/random-world.ts");
  const { undoHistories } = await import("./runtime/testing/undo-histories.ts");
  return { inMemory, undoHistories };
};

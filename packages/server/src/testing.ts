/**
 * What tests of the server need from outside it: databases of both homes, a real PostgreSQL, a disk that
 * forgets. Not for production code.
 */
export { openEphemeral } from "./platform/testing/ephemeral.ts";
export { forEachHome, type TestHome, type TestHooks } from "./platform/testing/homes.ts";
export { startPostgres, type TestPostgres, type TestPostgresOptions } from "./platform/testing/postgres.ts";
export { tempFolder, type TempFolder } from "./platform/testing/temp-folder.ts";
export { connectors, openEngine, type ComposeOptions } from "./compose.ts";
export { loadProject, type LoadedProject } from "./config/load-project.ts";
export type { Project } from "./config/project.ts";
export type { ApplySummary, Engine, PlanDocument, RunSummary } from "./runtime/engine.ts";

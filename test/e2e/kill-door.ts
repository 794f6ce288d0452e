/**
 * What the tests of kills and power failures need of the server from inside: its stores, a real PostgreSQL,
 * a disk that forgets, the engine put together.
 */
export { connectors, openEngine } from "../../packages/server/src/compose.ts";
export { loadProject } from "../../packages/server/src/config/load-project.ts";
export { systemClock } from "../../packages/server/src/platform/clock.ts";
export { openEmbedded } from "../../packages/server/src/platform/embedded.ts";
export { systemEntropy } from "../../packages/server/src/platform/entropy.ts";
export { openServer } from "../../packages/server/src/platform/server.ts";
export {
  openWithCrashLayer,
  type CrashLayer,
  type CrashLayerOptions,
} from "../../packages/server/src/platform/testing/crash-layer.ts";
export type { Database, Queryable } from "../../packages/server/src/ports.ts";
export type { ApplySummary, Engine, RunSummary } from "../../packages/server/src/runtime/engine.ts";
export { createStore } from "../../packages/server/src/store/store.ts";
export { startPostgres, tempFolder } from "../../packages/server/src/testing.ts";

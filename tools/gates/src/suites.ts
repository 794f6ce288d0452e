/** The test suites as data: which files belong to which, when a suite is due, and how patient it is. */

/** One suite. Globs are read alike by vitest and by git. */
export type Suite = {
  readonly name: string;
  readonly what: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The suite is owed as soon as this path exists; before that it is "not there yet". */
  readonly owedWhen: string;
  /** Files that take longest, in that order: else one of them ends alone while a core idles. */
  readonly longest?: readonly string[];
  /** What is made once for all files, before the first of them. */
  readonly setup?: string;
  /** Whether its files may run side by side. */
  readonly isParallel: boolean;
  /**
   * Whether each file has a process of its own. Where none has, modules are loaded once for all of them, and
   * no test may rest on what a module holds.
   */
  readonly isIsolated: boolean;
  readonly testTimeoutMs: number;
  readonly hookTimeoutMs: number;
  /** The whole suite is stopped after this long, and has failed. */
  readonly suiteTimeoutMs: number;
  /** Whether a test that skips itself counts as a failure: where everything needed is installed, it does. */
  readonly isSkipFailure: boolean;
};

const seconds = 1_000;
const minutes = 60 * seconds;
const storeTests = ["**/*.pg.test.ts", "**/*.pgserver.test.ts"];

export const suites: readonly Suite[] = [
  {
    name: "unit",
    what: "unit, property, conformance and golden tests",
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "connectors/*/src/**/*.test.ts",
      "connectors/*/test/**/*.test.ts",
      "tools/*/test/**/*.test.ts",
      "bench/**/*.test.ts",
      "test/golden/**/*.test.ts",
      "test/replay/**/*.test.ts",
    ],
    exclude: storeTests,
    owedWhen: "packages",
    isParallel: true,
    isIsolated: false,
    testTimeoutMs: 20 * seconds,
    hookTimeoutMs: 20 * seconds,
    suiteTimeoutMs: 5 * minutes,
    isSkipFailure: false,
  },
  {
    name: "store",
    what: "the store on PGlite",
    include: ["packages/*/src/**/*.pg.test.ts", "packages/*/test/**/*.pg.test.ts"],
    exclude: [],
    owedWhen: "packages/server/src/store",
    isParallel: true,
    isIsolated: false,
    testTimeoutMs: 60 * seconds,
    hookTimeoutMs: 60 * seconds,
    suiteTimeoutMs: 15 * minutes,
    isSkipFailure: false,
  },
  {
    name: "pgserver",
    what: "the store on a real PostgreSQL: leases, races, kills",
    include: ["packages/*/src/**/*.pgserver.test.ts", "packages/*/test/**/*.pgserver.test.ts"],
    exclude: [],
    owedWhen: "packages/server/src/store",
    // Each file has a server of its own.
    isParallel: true,
    isIsolated: true,
    testTimeoutMs: 2 * minutes,
    hookTimeoutMs: 2 * minutes,
    suiteTimeoutMs: 20 * minutes,
    isSkipFailure: false,
  },
  {
    name: "e2e",
    what: "whole runs with what npm brings",
    include: ["test/e2e/**/*.test.ts"],
    longest: [
      "test/e2e/crash-matrix.test.ts",
      "test/e2e/crash-matrix-server.test.ts",
      "test/e2e/kill.test.ts",
      "test/e2e/statement-planted.test.ts",
      "test/e2e/audit-repair.test.ts",
      "test/e2e/store-faults.test.ts",
      "test/e2e/demo.test.ts",
    ],
    setup: "test/prepared-store.ts",
    exclude: [],
    owedWhen: "test/e2e",
    // Each file has folders, systems and a server of its own.
    isParallel: true,
    isIsolated: false,
    testTimeoutMs: 5 * minutes,
    hookTimeoutMs: 5 * minutes,
    suiteTimeoutMs: 30 * minutes,
    isSkipFailure: false,
  },
  {
    name: "live",
    what: "against real business systems",
    include: ["test/live/**/*.test.ts"],
    longest: [
      "test/live/tryton/sync.test.ts",
      "test/live/odoo/sync.test.ts",
      "test/live/odoo/load.test.ts",
      "test/live/odoo/connector.test.ts",
      "test/live/tryton/connector.test.ts",
      "test/live/odoo/demo.test.ts",
      "test/live/tryton/demo.test.ts",
      "test/live/tryton/load.test.ts",
    ],
    setup: "test/prepared-store.ts",
    exclude: [],
    owedWhen: "test/live",
    // Each file has a database of its own, mostly on a server of its own, and waits more than it works.
    isParallel: true,
    isIsolated: false,
    testTimeoutMs: 20 * minutes,
    hookTimeoutMs: 20 * minutes,
    suiteTimeoutMs: 60 * minutes,
    isSkipFailure: true,
  },
  {
    name: "browser",
    what: "the console in a browser",
    include: ["test/browser/**/*.test.ts"],
    exclude: [],
    owedWhen: "test/browser",
    isParallel: false,
    isIsolated: true,
    testTimeoutMs: 5 * minutes,
    hookTimeoutMs: 5 * minutes,
    suiteTimeoutMs: 30 * minutes,
    isSkipFailure: true,
  },
];

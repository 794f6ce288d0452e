import type { Database } from "../../ports.ts";
import { openServer } from "../server.ts";
import { openEphemeral, type Template } from "./ephemeral.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";

/** The parts of vitest that are used here, handed in so that this file also loads outside a test run. */
export interface TestHooks {
  describe(name: string, suite: () => void): unknown;
  beforeAll(run: () => Promise<void>): unknown;
  afterAll(run: () => Promise<void>): unknown;
  afterEach(run: () => Promise<void>): unknown;
}

/** One home of the store, as a suite sees it. */
export interface TestHome {
  readonly name: Database["home"];
  /** A fresh database, empty or as the template fills it. Closed after the test that opened it. */
  open(template?: Template): Promise<Database>;
  /** The server behind the home; null on the embedded one. */
  readonly server: () => TestPostgres | null;
}

/** Address of a fresh database; a template is filled once a server and copied from then on. */
async function copyOn(server: TestPostgres, template: Template | undefined): Promise<string> {
  if (template === undefined) return server.createDatabase();
  const known = filled.get(server) ?? new Map<string, Promise<void>>();
  filled.set(server, known);
  const ready = known.get(template.name) ?? fillOn(server, template);
  known.set(template.name, ready);
  await ready;
  return server.createDatabase({ like: template.name });
}

const filled = new WeakMap<TestPostgres, Map<string, Promise<void>>>();

async function fillOn(server: TestPostgres, template: Template): Promise<void> {
  const database = await openServer(await server.createDatabase({ name: template.name }));
  await template.fill(database);
  await database.close();
}

function homeOf(name: Database["home"], hooks: TestHooks): TestHome {
  let server: TestPostgres | null = null;
  const opened: Database[] = [];
  hooks.beforeAll(async () => {
    if (name === "server") server = await startPostgres({ isDurable: false });
  });
  hooks.afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  hooks.afterAll(async () => {
    await server?.stop();
  });
  return {
    name,
    server: () => server,
    async open(template) {
      const database =
        server === null ? await openEphemeral(template) : await openServer(await copyOn(server, template));
      opened.push(database);
      return database;
    },
  };
}

/**
 * Registers one suite for each home named. Suites on `server` belong in a `.pgserver.test.ts`, on
 * `embedded` in a `.pg.test.ts`; the suite itself stands in a file of its own that both import:
 * `forEachHome(vitest, ["embedded"], storeSuite)` with `import * as vitest from "vitest"`.
 */
export function forEachHome(
  hooks: TestHooks,
  names: readonly Database["home"][],
  suite: (home: TestHome) => void,
): void {
  for (const name of names) hooks.describe(name, () => suite(homeOf(name, hooks)));
}

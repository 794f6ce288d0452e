import { afterAll, beforeAll } from "vitest";
import { openServer } from "./server.ts";
import { startPostgres, type TestPostgres } from "./testing/postgres.ts";
import { throughputSuite } from "./testing/throughput-suite.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

throughputSuite("server", async () => openServer(await postgres.createDatabase()));

/**
 * Program of the migration tests: migrates the store at the address in its first argument (a folder, or a
 * PostgreSQL), and stands still before or after the step named by the others, until it is killed.
 */
import { openEmbedded } from "../../platform/embedded.ts";
import { openServer } from "../../platform/server.ts";
import type { Database } from "../../ports.ts";
import { migrate } from "../migrate.ts";

const [place = "", when = "never", step = ""] = process.argv.slice(2);
const database = place.startsWith("postgres:") ? await openServer(place) : await openEmbedded(place);

async function standStill(): Promise<never> {
  process.stdout.write("there\n");
  // A pending promise alone does not keep a program alive.
  setInterval(() => undefined, 1_000_000);
  return new Promise<never>(() => undefined);
}

const gated: Database = {
  ...database,
  home: database.home,
  query: (sql, parameters) => database.query(sql, parameters),
  transaction: (work) => database.transaction(work),
  close: () => database.close(),
  async script(sql) {
    const isStep = sql.includes(`'${step}'`);
    if (isStep && when === "before") await standStill();
    if (isStep) process.stdout.write("begins\n");
    await database.script(sql);
    if (isStep && when === "after") await standStill();
  },
};

const made = await migrate(gated);
process.stdout.write(`made ${made}\n`);
await database.close();

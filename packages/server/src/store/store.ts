import { readFileSync, readdirSync } from "node:fs";
import type { Clock, Database, Entropy } from "../ports.ts";
import { adoptStore } from "./adopt.ts";
import { bundleStore } from "./bundles.ts";
import { decisionStore } from "./decisions.ts";
import { identityStore } from "./identity.ts";
import { intentStore } from "./intents.ts";
import { journalReader, journalWriter } from "./journal.ts";
import { leaseStore } from "./leases.ts";
import { linkStore } from "./links.ts";
import { lostStore } from "./lost.ts";
import { madeStore } from "./made-writes.ts";
import { observationStore } from "./observations.ts";
import { peopleStore } from "./people.ts";
import { planStore } from "./plans.ts";
import type { Store } from "./port.ts";

const folder = new URL("./migrations/", import.meta.url);

/**
 * Brings the schema to the newest version, one transaction per numbered file, under an advisory lock so
 * that two starting workers do not run one file twice. Answers the number of files that were run.
 */
async function migrate(database: Database): Promise<number> {
  await database.query(
    "create table if not exists schema_version (version int primary key, name text not null, " +
      "run_at timestamptz not null default now())",
  );
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .toSorted();
  let run = 0;
  for (const name of files) {
    const version = Number(name.slice(0, 4));
    const sql = readFileSync(new URL(name, folder), "utf8");
    const note = `insert into schema_version (version, name) values (${version}, '${name}');`;
    const statements = `select pg_advisory_xact_lock(4711);\n${sql}\n${note}`;
    const known = await database.query("select version from schema_version where version = $1", [version]);
    if (known.length > 0) continue;
    await database.script(`begin;\n${statements}\ncommit;`);
    run += 1;
  }
  return run;
}

/** The store over a database of either home. */
export function createStore(deps: {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly clock: Clock;
}): Store {
  const { database, entropy, clock } = deps;
  const journal = journalWriter(entropy, clock);
  const parts = { database, entropy, journal };
  return {
    migrate: () => migrate(database),
    close: () => database.close(),
    ...leaseStore(database),
    ...observationStore(parts),
    ...linkStore(parts),
    ...identityStore(parts),
    ...adoptStore(parts),
    ...bundleStore(database),
    ...decisionStore(parts),
    ...intentStore(parts),
    ...peopleStore(parts),
    ...planStore(parts),
    ...journalReader(database, entropy),
    ...lostStore(parts),
    ...madeStore(database),
  };
}

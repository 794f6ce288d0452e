import { join } from "node:path";
import { isKnownCurrency, compilePolicy } from "@crossfoot/model";
import { systemClock } from "crossfoot/testing";
import { systemEntropy } from "crossfoot/testing";
import { createLog } from "crossfoot/testing";
import { sleep } from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import { createEngine } from "crossfoot/testing";
import type { Engine } from "crossfoot/testing";
import { createStore } from "crossfoot/testing";
import type { CaseInput } from "./cases/scene.ts";
import { DirectSystem } from "./direct.ts";
import { openStore, writeProject } from "./project.ts";

const rowsPerCommit = 500;

/** An engine between two systems of this very process: all that is measured is ours and the store's. */
export interface Alone {
  readonly crm: DirectSystem;
  readonly erp: DirectSystem;
  readonly database: Database;
  readonly engine: Engine;
}

/** Opens an engine over two systems in process, with contract and mappings of the yard. */
export async function openAlone(input: CaseInput): Promise<Alone> {
  const nowhere = "http://127.0.0.1:9";
  const project = writeProject(join(input.folder, "project"), { crm: nowhere, erp: nowhere });
  const crm = new DirectSystem("crm");
  const erp = new DirectSystem("erp");
  const sides = project.connections.map((one) => (one.role === "crm" ? crm : erp).side(one.mapping));
  const database = await openStore(input.store);
  const store = createStore({ database, entropy: systemEntropy, clock: systemClock });
  await store.migrate();
  const engine = createEngine({
    store,
    sides,
    contract: project.contract,
    contractHash: project.contractHash,
    policies: project.entities.map((entity) => compilePolicy(project.contract, entity, project.roles)),
    customRules: {},
    guard: project.guard,
    retry: project.retry,
    clock: systemClock,
    sleep,
    entropy: systemEntropy,
    log: createLog({ format: "plain", level: "warn" }),
    holder: "bench",
    isKnownCurrency,
    sweepEveryMs: project.sweepMs,
  });
  return { crm, erp, database, engine };
}

/**
 * The limit of the store: each record with one journal row, two bulk statements for 500 records a commit.
 * Answers records per second.
 */
export async function bareInserts(database: Database, records: readonly object[]): Promise<number> {
  await database.script(
    "create table bench_record (id text primary key, body jsonb not null); " +
      "create table bench_note (seq bigint primary key, at timestamptz not null, body jsonb not null, " +
      "hash text not null)",
  );
  const startedAt = performance.now();
  for (let from = 0; from < records.length; from += rowsPerCommit) {
    const rows = records.slice(from, from + rowsPerCommit).map((body, at) => ({
      id: `record-${from + at}`,
      seq: from + at,
      body,
      hash: systemEntropy.digest(JSON.stringify(body)),
    }));
    const text = JSON.stringify(rows);
    await database.transaction(async (tx) => {
      await tx.query(
        "insert into bench_record select id, body from jsonb_to_recordset($1::jsonb) as r(id text, " +
          "body jsonb)",
        [text],
      );
      await tx.query(
        "insert into bench_note select seq, now(), body, hash from jsonb_to_recordset($1::jsonb) " +
          "as r(seq bigint, body jsonb, hash text)",
        [text],
      );
    });
  }
  return records.length / ((performance.now() - startedAt) / 1000);
}

import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer, startPostgres, tempFolder } from "crossfoot/testing";
import type { TempFolder, TestPostgres } from "crossfoot/testing";
import { runCli } from "./kill-child.ts";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage, StoreChoice } from "./kill-stage.ts";

const size = { seed: 11, accounts: 8, products: 4, history: 1, quotes: 6 };
/** Runs until everything was read again: the horizon of the twins is 200 ms, so that the second is enough. */
const runsMax = 4;

interface Epoch {
  readonly number: number;
  readonly state: string;
}

/** How many records each system holds, by object. */
function countsOf({ crm, erp }: KillStage): { readonly [place: string]: number } {
  const places = [["crm", crm.state.records] as const, ["erp", erp.state.records] as const];
  return Object.fromEntries(
    places.flatMap(([name, records]) =>
      Object.entries(records).map(([object, rows]) => [`${name}/${object}`, Object.keys(rows).length]),
    ),
  );
}

async function epochOf(folder: string, ...args: readonly string[]) {
  const { code, stdout } = await runCli(folder, ["epoch", ...args]);
  return { code, document: JSON.parse(stdout) as Epoch };
}

/** Confirms, and runs until it has recovered. */
async function recover(stage: KillStage): Promise<Epoch> {
  const confirmed = await epochOf(stage.folder, "--confirm", "--by", "ada");
  expect(confirmed).toMatchObject({ code: 0, document: { number: 2, state: "recovering" } });
  for (let runs = 0; runs < runsMax; runs += 1) {
    await runCli(stage.folder, ["run"]);
    const { document } = await epochOf(stage.folder);
    if (document.state === "confirmed") return document;
  }
  throw new Error(`not recovered after ${runsMax} runs`);
}

/**
 * Loads, backs up, lets people go on and loads again; restores; and expects that nothing is written before
 * somebody confirms, and that nothing is made twice after.
 */
async function restores(
  stage: KillStage,
  { backUp, restore }: { readonly backUp: () => Promise<void>; readonly restore: () => Promise<void> },
): Promise<void> {
  await runCli(stage.folder, ["run"]);
  await backUp();
  const before = countsOf(stage);
  for (const name of ["Nordlicht", "Suedwind", "Ostufer"]) {
    const fields = { name, email: `${name.toLowerCase()}@example.com`, status: "customer" };
    stage.crm.people.createAccount(fields, "ada");
  }
  await runCli(stage.folder, ["run"]);
  await runCli(stage.folder, ["run"]);
  const after = countsOf(stage);
  expect(after).not.toEqual(before);
  await restore();
  const run = await runCli(stage.folder, ["run"]);
  const refused = {
    code: run.code,
    document: JSON.parse(run.stdout) as { readonly error: { readonly code: string } },
  };
  expect(refused).toMatchObject({ code: 3, document: { error: { code: "store_held" } } });
  expect(countsOf(stage)).toEqual(after);
  expect(await recover(stage)).toMatchObject({ number: 2, state: "confirmed" });
  expect(countsOf(stage)).toEqual(after);
}

describe("a store restored from a backup (crash matrix, row 24)", () => {
  let stage: KillStage;
  let kept: TempFolder;
  let server: TestPostgres;
  beforeAll(async () => {
    kept = tempFolder("memory");
    server = await startPostgres();
  });
  afterAll(async () => {
    kept.remove();
    await server.stop();
  });

  test("the folder of the embedded store is put back: nothing is made twice", async () => {
    stage = await openKillStage(size, { home: "embedded" });
    const store = join(stage.folder, "store");
    const copy = (from: string, to: string): void => {
      rmSync(to, { recursive: true, force: true });
      cpSync(from, to, { recursive: true });
    };
    await restores(stage, {
      backUp: () => Promise.resolve(copy(store, kept.path)),
      restore: () => Promise.resolve(copy(kept.path, store)),
    });
    await stage.close();
  });

  test("a copy of the database takes over: nothing is made twice", async () => {
    const first: StoreChoice = { home: "server", url: await server.createDatabase({ name: "first" }) };
    stage = await openKillStage(size, first);
    const copied = async (): Promise<void> => {
      const admin = await openServer(server.url);
      await admin.query("create database copied template first");
      await admin.close();
    };
    const address = new URL(server.url);
    address.pathname = "/copied";
    await restores(stage, {
      backUp: copied,
      restore: () => Promise.resolve(writeFileSync(join(stage.folder, "secrets/store"), address.href)),
    });
    await stage.close();
  });
});

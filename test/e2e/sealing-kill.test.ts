import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { allRows, openEmbedded } from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import { runCli } from "./kill-child.ts";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage } from "./kill-stage.ts";

const size = { seed: 5, accounts: 24, products: 10, history: 3, quotes: 10, timeoutSeconds: 10 };
/** Tries until a kill hits a store of which some is sealed and some is not, at most. */
const triesMax = 30;
/** By so much a kill comes later when nothing was sealed yet, and earlier when all was. */
const finer = 0.85;

/** How far the sealing of a store is. */
interface Seen {
  /** Null where it was not begun. */
  readonly state: string | null;
  /** Entries of the journal that are not sealed. */
  readonly plain: number;
}

let stage: KillStage;
beforeEach(async () => {
  stage = await openKillStage(size, { home: "embedded" });
});
afterEach(() => stage.close());

async function inStore<T>(look: (database: Database) => Promise<T>): Promise<T> {
  const database = await openEmbedded(join(stage.folder, "store"), { isBrief: true });
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

const seen = (): Promise<Seen> =>
  inStore(async (database) => {
    const [row] = await database.query<{ state: string }>("select state from sealing");
    const [journal] = await database.query<{ plain: number }>(
      "select count(*)::int as plain from journal where body::text not like '%cf1:%'",
    );
    return { state: row?.state ?? null, plain: journal?.plain ?? 0 };
  });

/** All that both systems hold. */
const recordsOf = (): string => JSON.stringify([stage.crm.state.records, stage.erp.state.records]);

/** Addresses and names of the persons of the CRM. */
function persons(): readonly string[] {
  return Object.values(stage.crm.state.records["contacts"] ?? {}).flatMap(({ email, familyName: family }) =>
    [email, family].filter((text): text is string => typeof text === "string" && text.length > 5),
  );
}

/** Which texts stand anywhere in the store. */
const standing = (texts: readonly string[]): Promise<readonly string[]> =>
  inStore(async (database) => {
    const rows = Object.values(await allRows(database)).flat();
    return texts.filter((text) => rows.some((row) => row.includes(text)));
  });

test("a program killed while it seals a store leaves one that the next start seals to its end", async () => {
  for (let runs = 0; runs < 2; runs += 1) await runCli(stage.folder, ["run", "--sweep"]);
  const systems = recordsOf();
  const texts = persons();
  expect(texts.length).toBeGreaterThan(30);
  expect((await standing(texts)).length).toBeGreaterThan(30);
  const store = join(stage.folder, "store");
  const before = `${store}-before`;
  cpSync(store, before, { recursive: true });

  expect((await runCli(stage.folder, ["secrets", "key", "at-rest.key"])).code).toBe(0);
  const settings = join(stage.folder, "crossfoot.yaml");
  writeFileSync(settings, `${readFileSync(settings, "utf8")}atRest: { key: "file:at-rest.key" }\n`);
  const from = performance.now();
  expect((await runCli(stage.folder, ["status"])).code).toBe(0);
  let delayMs = (performance.now() - from) * 0.7;
  const whole = await seen();
  expect(whole.state).toBe("sealed");

  const kill = (): Promise<{ readonly isKilled: boolean }> =>
    runCli(stage.folder, ["status"], (child) => {
      setTimeout(() => child.kill("SIGKILL"), delayMs);
    });
  let isCut = false;
  for (let tries = 0; !isCut && tries < triesMax; tries += 1) {
    rmSync(store, { recursive: true });
    cpSync(before, store, { recursive: true });
    const { isKilled } = await kill();
    const { state, plain } = await seen();
    isCut = isKilled && state === "sealing" && plain > whole.plain;
    if (state === null) delayMs /= finer;
    else if (!isCut) delayMs *= finer;
  }
  expect(isCut).toBe(true);
  // A start that goes on and is killed as early, and one that is left alone.
  await kill();
  expect((await runCli(stage.folder, ["status"])).code).toBe(0);
  expect(await seen()).toEqual(whole);
  expect(await standing(texts)).toEqual([]);
  const verified = await runCli(stage.folder, ["verify"]);
  expect([verified.code, verified.stderr]).toEqual([0, ""]);

  // What was sealed is what was there: everything read again is as it was known, and nothing is written.
  const run = await runCli(stage.folder, ["run", "--sweep"]);
  expect(run.stderr).toBe("");
  expect(recordsOf()).toBe(systems);
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../ports.ts";
import { openEmbedded } from "./embedded.ts";
import { openWithCrashLayer, type CrashLayer, type CrashLayerOptions } from "./testing/crash-layer.ts";
import { tempFolder, type TempFolder } from "./testing/temp-folder.ts";

let folder: TempFolder;
let layer: CrashLayer | null = null;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(async () => {
  await layer?.database.close();
  layer?.remove();
  layer = null;
  folder.remove();
});

async function open(options: CrashLayerOptions = {}): Promise<CrashLayer> {
  layer = await openWithCrashLayer(folder.path, options);
  await layer.database.script("create table kept (n int primary key, filler text)");
  return layer;
}

const insert = (database: Database, n: number): Promise<unknown> =>
  database.transaction((tx) => tx.query("insert into kept values ($1, repeat('x', 5000))", [n]));

/** What a restart finds after the power failed. */
async function found(crashed: CrashLayer): Promise<readonly number[]> {
  const reopened = await openEmbedded(await crashed.crash());
  try {
    const rows = await reopened.query<{ n: number }>("select n from kept order by n");
    return rows.map(({ n }) => n);
  } finally {
    await reopened.close();
  }
}

describe("when the power fails", () => {
  it("what was acknowledged is there", async () => {
    const { database } = await open();
    for (let n = 0; n < 50; n += 1) await insert(database, n);
    expect(await found(layer!)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it("PGlite without our sync loses what it acknowledged, so this test can fail", async () => {
    const { database } = await open({ syncs: "none" });
    for (let n = 0; n < 50; n += 1) await insert(database, n);
    await expect(found(layer!)).rejects.toThrow(/kept/);
  });

  it("what was not committed is gone", async () => {
    const { database } = await open();
    await insert(database, 1);
    const crashed = database.transaction(async (tx) => {
      await tx.query("insert into kept values (2)");
      await layer!.crash();
      throw new Error("the power failed");
    });
    await expect(crashed).rejects.toThrow("the power failed");
    expect(await found(layer!)).toEqual([1]);
  });
});

import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openEmbedded } from "../platform/embedded.ts";
import { startChild } from "../platform/testing/child.ts";
import { openWithCrashLayer } from "../platform/testing/crash-layer.ts";
import { prepareStore, type PreparedStore } from "../platform/testing/prepared-store.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { migrate } from "./migrate.ts";
import { schemaOf } from "./testing/schema.ts";

const steps = readdirSync(new URL("./migrations/", import.meta.url)).toSorted();
const migrator = new URL("./testing/migrator.ts", import.meta.url);

let prepared: PreparedStore;
let folder: TempFolder;
let whole: readonly string[];
/** File operations that a migration from nothing takes. */
let operations = 0;
beforeAll(async () => {
  prepared = await prepareStore();
  const first = prepared.copy();
  const layer = await openWithCrashLayer(first.path);
  const before = layer.operations();
  await migrate(layer.database);
  operations = layer.operations() - before;
  whole = await schemaOf(layer.database);
  await layer.database.close();
  layer.remove();
  first.remove();
});
afterAll(() => prepared.remove());
beforeEach(() => {
  folder = prepared.copy();
});
afterEach(() => folder.remove());

describe("a power failure while the embedded store is migrated", () => {
  it.each([0.02, 0.3, 0.6, 0.9, 0.99])(
    "at %d of the way leaves whole steps; the next start makes the rest",
    async (share) => {
      const layer = await openWithCrashLayer(folder.path);
      layer.crashAfter(Math.max(1, Math.floor(operations * share)));
      await expect(migrate(layer.database)).rejects.toMatchObject({ name: "StoreError" });
      const left = await layer.crash();
      await layer.database.close();
      const database = await openEmbedded(left);
      await migrate(database);
      expect(await schemaOf(database)).toEqual(whole);
      await database.close();
      layer.remove();
    },
  );
});

describe("kill -9 while the embedded store is migrated", () => {
  it.each(["before", "after"])("%s a step, the next start goes on from there", async (when) => {
    const step = steps[1] ?? "";
    const child = startChild(migrator, folder.path, when, step);
    for (let line = await child.line(); line !== "there"; line = await child.line())
      if (line === null) throw new Error("the migrator never came to the step");
    await child.kill();
    const database = await openEmbedded(folder.path);
    expect(await migrate(database)).toBe(steps.length - (when === "before" ? 1 : 2));
    expect(await schemaOf(database)).toEqual(whole);
    await database.close();
  });
});

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../platform/embedded.ts";
import { prepareStore } from "../platform/testing/prepared-store.ts";
import type { PreparedStore } from "../platform/testing/prepared-store.ts";
import { rewriteTables } from "./rewrite.ts";

let prepared: PreparedStore;
beforeAll(async () => {
  prepared = await prepareStore();
});
afterAll(() => prepared.remove());

/** Files below a folder in which a text stands: of tables, and of the write-ahead log. */
const filesWith = (folder: string, text: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));

describe("rewriting the tables of the embedded store", () => {
  it("leaves nothing of rows that were removed or changed in any file, and every other row", async () => {
    const folder = prepared.copy();
    const database = await openEmbedded(folder.path);
    await database.script(
      "create table thing (id int primary key, text text); insert into thing select n, 'gone-4711-' || n " +
        "from generate_series(1, 20) n; insert into thing values (21, 'was-4711'), (22, 'stays-4711')",
    );
    await database.script("checkpoint");
    await database.script("update thing set text = 'is' where id = 21; delete from thing where id <= 20");
    await database.script("checkpoint");
    expect(filesWith(folder.path, "gone-4711")).not.toEqual([]);
    expect(filesWith(folder.path, "was-4711")).not.toEqual([]);
    const { tables, bytesBefore, bytesAfter } = await rewriteTables(database);
    expect(tables).toBeGreaterThan(0);
    expect(bytesAfter).toBeLessThanOrEqual(bytesBefore);
    expect(filesWith(folder.path, "gone-4711")).toEqual([]);
    expect(filesWith(folder.path, "was-4711")).toEqual([]);
    expect(filesWith(folder.path, "stays-4711")).not.toEqual([]);
    expect(await database.query("select id, text from thing order by id")).toEqual([
      { id: 21, text: "is" },
      { id: 22, text: "stays-4711" },
    ]);
    await database.close();
    folder.remove();
  });
});

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { erasedListName, fileErasedList } from "./erased-list.ts";
import { tempFolder } from "./testing/temp-folder.ts";
import type { TempFolder } from "./testing/temp-folder.ts";

let folder: TempFolder;
beforeEach(() => (folder = tempFolder()));
afterEach(() => folder.remove());
const path = (): string => join(folder.path, erasedListName);
const mark = (id: string) => ({ id, at: "2026-01-05T08:00:00.000Z", by: "ada", records: ["h"] });

describe("the list of erased persons", () => {
  test("keeps its key and its marks over a restart, once each, for its owner alone", async () => {
    const first = fileErasedList(path());
    expect(await first.load()).toEqual([]);
    const name = await first.nameOf("crm/contacts/1001");
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    await first.add(mark("e-1"));
    await first.add({ ...mark("e-1"), by: "eve" });
    const again = fileErasedList(path());
    expect(await again.load()).toEqual([mark("e-1")]);
    expect(await again.nameOf("crm/contacts/1001")).toBe(name);
    expect(await again.nameOf("crm/contacts/1002")).not.toBe(name);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readFileSync(path(), "utf8")).not.toContain("1001");
  });

  test("has another key in another project: names cannot be compared", async () => {
    const name = await fileErasedList(path()).nameOf("crm/contacts/1001");
    expect(await fileErasedList(`${path()}.other`).nameOf("crm/contacts/1001")).not.toBe(name);
  });

  test("that cannot be read is an error, never an empty one", async () => {
    for (const text of ["", "{}", '{"key":"x","erased":[]}', "[]"]) {
      writeFileSync(path(), text);
      const list = fileErasedList(path());
      await expect(list.load()).rejects.toThrow("cannot be read");
      await expect(list.add(mark("e-1"))).rejects.toThrow("cannot be read");
      await expect(list.nameOf("x")).rejects.toThrow("cannot be read");
      expect(readFileSync(path(), "utf8")).toBe(text);
    }
  });
});

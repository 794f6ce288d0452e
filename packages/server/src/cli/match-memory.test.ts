import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { memoryAllowed, refuseTooMany } from "./match-memory.ts";
import { readFiles } from "./match-sides.ts";
import { command } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const rows = 20_000;
const accounts = ["id,name,city"]
  .concat(Array.from({ length: rows }, (_, row) => `${row},Acorn ${row * 7} Foods,Leeds`))
  .join("\n");
const [least, enough] = [341, 2048];

it.each([
  [1, /a\.csv: too many records .* full at row \d+\. About [\d,]+ such records fit\. Split the files/],
  [2, /a\.csv: too many records .* About [\d,]+ such records of each file fit\. Split the files/],
])(
  "%d files with more records than fit into the memory are refused while they are read",
  async (files, says) => {
    writeFiles(folder.path, { "a.csv": accounts, "b.csv": accounts });
    const [a, b] = [join(folder.path, "a.csv"), files === 2 ? join(folder.path, "b.csv") : undefined];
    const asked = { a, b, map: undefined, entity: "accounts" } as const;
    await expect(readFiles({ ...asked, megabytes: least })).rejects.toThrow(says);
    expect((await readFiles({ ...asked, megabytes: enough })).left.side.count).toBe(rows);
  },
);

it("the records of the first file count when the other is read", () => {
  const read = { file: "b.csv", rows: 100, records: 1100, held: 40 * 2 ** 20, features: 3 * 2 ** 20 };
  const memory = { megabytes: 340 + 80 + 24, files: 2, columns: 5 } as const;
  expect(() => refuseTooMany(memory, read)).not.toThrow();
  const says = /^b\.csv: .* row 100\. About 530 such records of each file fit/;
  expect(() => refuseTooMany(memory, { ...read, held: read.held * 1.05 })).toThrow(says);
  expect(() => refuseTooMany(memory, { ...read, features: read.features * 1.2 })).toThrow(/About 530/);
  expect(() => refuseTooMany({ ...memory, columns: 6 }, read)).toThrow(/About 440/);
});

it("--memory is a number of megabytes within bounds, and for files", async () => {
  expect(memoryAllowed(undefined)).toBe(2048);
  expect(memoryAllowed("4000")).toBe(4000);
  for (const flag of ["511", "6001", "2G", ""]) expect(() => memoryAllowed(flag)).toThrow(/512 to 6000/);
  expect((await command(["match", "--entity", "accounts", "--memory", "900"])).err).toMatch(/for files/);
});

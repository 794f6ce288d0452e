import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Log, Testimony } from "../ports.ts";
import { tempFolder } from "./testing/temp-folder.ts";
import type { TempFolder } from "./testing/temp-folder.ts";
import { fileWitness } from "./witness.ts";

const folders: TempFolder[] = [];
afterEach(() => folders.splice(0).forEach((folder) => folder.remove()));

function placeOf(...parts: readonly string[]): string {
  const folder = tempFolder();
  folders.push(folder);
  return join(folder.path, ...parts);
}

const said: unknown[] = [];
const log: Log = {
  ...{ info: () => undefined, error: () => undefined },
  warn: (event) => void said.push(event),
};
const upTo = (seq: number): Testimony => ({ epoch: 1, heads: [{ shard: 0, seq, hash: `hash ${seq}` }] });

test("what is said at once is written in its order, and the last of it is remembered", async () => {
  const path = placeOf("project", "witness.json");
  const witness = fileWitness(path, log);
  expect(await witness.load()).toBeNull();
  const saved = Array.from({ length: 20 }, (_each, seq) => witness.save(upTo(seq)));
  await saved[3];
  // Whoever has waited is remembered by what is there, or by what came after.
  const seen = await fileWitness(path, log).load();
  expect(seen?.heads[0]?.seq).toBeGreaterThanOrEqual(3);
  await Promise.all(saved);
  expect(await fileWitness(path, log).load()).toEqual(upTo(19));
  expect(readdirSync(join(path, ".."))).toEqual(["witness.json"]);
});

test("what cannot be written or read is said once, and keeps nobody from going on", async () => {
  said.length = 0;
  const folder = placeOf("file");
  writeFileSync(folder, "no folder");
  const witness = fileWitness(join(folder, "witness.json"), log);
  await witness.save(upTo(1));
  await witness.save(upTo(2));
  expect(said).toEqual(["witness_not_written"]);
  const broken = placeOf("witness.json");
  writeFileSync(broken, "{}");
  expect(await fileWitness(broken, log).load()).toBeNull();
  expect(said).toEqual(["witness_not_written", "witness_unreadable"]);
});

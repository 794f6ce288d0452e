import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stat } from "node:fs/promises";
import { connectionId, externalId } from "@crossfoot/kernel";
import { afterEach, beforeEach, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { StatusReport, StoredRecord } from "../runtime/engine.ts";
import { command, fakeEngine, smallStatus } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

const order: StoredRecord = {
  ...{ id: "7", link: null, modifiedAt: null, problems: {} },
  fields: {
    ...{ number: "O-7", date: "2026-01-05", status: "open" },
    lines: [{ key: "1", fields: { quantity: { value: "2", unit: "pcs" } } }],
  },
};
const engineOf = (): ReturnType<typeof fakeEngine> =>
  fakeEngine({
    async *records(entity) {
      if (entity === "orders") yield { ...order, id: externalId(order.id) };
    },
  });
const run = (...argv: readonly string[]): Promise<Ended> =>
  command(["export", ...argv, "--project", folder.path], { engine: engineOf() });

it("goes to the screen, or into a file of its owner alone", async () => {
  const mapped = { "mappings/erp.yaml": "entities:\n  orders:\n    fields:\n      number: number\n" };
  writeFiles(folder.path, mapped);
  const shown = await run("order-history");
  expect([shown.err, shown.code]).toEqual(["", 0]);
  expect(shown.out).toMatch(/^order_id,number,.*\n7,O-7,2026-01-05,open,/);
  const out = join(folder.path, "orders.jsonl");
  const kept = await run("order-history", "--format", "jsonl", "--out", out);
  expect([kept.code, kept.out]).toEqual([0, `Wrote ${out}.\n`]);
  expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ number: "O-7", quantity: "2" });
  expect(statSync(out).mode & 0o777).toBe(0o600);
});

it.each([
  [["orders"], "there are: order-history, demand, pipeline"],
  [["demand", "--since", "2026-02-30"], "--since is a day"],
  [["demand", "--since", "yesterday"], "--since is a day"],
  [["demand", "--format", "xlsx"], "Allowed choices are csv, jsonl"],
])("%s is refused", async (argv, says) => {
  const ended = await run(...argv);
  expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(says)]);
});

it("a file that cannot be written is an error, and leaves nothing", async () => {
  const ended = await run("demand", "--out", join(folder.path, "nowhere", "x.csv"));
  expect([ended.code === 0, ended.err]).toEqual([false, expect.stringContaining("nowhere")]);
});

const loaded = (["crm", "erp"] as const).flatMap((connection) =>
  (["accounts", "products", "quotes", "orders"] as const).map((entity) => ({
    ...{ connection: connectionId(connection), entity, backfilledAt: "2026-01-01T00:00:00Z" },
  })),
) as unknown as StatusReport["cursors"];

/** Runs a worker whose exports go to `out`, until something is so. */
async function worker(cursors: StatusReport["cursors"], isDone: () => boolean): Promise<Ended> {
  let [now, stop] = [0, (): void => undefined];
  return command(["worker", "--project", folder.path], {
    engine: fakeEngine({ status: () => Promise.resolve({ ...smallStatus, cursors }) }),
    clock: { now: () => now, monotonic: () => now },
    sleep: async (ms) => {
      now += ms;
      if (isDone()) stop();
      await stat(folder.path);
      return true;
    },
    onStop: (given) => {
      stop = given;
      return () => undefined;
    },
  });
}
const out = (name: string): string => join(folder.path, "out", `${name}-1970-01-01T0000Z.csv`);
const terms = "exports:\n  every: 1h\n  folder: out\n";

it("a worker writes what is due beside its loop, once everything was loaded", async () => {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject + terms });
  let asked = 0;
  expect((await worker(loaded.slice(1), () => (asked += 1) > 100)).code).toBe(0);
  expect(existsSync(join(folder.path, "out"))).toBe(false);
  expect((await worker(loaded, () => existsSync(out("pipeline")))).code).toBe(0);
  expect(readdirSync(join(folder.path, "out")).toSorted()).toEqual(
    ["demand", "order-history", "pipeline"].map((name) => `${name}-1970-01-01T0000Z.csv`),
  );
});

it("a worker tells once that an export cannot be written, and goes on", async () => {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject + terms, out: "a file in the way" });
  let asked = 0;
  const ended = await worker(loaded, () => (asked += 1) > 100);
  expect([ended.code, ended.err.split("An export was not written").length]).toEqual([0, 2]);
});

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openEmbedded } from "./embedded.ts";
import { lockName, readLock } from "./folder-lock.ts";
import { startChild, type Child } from "./testing/child.ts";
import { prepareStore, type PreparedStore } from "./testing/prepared-store.ts";
import { refusalOf } from "./testing/refusal.ts";
import type { TempFolder } from "./testing/temp-folder.ts";

let prepared: PreparedStore;
beforeAll(async () => {
  prepared = await prepareStore();
});
afterAll(() => prepared.remove());

let folder: TempFolder;
const children: Child[] = [];
beforeEach(() => {
  folder = prepared.copy();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  folder.remove();
});

const crashWriter = new URL("./testing/crash-writer.ts", import.meta.url);
const lockTaker = new URL("./testing/lock-taker.ts", import.meta.url);

function start(program: URL, ...nodes: readonly string[]): Child {
  const child = startChild(program, ...nodes, "--", folder.path);
  children.push(child);
  return child;
}

/** Reads lines until the writer has its database open. */
async function untilOpen(child: Child): Promise<void> {
  for (let line = await child.line(); line !== "open"; line = await child.line()) {
    if (line === null) throw new Error("the writer ended before its database was open");
  }
}

describe("kill -9", () => {
  it("at random moments loses nothing that was acknowledged", async () => {
    let acknowledged = 0;
    const moments = Array.from({ length: 5 }, () => 1 + Math.floor(Math.random() * 60));
    for (const moment of moments) {
      const child = start(crashWriter);
      await untilOpen(child);
      const lines: string[] = [];
      while (lines.length < moment) lines.push((await child.line()) ?? "");
      lines.push(...(await child.kill()));
      acknowledged = Number(lines.at(-1));
      const database = await openEmbedded(folder.path);
      const rows = await database.query<{ n: number }>("select n from written order by n");
      const [{ fillers } = { fillers: -1 }] = await database.query<{ fillers: number }>(
        "select count(distinct n)::int as fillers from filler",
      );
      await database.close();
      expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: rows.length }, (_, at) => at + 1));
      // The row under way at the kill may be there or not; it is whole either way.
      expect(rows.length === acknowledged || rows.length === acknowledged + 1).toBe(true);
      expect(fillers).toBe(Math.floor(rows.length / 3));
    }
    expect(acknowledged).toBeGreaterThan(5);
  });

  it.each([1, 12])("at beat %i while the database is made, it is made again", async (beats) => {
    rmSync(join(folder.path, "database"), { recursive: true });
    const child = start(crashWriter);
    for (let beat = 0; beat < beats; beat += 1) await child.line();
    await child.kill();
    const database = await openEmbedded(folder.path);
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
    await database.close();
    expect(existsSync(join(folder.path, "database.unfinished"))).toBe(false);
  });
});

describe("machine code of the database", () => {
  it("is never freed while it runs: V8 ends the process there at times", async () => {
    const child = start(crashWriter, "--trace-wasm-code-gc");
    const said: string[] = [];
    while (said.at(-1) !== "300") {
      const line = await child.line();
      if (line === null) throw new Error("the writer ended");
      said.push(line);
    }
    await child.kill();
    expect(said.filter((line) => line.startsWith("[wasm-gc]"))).toEqual([]);
  });
});

describe("a second process", () => {
  it("is refused while the first one runs, with its id and what to do", async () => {
    const child = start(crashWriter);
    await untilOpen(child);
    const refusal = await refusalOf(openEmbedded(folder.path));
    expect(refusal.code).toBe("55006");
    expect(refusal.message).toContain(`process ${child.pid}, since`);
    expect(refusal.message).toContain("Stop that process");
    expect(readLock(folder.path)?.pid).toBe(child.pid);
    await child.kill();
    expect(readLock(folder.path)).toBeNull();
    const database = await openEmbedded(folder.path);
    expect(readLock(folder.path)?.pid).toBe(process.pid);
    expect(await refusalOf(openEmbedded(folder.path))).toMatchObject({ code: "55006" });
    await database.close();
    expect(readLock(folder.path)).toBeNull();
  });

  it("of eight that race for a stale lock one wins", async () => {
    const takers = Array.from({ length: 8 }, () => start(lockTaker));
    for (const taker of takers) expect(await taker.line()).toBe("ready");
    for (let round = 0; round < 60; round += 1) {
      const path = join(folder.path, `race-${round}`);
      mkdirSync(path);
      const facts = { pid: 2 ** 30, started: "x", host: hostname(), socket: null, created: "then" };
      writeFileSync(join(path, lockName), JSON.stringify({ ...facts, nonce: `stale-${round}` }));
      for (const taker of takers) taker.tell(path);
      const answers = await Promise.all(takers.map((taker) => taker.line()));
      expect(answers.filter((answer) => answer === "won")).toHaveLength(1);
      const winner = takers[answers.indexOf("won")];
      expect(readLock(path)?.pid).toBe(winner?.pid);
      for (const answer of answers) expect(answer).toMatch(/^won$|in use by process \d+/);
    }
  });
});

import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder, lockName, readLock, type LockFacts } from "./folder-lock.ts";
import { lookAt } from "./running.ts";
import { tempFolder, type TempFolder } from "./testing/temp-folder.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const take = (socket: string | null = null): ReturnType<typeof lockFolder> => lockFolder(folder.path, socket);
const names = (): readonly string[] => readdirSync(folder.path);

function leave(name: string, facts: Partial<LockFacts>): void {
  const whole = {
    pid: process.pid,
    started: lookAt(process.pid).mark,
    host: hostname(),
    nonce: "left",
    ...facts,
  };
  writeFileSync(join(folder.path, name), JSON.stringify({ socket: null, created: "then", ...whole }));
}

const dead = (): number => spawnSync(process.execPath, ["--version"]).pid;

it("is held once, names its holder, and is gone after release", () => {
  const lock = take("/tmp/socket");
  expect(readLock(folder.path)).toMatchObject({ pid: process.pid, host: hostname(), socket: "/tmp/socket" });
  expect(() => take()).toThrow(`process ${process.pid}, since`);
  lock.release();
  expect(names()).toEqual([]);
  take().release();
});

it("of a process that is gone is taken over, with what its takers left behind", () => {
  leave(lockName, { pid: dead(), nonce: "n1" });
  leave(`${lockName}.after-n1`, { pid: dead(), nonce: "n2" });
  leave(`${lockName}.after-n1.after-n2`, { pid: dead(), nonce: "n3" });
  leave(`${lockName}.after-n0`, { pid: dead(), nonce: "n4" });
  expect(readLock(folder.path)).toBeNull();
  const lock = take();
  expect(names()).toEqual([lockName]);
  expect(readLock(folder.path)?.nonce).toBe(lock.facts.nonce);
});

it.skipIf(process.platform !== "linux")("of an earlier process with our id is taken over", () => {
  leave(lockName, { started: "another boot/1" });
  expect(take().facts.pid).toBe(process.pid);
});

it("is not taken over while somebody else is at it", () => {
  leave(lockName, { pid: dead(), nonce: "n1" });
  leave(`${lockName}.after-n1`, {});
  expect(() => take()).toThrow("in use by process");
  expect(readLock(folder.path)).toBeNull();
});

it("of another machine is never taken for stale", () => {
  leave(lockName, { host: "elsewhere.invalid", pid: dead() });
  expect(() => take()).toThrow(/on the machine elsewhere\.invalid.*remove .*crossfoot\.lock/);
});

it("that cannot be read is refused, with what to do", () => {
  writeFileSync(join(folder.path, lockName), "");
  expect(() => take()).toThrow("cannot be read. If nobody uses the folder, remove that file");
});

it("that somebody removed and took again is not released by the former holder", () => {
  const lock = take();
  leave(lockName, { nonce: "another" });
  lock.release();
  expect(names()).toEqual([lockName]);
});

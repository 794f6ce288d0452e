import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { lookAt } from "../running.ts";

/** A server that some run of the tests started. */
interface Entry {
  readonly pid: number;
  readonly started: string | null;
  readonly owner: number;
  readonly ownerStarted: string | null;
  readonly folder: string;
}

function register(): string {
  const folder = join(tmpdir(), `crossfoot-postgres-pids-${userInfo().username}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

const fileOf = (pid: number): string => join(register(), `${pid}.json`);

/**
 * Writes down that this program started a server, so that a later run can stop it when this one is killed.
 */
export function noteServer(pid: number, folder: string): void {
  const entry: Entry = {
    pid,
    started: lookAt(pid).mark,
    owner: process.pid,
    ownerStarted: lookAt(process.pid).mark,
    folder,
  };
  writeFileSync(fileOf(pid), JSON.stringify(entry));
}

/** Forgets a server that was stopped. */
export function forgetServer(pid: number): void {
  rmSync(fileOf(pid), { force: true });
}

function isSame(pid: number, mark: string | null): boolean {
  const seen = lookAt(pid);
  return seen.isRunning && seen.mark === mark;
}

/**
 * PostgreSQL itself writes its id into the folder; without that line the id may be somebody else's by now.
 */
function isServer({ pid, started, folder }: Entry): boolean {
  if (!isSame(pid, started)) return false;
  try {
    return readFileSync(join(folder, "cluster", "postmaster.pid"), "utf8").startsWith(`${pid}\n`);
  } catch {
    return false;
  }
}

/** Sends a signal and waits, at most `ms`, until the server is gone. Answers whether it is. */
export async function endServer(pid: number, signal: NodeJS.Signals, ms: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  const until = performance.now() + ms;
  while (lookAt(pid).isRunning && performance.now() < until) await wait(20);
  return !lookAt(pid).isRunning;
}

/** Stops servers whose owner is gone and removes their folders. */
export async function stopOrphans(): Promise<number> {
  let stopped = 0;
  for (const name of readdirSync(register())) {
    const path = join(register(), name);
    let entry: Entry;
    try {
      entry = JSON.parse(readFileSync(path, "utf8")) as Entry;
    } catch {
      continue;
    }
    if (isSame(entry.owner, entry.ownerStarted)) continue;
    if (isServer(entry)) {
      stopped += 1;
      if (!(await endServer(entry.pid, "SIGQUIT", 5_000))) await endServer(entry.pid, "SIGKILL", 5_000);
    }
    rmSync(entry.folder, { recursive: true, force: true, maxRetries: 5 });
    rmSync(path, { force: true });
  }
  return stopped;
}

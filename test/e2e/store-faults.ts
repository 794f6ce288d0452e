/** A worker over a real PostgreSQL to which things happen, and what it tells its operator meanwhile. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openServer, startPostgres } from "crossfoot/testing";
import type { Database, TestPostgres } from "crossfoot/testing";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage, StageSize } from "./kill-stage.ts";
import { childEnv } from "./child-env.ts";
import { root } from "./twin-project.ts";

const settings = `
guard:
  create: { countFree: 100000 }
  update: { countFree: 100000 }
cadence: { accounts: 2s, contacts: 2s, products: 2s, quotes: 2s, orders: 2s }
`;

/** `crossfoot worker` as a program of its own, whose every line is kept. */
export class WatchedWorker {
  readonly #child: ChildProcess;
  readonly ended: Promise<unknown>;
  told = "";

  readonly #clock: string;

  constructor(folder: string) {
    this.#clock = join(folder, "clock-off");
    this.setClock(0);
    const options = ["--conditions=source", "--import", import.meta.resolve("./clock-off.ts")];
    const program = [...options, "packages/server/src/main.ts", "--project", folder, "worker"];
    this.#child = spawn(process.execPath, program, {
      cwd: root,
      env: childEnv({ CROSSFOOT_TEST_CLOCK: this.#clock }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.told += text;
      });
    this.ended = once(this.#child, "close");
  }

  /** The program's wall clock is off by so much from now on, ms. */
  setClock(offMs: number): void {
    writeFileSync(`${this.#clock}.next`, String(offMs));
    renameSync(`${this.#clock}.next`, this.#clock);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it told from a place in `told` on. */
  readonly since = (place: number): string => this.told.slice(place);

  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    await this.ended;
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** A place for a database that can be filled to its last byte. */
interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
  remove(): void;
}

const smallDiskBytes = 64 * 1024 * 1024;

/** Mounts a small disk of the user that a server runs as; null where we may not mount anything. */
function mountSmallDisk({ pid }: TestPostgres): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-small-"));
  const { uid, gid } = statSync(`/proc/${pid}`);
  const options = `size=${smallDiskBytes},uid=${uid},gid=${gid},mode=0700`;
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      for (let size = 1024 * 1024; size >= 4096; size /= 2) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(size));
        } catch {
          // No room for so much any more: the next smaller piece.
        }
      }
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize > 64 * 1024) throw new Error("the small disk was not filled");
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      spawnSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a worker is put between. */
export interface FaultyStage {
  readonly stage: KillStage;
  readonly server: TestPostgres;
  /** The worker's database, as its administrator sees it. */
  readonly database: Database;
  readonly disk: SmallDisk | null;
  startWorker(): WatchedWorker;
  /** The database's clock is off by so much from now on. */
  setClock(offMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Who the worker is to PostgreSQL: no administrator, so that limits hold for it. */
export const workerRole = "crossfoot_worker";

/** The database's `now()` is one of ours, which comes before PostgreSQL's own and can be off. */
const ownClock = `
  create schema step authorization ${workerRole};
  create table step.clock_off (ms float8 not null);
  insert into step.clock_off values (0);
  create function step.now() returns timestamptz language sql stable as
    $$ select pg_catalog.now() + (select ms from step.clock_off) * interval '1 millisecond' $$;
  grant select on step.clock_off to ${workerRole};
  alter database faulty set search_path = step, public, pg_catalog;
`;

/** Makes the worker's database, on the small disk where there is one. Answers the administrator's address. */
async function makeDatabase(server: TestPostgres, disk: SmallDisk | null): Promise<string> {
  const address = new URL(server.url);
  address.pathname = "/faulty";
  const all = await openServer(server.url);
  try {
    await all.query(`create role ${workerRole} login`);
    if (disk !== null) await all.query(`create tablespace small location '${disk.folder}'`);
    const place = disk === null ? "" : " tablespace small";
    await all.query(`create database faulty owner ${workerRole}${place}`);
  } finally {
    await all.close();
  }
  const one = await openServer(address.href);
  try {
    await one.script(ownClock);
  } finally {
    await one.close();
  }
  return address.href;
}

/** Starts PostgreSQL, both systems and a project between them. */
export async function openFaultyStage(size: StageSize): Promise<FaultyStage> {
  const server = await startPostgres();
  const disk = mountSmallDisk(server);
  const address = await makeDatabase(server, disk);
  const own = new URL(address);
  own.username = workerRole;
  const database = await openServer(address);
  const stage = await openKillStage(size, { home: "server", url: own.href });
  appendFileSync(join(stage.folder, "crossfoot.yaml"), settings);
  return {
    ...{ stage, server, database, disk },
    startWorker: () => new WatchedWorker(stage.folder),
    async setClock(offMs) {
      await database.query("update step.clock_off set ms = $1", [offMs]);
    },
    async close() {
      await database.close();
      await stage.close();
      await server.stop();
      disk?.remove();
    },
  };
}

/** Refuses every entry of the journal as PostgreSQL refuses a statement that its disk does not let it do. */
export async function refuseWrites(database: Database, code: string, message: string): Promise<void> {
  await database.script(`
    create or replace function step.refuse() returns trigger language plpgsql as
      $$ begin raise exception using errcode = '${code}', message = '${message}'; end $$;
    create trigger refuse before insert on step.journal for each statement execute function step.refuse();
  `);
}

/** Takes {@link refuseWrites} back. */
export async function allowWrites(database: Database): Promise<void> {
  await database.query("drop trigger refuse on step.journal");
}

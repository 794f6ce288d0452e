import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import type { Database } from "../../ports.ts";
import { SharedSession } from "../embedded-database.ts";
import { openEngine } from "../embedded-engine.ts";

const locate = createRequire(import.meta.url);
const fileOf = (name: string): string => locate.resolve(`@electric-sql/pglite/${name}`);

/** Small log segments and buffers: half of the time to start goes into filling them. */
const initDbStartParams = ["--wal-segsize=1"];
const settings = ["shared_buffers=16MB"];

/** WebAssembly belongs to the browser's types, which this project does not load. */
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<NonNullable<PGliteOptions["pgliteWasmModule"]>>;
  };
};

/** The version of the installed PGlite, which the prepared cluster depends on. */
function installedVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(dirname(fileOf("pglite.wasm")), "../package.json"), "utf8"),
  );
  const version: unknown =
    typeof manifest === "object" && manifest !== null && "version" in manifest && manifest.version;
  return String(version);
}

/** What a fresh database holds from the start. */
export interface Template {
  /** Of letters and digits; another one for other content. */
  readonly name: string;
  /** Fills an empty database, which reads values as PGlite does. */
  fill(database: Pick<Database, "query" | "script">): Promise<unknown>;
}

/** A cluster as a tar file, made once per machine, PGlite version and template: it takes seconds to make. */
async function clusterOf(loaded: PGliteOptions, template: Template | null): Promise<Blob> {
  const folder = join(tmpdir(), `crossfoot-pglite-${installedVersion()}-${userInfo().username}`);
  const path = join(folder, template === null ? "cluster.tar" : `cluster-${template.name}.tar`);
  try {
    return new Blob([readFileSync(path)]);
  } catch {
    // Not there yet. Whoever is first makes it; it appears whole, since it is moved into place.
  }
  const pglite = await PGlite.create({ ...loaded, initDbStartParams });
  await template?.fill({
    query: async <Row>(sql: string) => (await pglite.query<Row>(sql)).rows,
    script: async (sql) => void (await pglite.exec(sql)),
  });
  await pglite.exec("checkpoint");
  const cluster = await pglite.dumpDataDir("none");
  await pglite.close();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, Buffer.from(await cluster.arrayBuffer()));
  renameSync(draft, path);
  return cluster;
}

const parts = new Map<string | null, Promise<PGliteOptions>>();

async function load(template: Template | null): Promise<PGliteOptions> {
  const compiled: unknown = await wasm.compile(readFileSync(fileOf("pglite.wasm")));
  const fsBundle = new Blob([readFileSync(fileOf("pglite.data"))]);
  const modules: PGliteOptions = { pgliteWasmModule: compiled as never, fsBundle };
  return { ...modules, loadDataDir: await clusterOf(modules, template) };
}

/**
 * A fresh database in the memory of this very thread, of the embedded kind: the same session, queue and
 * values as `openEmbedded`, without files, thread and lock. Empty, or as the template fills it. About 0.12 s
 * each (seconds more the first time on a machine). Close it after use: it holds some 150 MB.
 */
export async function openEphemeral(template: Template | null = null): Promise<Database> {
  const name = template?.name ?? null;
  const known = parts.get(name) ?? load(template);
  parts.set(name, known);
  const engine = await openEngine({ folder: null, settings, pglite: await known });
  return new SharedSession(engine, () => engine.close());
}

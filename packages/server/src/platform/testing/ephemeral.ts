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

/** An empty cluster as a tar file, made once per machine and PGlite version: it takes a second to make. */
async function emptyCluster(loaded: PGliteOptions): Promise<Blob> {
  const folder = join(tmpdir(), `crossfoot-pglite-${installedVersion()}-${userInfo().username}`);
  const path = join(folder, "cluster.tar");
  try {
    return new Blob([readFileSync(path)]);
  } catch {
    // Not there yet. Whoever is first makes it; it appears whole, since it is moved into place.
  }
  const pglite = await PGlite.create({ ...loaded, initDbStartParams });
  const cluster = await pglite.dumpDataDir("none");
  await pglite.close();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `cluster-${process.pid}.draft`);
  writeFileSync(draft, Buffer.from(await cluster.arrayBuffer()));
  renameSync(draft, path);
  return cluster;
}

let parts: Promise<PGliteOptions> | null = null;

async function load(): Promise<PGliteOptions> {
  const compiled: unknown = await wasm.compile(readFileSync(fileOf("pglite.wasm")));
  const fsBundle = new Blob([readFileSync(fileOf("pglite.data"))]);
  const modules: PGliteOptions = { pgliteWasmModule: compiled as never, fsBundle };
  return { ...modules, loadDataDir: await emptyCluster(modules) };
}

/**
 * A fresh, empty database in the memory of this very thread, of the embedded kind: the same session, queue
 * and values as `openEmbedded`, without files, thread and lock. About 0.12 s each (1 s more the first time
 * on a machine). Close it after use: it holds some 150 MB.
 */
export async function openEphemeral(): Promise<Database> {
  parts ??= load();
  const engine = await openEngine({ folder: null, settings, pglite: await parts });
  return new SharedSession(engine, () => engine.close());
}

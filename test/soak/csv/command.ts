import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How a command ended. */
export interface Ran {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly err: string;
  readonly seconds: number;
  /** The most memory it held, in megabytes (VmHWM). */
  readonly memory: number;
}

const program = fileURLToPath(new URL("main.ts", import.meta.resolve("crossfoot")));
const lookEveryMs = 50;

/** The most memory a process held so far, in megabytes; 0 where Linux does not tell (any more). */
function memoryOf(pid: number | undefined): number {
  try {
    const told = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(told ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs the command line in a process of its own, and looks at its memory meanwhile. */
export async function run(args: readonly string[]): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--conditions=source", program, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  let memory = 0;
  const timer = setInterval(() => (memory = Math.max(memory, memoryOf(child.pid))), lookEveryMs);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  return { code, err, seconds: (performance.now() - startedAt) / 1000, memory };
}

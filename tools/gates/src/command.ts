/** Running a tool as a child with a time limit and no terminal. */
import { spawn, type ChildProcess } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** How a tool ended. `code` is null when it was stopped for taking too long. */
export type Ended = { readonly code: number | null; readonly output: string; readonly seconds: number };

/** What to run, where, and for how long at most. */
export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
};

/** Kept of a tool's output; the rest of a runaway tool's words is dropped. */
const outputCharactersMax = 4_000_000;
/** How long output may still arrive after the exit of a tool. */
const lastWordsMs = 2_000;

/** Stops the child and what it started; the group may be gone already. */
function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Tools start with the Node that runs the gates, whatever Node the machine has. */
function environment(): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return { ...process.env, PATH: path, FORCE_COLOR: "0", NO_COLOR: "1", CI: "1" };
}

/**
 * The exit code of a child, once its last words have arrived. Something it left running may hold its output
 * open for ever, so after its exit the wait is short.
 */
async function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
    child.once("exit", (code) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, lastWordsMs).unref();
    });
  });
}

/** Runs a tool to its end. Rejects only when the program cannot be started. */
export async function run(command: Command): Promise<Ended> {
  const startedAt = performance.now();
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: environment(),
  });
  let output = "";
  const collect = (text: string): void => {
    if (output.length < outputCharactersMax) output += text;
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  let isTooLate = false;
  const timer = setTimeout(() => {
    isTooLate = true;
    stopGroup(child.pid);
  }, command.timeoutMs);
  const code = await endOf(child).finally(() => clearTimeout(timer));
  const seconds = (performance.now() - startedAt) / 1000;
  return { code: isTooLate ? null : (code ?? 1), output: stripVTControlCharacters(output), seconds };
}

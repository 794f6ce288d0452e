/** The command line of Crossfoot as a child program that can be killed. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { childEnv, programFlags } from "./child-env.ts";
import { root } from "./twin-project.ts";

/** How a child ended. */
export interface Ended {
  readonly code: number | null;
  /** True when SIGKILL ended it, and not it itself. */
  readonly isKilled: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a child gets beside its arguments. */
interface Start {
  readonly onStart?: (child: ChildProcess) => void;
  readonly env?: { readonly [name: string]: string };
}

/** Runs one command to its end, told as JSON. `onStart` gets the child, to kill it. */
export function runCli(
  folder: string,
  args: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<Ended> {
  return runProgram(folder, ["--json", ...args], onStart === undefined ? {} : { onStart });
}

/** Runs one command to its end, as a person sees it, with more in its environment where that is given. */
export async function runProgram(
  folder: string,
  args: readonly string[],
  { onStart, env: more = {} }: Start = {},
): Promise<Ended> {
  const flags = [...programFlags, "packages/server/src/main.ts", "--project", folder];
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: root,
    env: childEnv(more),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart?.(child);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, isKilled: signal === "SIGKILL", stdout, stderr };
}

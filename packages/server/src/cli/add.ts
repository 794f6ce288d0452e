import type { Command } from "commander";
import type { Context } from "./context.ts";
import type { ExitCode } from "./refusal.ts";

/** Adds a command of ours to commander: its work gets the context and answers the exit code. */
export type Add = (
  usage: string,
  description: string,
  set: (
    command: Command,
    act: (work: (context: Context, args: readonly unknown[]) => Promise<ExitCode> | ExitCode) => void,
  ) => void,
) => void;

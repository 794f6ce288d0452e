/** Thread of a project's own rules: loads their file, and answers one question after the other. */
import { workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { SideValue } from "@crossfoot/kernel";

/** What the thread is started with. */
export interface RuleStart {
  /** Address of the file of the rules. */
  readonly file: string;
  readonly port: MessagePort;
  readonly flag: Int32Array;
}

/** A question for a rule. */
export interface RuleQuestion {
  readonly id: number;
  readonly name: string;
  readonly sides: readonly SideValue[];
}

/** An answer; that to the start has the number 0 and the names of the rules. */
export interface RuleAnswer {
  readonly id: number;
  readonly winner: string | null;
  /** Class of the error that was thrown, never its message: it may hold values. */
  readonly error: string | null;
  readonly names: readonly string[];
}

type Rule = (sides: readonly SideValue[]) => unknown;

const nothing = { winner: null, error: null, names: [] };
const classOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

function answer({ port, flag }: RuleStart, told: RuleAnswer): void {
  port.postMessage(told);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

async function load(file: string): Promise<ReadonlyMap<string, Rule>> {
  const found = (await import(file)) as { readonly [name: string]: unknown };
  return new Map(
    Object.entries(found).flatMap(([name, rule]): [string, Rule][] =>
      typeof rule === "function" ? [[name, rule as Rule]] : [],
    ),
  );
}

function ask(rule: Rule | undefined, { id, sides }: RuleQuestion): RuleAnswer {
  try {
    const winner = rule?.(sides);
    return { ...nothing, id, winner: typeof winner === "string" ? winner : null };
  } catch (error) {
    return { ...nothing, id, error: classOf(error) };
  }
}

async function main(start: RuleStart): Promise<void> {
  try {
    const rules = await load(start.file);
    start.port.on("message", (question: RuleQuestion) =>
      answer(start, ask(rules.get(question.name), question)),
    );
    answer(start, { ...nothing, id: 0, names: [...rules.keys()] });
  } catch (error) {
    answer(start, { ...nothing, id: 0, error: classOf(error) });
  }
}

await main(workerData as RuleStart);

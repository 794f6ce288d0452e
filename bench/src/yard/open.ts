import { fileURLToPath } from "node:url";
import { startChild } from "../child.ts";
import type { Child } from "../child.ts";
import type { YardAnswers, YardPlace, YardQuestions } from "./talk.ts";

/** The yard as its user sees it. */
export type Yard = YardPlace & Child<YardQuestions, YardAnswers>;

/** Starts both systems in a process of their own; each call takes `latencyMs` before it has its effect. */
export function openYard(latencyMs: number): Promise<Yard> {
  const file = fileURLToPath(new URL("./main.ts", import.meta.url));
  return startChild<YardPlace, YardQuestions, YardAnswers>(file, [String(latencyMs)]);
}

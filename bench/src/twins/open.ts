import { fileURLToPath } from "node:url";
import { startChild } from "../child.ts";
import type { Child } from "../child.ts";
import type { TwinsAnswers, TwinsPlace, TwinsQuestions } from "./talk.ts";

/** Both twins as their user sees them. */
export type Twins = TwinsPlace & Child<TwinsQuestions, TwinsAnswers>;

/** Starts both twins in a process of their own; to each answer `latencyMs` are added. */
export function openTwins(latencyMs: number): Promise<Twins> {
  const file = fileURLToPath(new URL("./main.ts", import.meta.url));
  return startChild<TwinsPlace, TwinsQuestions, TwinsAnswers>(file, [String(latencyMs)]);
}

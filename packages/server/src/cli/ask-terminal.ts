import { isCancel, log, select, text } from "@clack/prompts";
import type { Ask } from "./interview-questions.ts";

/** Asks at the terminal: choices by the arrow keys, all else by a line. Esc or Ctrl-C stops. */
export const askTerminal: Ask = async (question, problem) => {
  const { asks, form, fallback } = question;
  const output = process.stderr;
  if (problem !== null) log.warn(problem, { output });
  const answer =
    form.is === "choice"
      ? await select<string>({
          message: asks,
          options: form.of.map(({ value, words }) => ({ value, label: words })),
          initialValue: fallback,
          output,
        })
      : await text({ message: asks, placeholder: fallback, defaultValue: fallback, output });
  return isCancel(answer) ? null : answer;
};

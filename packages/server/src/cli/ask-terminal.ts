import { isCancel, log, password, select, text } from "@clack/prompts";
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

/** Asks for a secret at the terminal, without showing it. Null when the person stops. */
export async function askSecret(asks: string): Promise<string | null> {
  const answer = await password({ message: asks, output: process.stderr });
  return isCancel(answer) ? null : answer;
}

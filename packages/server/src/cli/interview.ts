import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Context } from "./context.ts";
import { answersOfBefore, keepAnswers, readAnswers } from "./interview-answers.ts";
import type { Answers } from "./interview-answers.ts";
import { answerProblem, departments, questionsFor } from "./interview-questions.ts";
import type { Ask, Question } from "./interview-questions.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";

/**
 * The answers to all questions: of a file, or of those who sit at the terminal. What nobody answered has its
 * default. Each answer is kept at once, so that an interview that is broken off goes on where it stopped.
 * Throws a Refusal when there is nobody to ask, or when they stop.
 */
export async function interview(
  context: Context,
  at: { readonly folder: string; readonly answers: string | undefined },
): Promise<{ readonly questions: readonly Question[]; readonly answers: Answers; readonly asked: number }> {
  const questions = questionsFor(Object.keys(context.deps.connectors));
  const root = resolve(at.folder);
  if (existsSync(join(root, "crossfoot.yaml")))
    throw badInput(`${root} has crossfoot.yaml already; nothing was asked. Name an empty folder.`);
  if (at.answers !== undefined) {
    const given = readAnswers(at.answers, questions);
    return { questions, answers: completed(questions, given), asked: given.size };
  }
  const { ask } = context.deps;
  if (ask === null) throw badInput("an interview needs a terminal, or a file of answers: --answers FILE");
  mkdirSync(root, { recursive: true });
  const before = answersOfBefore(root, questions);
  if (before.size > 0) context.say(`${before.size} answers of before are kept; it goes on with the next.`);
  const answers = new Map(before);
  for (const department of departments) {
    const open = questions.filter((each) => each.department === department && !answers.has(each.id));
    if (open.length > 0) context.say(`\n${department}`);
    for (const question of open) {
      const answer = await askUntilTaken(ask, question);
      if (answer === null) {
        const message =
          `the interview was stopped; ${answers.size} of ${questions.length} answers are kept in ${root}. ` +
          "The same command goes on with the next question";
        throw new Refusal(exitCodes.failed, message, { code: "interview_stopped" });
      }
      answers.set(question.id, answer);
      keepAnswers(root, questions, answers);
    }
  }
  return { questions, answers, asked: answers.size };
}

async function askUntilTaken(ask: Ask, question: Question): Promise<string | null> {
  let problem: string | null = null;
  for (;;) {
    const said = await ask(question, problem);
    if (said === null) return null;
    const answer = said.trim();
    problem = answerProblem(question, answer);
    if (problem === null) return answer;
  }
}

const completed = (questions: readonly Question[], given: Answers): Answers =>
  new Map(questions.map(({ id, fallback }) => [id, given.get(id) ?? fallback]));

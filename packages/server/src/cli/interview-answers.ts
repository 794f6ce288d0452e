import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import { readYaml } from "../config/yaml-file.ts";
import { answerProblem } from "./interview-questions.ts";
import type { Question } from "./interview-questions.ts";
import { badInput } from "./refusal.ts";

/** Answers by the id of their question. */
export type Answers = ReadonlyMap<string, string>;

/** File of a project in which the answers of its interview are kept, also while it goes on. */
export const answersFile = "interview.yaml";

/**
 * Reads answers from a file, YAML or JSON, ids and answers. `yes`, `no`, numbers and days may stand without
 * quotes. Throws a Refusal that names everything wrong with it at once.
 */
export function readAnswers(path: string, questions: readonly Question[]): Answers {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw badInput(`the answers in ${path} cannot be read (${code})`);
  }
  const { json, problems } = readYaml({ name: path, text });
  const [broken] = problems;
  if (broken !== undefined) throw badInput(`${path}: ${broken.message}`);
  if (json !== null && !isMap(json)) throw badInput(`${path} is a map of questions and answers`);
  const wrong: string[] = [];
  const answers = new Map<string, string>();
  for (const [id, given] of Object.entries(json ?? {})) {
    const question = questions.find((each) => each.id === id);
    const answer = textOf(given);
    if (question === undefined) wrong.push(unknownQuestion(id, questions));
    else if (answer === null) wrong.push(`\`${id}\` is answered by one text`);
    else {
      const problem = answerProblem(question, answer);
      if (problem === null) answers.set(id, answer);
      else wrong.push(problem);
    }
  }
  if (wrong.length > 0)
    throw badInput(`${path}: nothing was written\n${wrong.map((each) => `- ${each}`).join("\n")}`);
  return answers;
}

function unknownQuestion(id: string, questions: readonly Question[]): string {
  const nearest = nearestName(
    id,
    questions.map((each) => each.id),
  );
  return `no question is called \`${id}\`${nearest === undefined ? "" : `; did you mean \`${nearest}\`?`}`;
}

function textOf(given: unknown): string | null {
  if (given === null) return "";
  if (given === true) return "yes";
  if (given === false) return "no";
  return typeof given === "string" || typeof given === "number" ? String(given).trim() : null;
}

/** The answers as a file that a person reads, each under its question. */
export function answersText(questions: readonly Question[], answers: Answers): string {
  const blocks = questions.flatMap(({ id, department, asks }) => {
    const answer = answers.get(id);
    return answer === undefined ? [] : [`# ${department}: ${asks}\n${id}: ${JSON.stringify(answer)}\n`];
  });
  return [
    "# What was answered when this project was made: `crossfoot init --answers interview.yaml`\n" +
      "# makes the same files again in another folder. An interview that was broken off goes on from here.\n",
    ...blocks,
  ].join("\n");
}

/** Keeps the answers in the folder; a program that dies meanwhile leaves those of before. */
export function keepAnswers(folder: string, questions: readonly Question[], answers: Answers): void {
  const path = join(folder, answersFile);
  writeFileSync(`${path}.part`, answersText(questions, answers));
  renameSync(`${path}.part`, path);
}

/** Answers that an interview of before left in the folder. Throws a Refusal when they cannot be read. */
export function answersOfBefore(folder: string, questions: readonly Question[]): Answers {
  const path = join(folder, answersFile);
  return existsSync(path) ? readAnswers(path, questions) : new Map();
}

import { entityNames } from "@crossfoot/model";
import { startingFiles } from "./init-files.ts";
import type { StartingSides } from "./init-files.ts";
import { answersFile, answersText } from "./interview-answers.ts";
import type { Answers } from "./interview-answers.ts";
import { contractLines, mappingStubs, switchedBy, yamlOf } from "./interview-contract.ts";
import type { Question } from "./interview-questions.ts";

/** Files of a project as the answers of an interview have it, by their path; each line says whose it is. */
export function interviewFiles(
  sides: StartingSides,
  { questions, answers }: { readonly questions: readonly Question[]; readonly answers: Answers },
): ReadonlyMap<string, string> {
  const said = (id: string): string => answers.get(id) ?? "";
  const files = new Map(startingFiles(sides));
  files.set("contract.yaml", contractText(said));
  files.set("crossfoot.yaml", projectText(files.get("crossfoot.yaml") ?? "", said));
  for (const role of ["crm", "erp"] as const) {
    const name = `mappings/${role}.yaml`;
    const isDescribed = sides[role].connector === "http";
    if (isDescribed) files.set(name, `${files.get(name) ?? ""}${mappingStubs(["accounts"], said)}`);
  }
  files.set(answersFile, answersText(questions, answers));
  return files;
}

function contractText(said: (id: string) => string): string {
  return `# yaml-language-server: $schema=.schemas/contract.schema.json
# Who owns which field, as the departments answered; behind each line the question that made it
# (${answersFile} has them all). What is not said here holds by default: \`crossfoot contract\` prints it.
version: "1"
${yamlOf(contractLines(said))}`;
}

/** The project's file with switches and limits as they were answered. */
function projectText(text: string, said: (id: string) => string): string {
  const switched = switchedBy(said);
  const lines = text.split("\n").map((line) => {
    const name = entityNames.find((each) => new RegExp(`^ {2}${each}: +(on|off)$`).test(line));
    const own = name === undefined ? undefined : switched.get(name);
    return own === undefined ? line : `  ${name ?? ""}: ${own.on ? "on" : "off"} # ${own.by}`;
  });
  const more = [
    `observe: ${said("it.observe") === "yes" ? "on" : "off"} # it.observe`,
    `sweep: ${said("it.sweep")} # it.sweep`,
    `contract: { requireSignature: ${said("finance.signature")} } # finance.signature`,
  ];
  return `${lines.join("\n").trimEnd()}\n\n${more.join("\n")}\n`;
}

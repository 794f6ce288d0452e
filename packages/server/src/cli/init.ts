import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nearestName } from "@crossfoot/model";
import type { Role } from "@crossfoot/model";
import type { Context } from "./context.ts";
import { startingFiles } from "./init-files.ts";
import type { StartingSide } from "./init-files.ts";
import { answersFile } from "./interview-answers.ts";
import { interviewFiles } from "./interview-files.ts";
import { departments } from "./interview-questions.ts";
import { interview } from "./interview.ts";
import { safeText } from "./text.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

/** What `init` is asked. */
export interface InitOptions {
  readonly crm: string;
  readonly erp: string;
  readonly crmAddress: string;
  readonly erpAddress: string;
  /** Asks each department, or takes what a file answers. */
  readonly interview?: boolean;
  readonly answers?: string;
}

/** `init`: makes a project folder that a person can read. Overwrites nothing. */
export async function initCommand(
  context: Context,
  folder: string | undefined,
  options: InitOptions,
): Promise<ExitCode> {
  const root = resolve(folder ?? context.folder);
  if (options.interview === true || options.answers !== undefined)
    return interviewCommand(context, root, options.answers);
  const files = startingFiles({
    crm: sideOf(context, "crm", { connector: options.crm, address: options.crmAddress }),
    erp: sideOf(context, "erp", { connector: options.erp, address: options.erpAddress }),
  });
  makeFiles(root, files);
  const made = { folder: root, files: [...files.keys()] };
  context.print(made, () => madeText(made));
  return exitCodes.done;
}

/** `init --interview`: the departments are asked, and what they say becomes the project. */
async function interviewCommand(context: Context, root: string, file: string | undefined): Promise<ExitCode> {
  const asked = await interview(context, { folder: root, answers: file });
  const said = (id: string): string => asked.answers.get(id) ?? "";
  const files = interviewFiles(
    {
      crm: sideOf(context, "crm", { connector: said("it.crm"), address: said("it.crmAddress") }),
      erp: sideOf(context, "erp", { connector: said("it.erp"), address: said("it.erpAddress") }),
    },
    asked,
  );
  makeFiles(root, files);
  const made = { folder: root, files: [...files.keys()] };
  context.print({ ...made, answers: Object.fromEntries(asked.answers) }, () =>
    [madeText(made), ...summaryOf(asked)].join("\n"),
  );
  return exitCodes.done;
}

/** What each department said, for those who look it over once more. */
function summaryOf({ questions, answers }: Awaited<ReturnType<typeof interview>>): readonly string[] {
  return departments.flatMap((department) => [
    `\n${department}`,
    ...questions
      .filter((each) => each.department === department)
      .map(({ id, asks, form }) => {
        const answer = answers.get(id) ?? "";
        const words = form.is === "choice" ? form.of.find(({ value }) => value === answer)?.words : answer;
        return safeText(`  ${asks} ${words === "" ? "(nothing)" : (words ?? answer)}`);
      }),
  ]);
}

/** Writes the files of a project. Throws a Refusal where one is there; only answers are written anew. */
function makeFiles(root: string, files: ReadonlyMap<string, string>): void {
  const taken = [...files.keys()].filter((name) => name !== answersFile && existsSync(join(root, name)));
  if (taken.length > 0) {
    throw badInput(`${root} has ${taken.join(", ")} already; nothing was written. Name an empty folder.`);
  }
  for (const [name, text] of files) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    // `wx` fails where a file has appeared in the meantime, instead of overwriting it.
    writeFileSync(path, text, { flag: name === answersFile ? "w" : "wx" });
  }
}

function madeText({ folder, files }: { readonly folder: string; readonly files: readonly string[] }): string {
  const list = files.filter((name) => !name.startsWith(".schemas/")).map((name) => `  ${name}`);
  return [
    `Made a project in ${folder}:`,
    ...list,
    "",
    "Next: read README.md there, set the secrets, then `crossfoot check`.",
  ].join("\n");
}

function sideOf(context: Context, role: Role, side: StartingSide): StartingSide {
  const known = Object.keys(context.deps.connectors);
  if (!known.includes(side.connector)) {
    const nearest = nearestName(side.connector, known);
    const hint =
      nearest === undefined ? `; there are: ${known.join(", ")}` : ` (did you mean \`${nearest}\`?)`;
    throw badInput(`--${role}: unknown connector \`${side.connector}\`${hint}`);
  }
  if (URL.canParse(side.address)) return side;
  throw badInput(`--${role}-address is an address such as https://${role}.example.com`);
}

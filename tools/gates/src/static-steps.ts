/** The steps that read the code without running it: format, types, lint, tidy, knip. */
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { run, type Ended } from "./command.ts";
import { noTests, type Outcome } from "./outcome.ts";
import { filesIn, tool, type Workplace } from "./workplace.ts";

const timeoutMs = 5 * 60_000;
const compilersAtOnce = 2;

type Judgement = {
  readonly sight: string;
  readonly count: number;
  readonly problems?: readonly (string | false)[];
};

function outcome(name: string, ended: Ended, judgement: Judgement): Outcome {
  const late = ended.code === null && `stopped after ${timeoutMs / 60_000} minutes`;
  const code = ended.code !== 0 && ended.code !== null && `the tool ended with code ${ended.code}`;
  const problems = [late, code, ...(judgement.problems ?? [])].filter((problem) => problem !== false);
  const { sight, count } = judgement;
  return { name, seconds: ended.seconds, sight, count, tests: noTests, problems, output: ended.output };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** Formatting, by oxfmt. */
export async function formatStep(place: Workplace): Promise<Outcome> {
  const ended = await run({ program: tool(place, "oxfmt"), args: ["--check"], cwd: place.root, timeoutMs });
  const count = numberIn(ended.output, /on (\d+) files?/);
  return outcome("format", ended, { sight: `${count} files read for their form`, count });
}

/** Lint with type information, by oxlint and tsgolint. Fewer files than git has TypeScript is a failure. */
export async function lintStep(place: Workplace): Promise<Outcome> {
  const args = ["--type-aware", "--deny-warnings"];
  const ended = await run({ program: tool(place, "oxlint"), args, cwd: place.root, timeoutMs });
  const count = numberIn(ended.output, /on (\d+) files?/);
  const rules = numberIn(ended.output, /with (\d+) rules/);
  const expected = filesIn(place, ["**/*.ts"], ["**/recordings/**"]).length;
  return outcome("lint", ended, {
    sight: `${count} files linted by ${rules} rules`,
    count: Math.min(count, rules),
    problems: [count < expected && `linted ${count} files, git counts ${expected}`],
  });
}

/** The house rules, by tools/tidy. */
export async function tidyStep(place: Workplace): Promise<Outcome> {
  const main = join(place.home, "tools/tidy/src/main.ts");
  const args = ["--conditions=source", main, "--json", `--root=${place.root}`];
  const ended = await run({ program: process.execPath, args, cwd: place.root, timeoutMs });
  const lines = ended.output.trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  const summary = last.startsWith("{") ? (JSON.parse(last) as Readonly<Record<string, number>>) : {};
  const { rules = 0, canaries = 0, files = 0, exceptions = 0 } = summary;
  const exceptionLines = lines.filter((line) => line.startsWith("exception: "));
  const sight = `${files} files by ${rules} rules proven on ${canaries} canaries, ${exceptions} exceptions`;
  return outcome(
    "tidy",
    { ...ended, output: lines.slice(0, -1).join("\n") },
    {
      sight: [sight, ...exceptionLines].join("\n      "),
      count: Math.min(rules, canaries, files),
    },
  );
}

/** Unused files, exports and dependencies, by knip. */
export async function knipStep(place: Workplace): Promise<Outcome> {
  const counter = fileURLToPath(new URL("./knip-counter.ts", import.meta.url));
  const reporters = ["--reporter", "symbols", "--reporter", counter];
  const args = ["--no-progress", "--no-config-hints", ...reporters];
  const ended = await run({ program: tool(place, "knip"), args, cwd: place.root, timeoutMs });
  const count = numberIn(ended.output, /knip looked at (\d+) files/);
  return outcome("knip", ended, { sight: `${count} files searched for what nobody uses`, count });
}

/** The folders that hold a package, and so must hold a tsconfig.json. */
function projectsOf(place: Workplace): readonly string[] {
  const manifests = filesIn(place, [
    "packages/*/package.json",
    "connectors/*/package.json",
    "tools/*/package.json",
  ]);
  return [...manifests.map((path) => path.slice(0, -"/package.json".length)), "."];
}

async function compile(place: Workplace, project: string): Promise<Ended> {
  const args = ["--project", project, "--listFiles", "--pretty", "false"];
  return run({ program: tool(place, "tsc"), args, cwd: place.root, timeoutMs });
}

/** Our own files in a compiler's list. */
function ownFiles(place: Workplace, output: string): readonly string[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith(place.root) && !line.includes("/node_modules/"))
    .map((line) => relative(place.root, line).split(sep).join("/"));
}

/** Types: every package under its own settings, and everything with its tests under the root's. */
export async function typesStep(place: Workplace): Promise<Outcome> {
  const startedAt = performance.now();
  const projects = projectsOf(place);
  const waiting = [...projects];
  const ended: { readonly project: string; readonly result: Ended }[] = [];
  const worker = async (): Promise<void> => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
      ended.push({ project, result: await compile(place, project) });
    }
  };
  await Promise.all(Array.from({ length: compilersAtOnce }, worker));
  const checked = new Set(ended.flatMap(({ result }) => ownFiles(place, result.output)));
  const missing = filesIn(place, ["**/*.ts"], ["**/recordings/**"]).filter((path) => !checked.has(path));
  const failing = ended.filter(({ result }) => result.code !== 0).map(({ project }) => project);
  const unset = projects.filter((project) => !existsSync(join(place.root, project, "tsconfig.json")));
  const words = ended.flatMap(({ result }) =>
    result.output.split("\n").filter((line) => line !== "" && !line.startsWith("/")),
  );
  const sight = `${checked.size} files type-checked in ${projects.length} projects`;
  const whole = {
    code: 0,
    output: [...new Set(words)].join("\n"),
    seconds: (performance.now() - startedAt) / 1000,
  };
  return outcome("types", whole, {
    sight,
    count: checked.size,
    problems: [
      failing.length > 0 && `errors in ${failing.toSorted().join(", ")}`,
      unset.length > 0 && `no tsconfig.json in ${unset.join(", ")}`,
      missing.length > 0 && `no project checks ${missing.join(", ")}`,
    ],
  });
}

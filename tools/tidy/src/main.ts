/**
 * `node --conditions=source tools/tidy/src/main.ts [--json] [--list] [--root=FOLDER]`: judges the repository
 * by the house rules. Exit code 0 when every rule proved itself and found nothing, else 1. `--json` adds a
 * last line for machines.
 */
import { fileURLToPath } from "node:url";
import { allRules } from "./all-rules.ts";
import { forcedNames } from "./banned-words.ts";
import { wideFunctions } from "./exceptions.ts";
import { countByGit, treeOfRepository } from "./repository.ts";
import { runRule, type RuleResult } from "./run.ts";

const rootFlag = "--root=";

/** The repository to judge: the one named, else the one this file is in. */
function rootOf(flags: readonly string[]): string {
  const named = flags.find((flag) => flag.startsWith(rootFlag));
  return named === undefined
    ? fileURLToPath(new URL("../../..", import.meta.url))
    : named.slice(rootFlag.length);
}

function tell(result: RuleResult): void {
  for (const fault of result.faults) console.log(`tidy/${result.rule}: the rule itself ${fault}`);
  for (const { path, line, message } of result.findings)
    console.log(`${path}:${line} ${result.rule}: ${message}`);
}

function tellExceptions(): void {
  for (const [name, reason] of forcedNames) console.log(`exception: name ${name}: ${reason}`);
  for (const each of wideFunctions) {
    console.log(`exception: ${each.path}: ${each.count} wide functions: ${each.reason}`);
  }
}

function main(flags: readonly string[]): number {
  const root = rootOf(flags);
  const { lens } = treeOfRepository(root);
  const subject = { lens, countFiles: (scope: Parameters<typeof countByGit>[1]) => countByGit(root, scope) };
  const results = allRules.map((rule) => runRule(rule, subject));
  if (flags.includes("--list")) {
    for (const [at, rule] of allRules.entries()) {
      console.log(`${rule.name.padEnd(17)} ${String(results[at]?.seen).padStart(4)} files  ${rule.law}`);
    }
  }
  for (const result of results) tell(result);
  tellExceptions();
  const sum = (of: (result: RuleResult) => number): number =>
    results.reduce((total, each) => total + of(each), 0);
  const summary = {
    rules: results.length,
    canaries: sum((result) => result.canaries),
    files: lens().paths.length,
    findings: sum((result) => result.findings.length),
    faults: sum((result) => result.faults.length),
    exceptions: forcedNames.size + wideFunctions.reduce((total, each) => total + each.count, 0),
  };
  const { rules, canaries, files, findings, faults, exceptions } = summary;
  console.log(
    `tidy: ${rules} rules, ${canaries} canaries, ${files} files, ${findings} findings, ` +
      `${faults} faults of rules, ${exceptions} exceptions`,
  );
  if (flags.includes("--json")) console.log(JSON.stringify(summary));
  return findings + faults === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));

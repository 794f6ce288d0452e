/** Runs the rules: first on their canaries, then on the repository. */
import type { Finding, Rule } from "./rule.ts";
import type { Scope } from "./glob.ts";
import { treeInMemory, type Tree } from "./tree.ts";

/** What one rule looked at and found. `faults` are failures of the rule itself, not of the code it judges. */
export type RuleResult = {
  readonly rule: string;
  readonly seen: number;
  readonly canaries: number;
  readonly findings: readonly Finding[];
  readonly faults: readonly string[];
};

/** What a run needs: the files, and a second opinion on how many files a scope holds. */
export type Subject = { readonly lens: () => Tree; readonly countFiles: (scope: Scope) => number };

function places(findings: Iterable<Finding>): readonly string[] {
  return [...findings].map((finding) => `${finding.path}:${finding.line}`).toSorted();
}

/** The faults of a rule on its own canaries; empty when it fires where it must and nowhere else. */
export function canaryFaults(rule: Rule): readonly string[] {
  const faults: string[] = [];
  if (!rule.canaries.some((canary) => canary.fires.length > 0)) faults.push("has no canary that must fire");
  if (!rule.canaries.some((canary) => canary.fires.length === 0)) faults.push("has no clean twin");
  for (const canary of rule.canaries) {
    const found = places(rule.check(treeInMemory(canary.files).lens()));
    const wanted = canary.fires.toSorted();
    const missed = wanted.filter((place) => !found.includes(place));
    const surplus = found.filter((place) => !wanted.includes(place));
    if (missed.length > 0) faults.push(`canary "${canary.title}": quiet at ${missed.join(", ")}`);
    if (surplus.length > 0) faults.push(`canary "${canary.title}": fires at ${surplus.join(", ")}`);
    if (missed.length + surplus.length === 0 && found.length !== wanted.length) {
      faults.push(`canary "${canary.title}": ${found.length} findings where ${wanted.length} are due`);
    }
  }
  return faults;
}

function sightFaults(rule: Rule, seen: number, expected: number): readonly string[] {
  if (seen !== expected) return [`opened ${seen} files, git counts ${expected}`];
  return seen === 0 && rule.mayBeEmpty === undefined ? ["looked at nothing"] : [];
}

/**
 * Runs one rule on its canaries and then on the subject. Never throws: an exception is a fault of the rule.
 */
export function runRule(rule: Rule, subject: Subject): RuleResult {
  const result = { rule: rule.name, canaries: rule.canaries.length };
  try {
    const tree = subject.lens();
    const findings = [...rule.check(tree)];
    const faults = [...canaryFaults(rule), ...sightFaults(rule, tree.seen(), subject.countFiles(rule.scope))];
    return { ...result, seen: tree.seen(), findings, faults };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...result, seen: 0, findings: [], faults: [`broke down: ${message}`] };
  }
}

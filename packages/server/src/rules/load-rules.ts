import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConnectionId, CustomRule, EntityPolicy } from "@crossfoot/kernel";
import { RulesBroken, RuleThread } from "./rule-thread.ts";
import type { RuleLimits } from "./rule-thread.ts";

/** Files that may hold a project's own rules, the first that is there. */
const names = ["rules.ts", "rules.mjs", "rules.js"];
/** Limits when nobody says others: a rule compares a few values, and takes microseconds. */
const limitsDefault: RuleLimits = { answerMs: 1_000, loadMs: 10_000 };

/** A rule file that cannot be used, with what to do about it. */
class RulesRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RulesRefused";
  }
}

/** A project's rules, and the end of the thread that they run in. */
export interface LoadedRules {
  readonly rules: { readonly [name: string]: CustomRule };
  readonly close: () => void;
}

/**
 * Loads a project's own rules: every exported function of `rules.ts` (or `.mjs`, `.js`) in its folder is a
 * rule under its name. It is given the sides that changed a field and names the connection whose value
 * stands, or null to ask a person; it must be pure. Rules run in a thread of their own and have a limit of
 * time: one that throws or takes longer throws RuleFailed, which parks its record. Rejects with RulesRefused
 * when the file cannot be loaded, or a contract names a rule that is not there.
 */
export async function loadRules(
  folder: string,
  policies: readonly EntityPolicy[],
  limits: RuleLimits = limitsDefault,
): Promise<LoadedRules> {
  const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  const loaded = file === undefined ? noRules : load(file, limits);
  for (const { entity, fields } of policies) {
    for (const { field, policy, custom } of Object.values(fields)) {
      if (policy !== "custom" || loaded.rules[custom ?? ""] !== undefined) continue;
      loaded.close();
      const wanted = custom === null ? "names no rule" : `names the rule \`${custom}\``;
      throw new RulesRefused(
        `the contract ${wanted} for ${entity}.${field}; export it from rules.ts in the project folder`,
      );
    }
  }
  return Promise.resolve(loaded);
}

const noRules: LoadedRules = { rules: {}, close: () => undefined };

function load(file: string, limits: RuleLimits): LoadedRules {
  const thread = new RuleThread(pathToFileURL(file).href, limits);
  try {
    const rules = thread
      .names()
      .map((name): [string, CustomRule] => [name, (sides) => thread.ask(name, sides) as ConnectionId | null]);
    return { rules: Object.fromEntries(rules), close: () => thread.close() };
  } catch (error) {
    if (!(error instanceof RulesBroken)) throw error;
    throw new RulesRefused(`${file} ${error.message}; a file of rules only exports functions`);
  }
}

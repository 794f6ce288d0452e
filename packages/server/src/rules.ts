import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConnectionId, CustomRule, EntityPolicy } from "@crossfoot/kernel";

/** Files that may hold a project's own rules, the first that is there. */
const names = ["rules.ts", "rules.mjs", "rules.js"];

/** A rule file that cannot be used, with what to do about it. */
class RulesRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RulesRefused";
  }
}

/** What a rule may answer; anything else asks a person. */
const asRule =
  (rule: (sides: Parameters<CustomRule>[0]) => unknown): CustomRule =>
  (sides) => {
    const winner = rule(sides);
    return typeof winner === "string" ? (winner as ConnectionId) : null;
  };

/**
 * Loads a project's own rules: every exported function of `rules.ts` (or `.mjs`, `.js`) in its folder is a
 * rule under its name. It is given the sides that changed a field and names the connection whose value
 * stands, or null to ask a person; it must be pure. Rejects with RulesRefused when a contract names a rule
 * that is not there.
 */
export async function loadRules(
  folder: string,
  policies: readonly EntityPolicy[],
): Promise<{ readonly [name: string]: CustomRule }> {
  const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  const found =
    file === undefined
      ? {}
      : ((await import(pathToFileURL(file).href)) as { readonly [name: string]: unknown });
  const rules = Object.fromEntries(
    Object.entries(found).flatMap(([name, rule]) =>
      typeof rule === "function"
        ? [[name, asRule(rule as (sides: Parameters<CustomRule>[0]) => unknown)]]
        : [],
    ),
  );
  for (const { entity, fields } of policies) {
    for (const { field, policy, custom } of Object.values(fields)) {
      if (policy !== "custom" || rules[custom ?? ""] !== undefined) continue;
      const wanted = custom === null ? "names no rule" : `names the rule \`${custom}\``;
      throw new RulesRefused(
        `the contract ${wanted} for ${entity}.${field}; export it from rules.ts in the project folder`,
      );
    }
  }
  return rules;
}

import { describe, expect, it } from "vitest";
import { command } from "./testing.ts";

const head = `# Commands

This page is what \`crossfoot --help\` and \`crossfoot <command> --help\` print; a test keeps both equal.

Every command takes \`--json\` (one JSON document on stdout and nothing else there, also when it fails) and
\`--project <folder>\`. Results go to stdout; progress, troubles and errors go to stderr. Bars are drawn only
on a terminal. While a server has the embedded store open, another command is refused with the id of its
process.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | failed: an error of \`check\`, a store that is away, a record nobody knows, a defect |
| 2 | done, but differences remain: \`run\`, \`apply\`, \`sync\`, \`statement\`, \`map\` |
| 3 | refused by a guard or a stale plan: \`plan\` whose guard would stop it, \`apply\`, \`run\` |
| 4 | bad configuration, bad input or wrong usage; every problem of the files is named with its line |
`;

/** Help as a person gets it, for the page. */
async function helpOf(argv: readonly string[]): Promise<string> {
  const { out, code } = await command([...argv, "--help"]);
  expect(code).toBe(0);
  return out.trimEnd();
}

describe("generated reference (run vitest with -u to write it anew)", () => {
  it("commands.md is the help of every command", async () => {
    const whole = await helpOf([]);
    const names = [...whole.matchAll(/^ {2}([a-z-]+) .* {2,}/gm)].map(([, name = ""]) => name);
    const commands = names.filter((name) => name !== "help" && !name.startsWith("-"));
    expect(commands).toEqual([
      "init",
      "demo",
      "check",
      "prepare",
      "fields",
      "map",
      "status",
      "why",
      "search",
      "customer",
      "statement",
      ...["ask-price", "ask-stock", "ask-credit", "ask-order", "preflight", "order", "cancel-order"],
      "change-order",
      "contract",
      "spec",
      "plan",
      "apply",
      "run",
      "sync",
      "worker",
      "up",
      "audit",
      "bulk",
      "export",
      "explain",
      "adopt",
      "deleted",
      "merged",
      "match",
      "duplicates",
      "consolidate",
      "conflicts",
      "pause",
      "resume",
      "dead-letters",
      "redrive",
      "restore",
      "undo",
      "epoch",
      "verify",
      "secrets",
      "keys",
      "webhooks",
      "people",
      "privacy",
      "audit-log",
    ]);
    const parts = [`${head}\n\`\`\`\n${whole}\n\`\`\``];
    for (const name of commands) parts.push(`## ${name}\n\n\`\`\`\n${await helpOf([name])}\n\`\`\``);
    const page = `${parts.join("\n\n")}\n`;
    await expect(page).toMatchFileSnapshot("../../../../docs/reference/commands.md");
  });
});

/** A decision record says what was decided and how one would notice that it was wrong. */
import { posix } from "node:path";
import type { Finding, Rule } from "../rule.ts";
import type { Scope } from "../glob.ts";
import type { Tree } from "../tree.ts";

const scope: Scope = { include: ["docs/decisions/*.md"], exclude: ["docs/decisions/README.md"] };
const sections = ["Decision", "How we would know it was wrong"];
const numbered = /^(\d{4})-[a-z0-9-]+\.md$/;

/** Sections that hold at least one line of text. */
function writtenSections(lines: readonly string[]): ReadonlySet<string> {
  const written = new Set<string>();
  let section = "";
  for (const line of lines) {
    const heading = /^#{2,}\s+(.*?)\s*$/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    else if (line.trim() !== "" && !line.startsWith("# ")) written.add(section);
  }
  return written;
}

function* check(tree: Tree): Iterable<Finding> {
  const numbers = new Map<string, string>();
  for (const { path, lines } of tree.files(scope)) {
    const number = numbered.exec(posix.basename(path))?.[1];
    if (number === undefined) yield { path, line: 1, message: "a record is called NNNN-what-it-decides.md" };
    else if (numbers.has(number))
      yield { path, line: 1, message: `number ${number} is taken by ${numbers.get(number)}` };
    else numbers.set(number, path);
    const written = writtenSections(lines);
    for (const section of sections) {
      if (!written.has(section)) yield { path, line: 1, message: `no text under the heading "${section}"` };
    }
  }
}

const whole = "# Title\n\n## Decision\n\nThis.\n\n## How we would know it was wrong\n\nSo.\n";

export const decisions: Rule = {
  name: "decisions",
  law: "A record in docs/decisions is numbered, states its decision and how we would know it was wrong.",
  scope,
  check,
  canaries: [
    {
      title: "a missing section, an empty section, a double number, no number",
      files: {
        "docs/decisions/0001-a.md": "# A\n\n## Decision\n\nThis.\n",
        "docs/decisions/0002-b.md": whole.replace("So.", ""),
        "docs/decisions/0002-c.md": whole,
        "docs/decisions/later.md": whole,
      },
      fires: ["0001-a.md:1", "0002-b.md:1", "0002-c.md:1", "later.md:1"].map((at) => `docs/decisions/${at}`),
    },
    {
      title: "whole records",
      files: { "docs/decisions/0001-a.md": whole, "docs/decisions/0002-b.md": whole },
      fires: [],
    },
  ],
};

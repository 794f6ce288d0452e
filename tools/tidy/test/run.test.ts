import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inScope, matches, type Scope } from "../src/glob.ts";
import { countByGit, treeOfRepository } from "../src/repository.ts";
import type { Rule } from "../src/rule.ts";
import { canaryFaults, runRule } from "../src/run.ts";
import { sizesRule } from "../src/rules/sizes.ts";
import { treeInMemory } from "../src/tree.ts";

const scope: Scope = { include: ["src/**/*.ts"] };

/** A rule that fires on the first line of each file that contains "bad". */
const noBad: Rule = {
  name: "no-bad",
  law: "Nothing is bad.",
  scope,
  *check(tree) {
    for (const file of tree.files(scope)) {
      if (file.text.includes("bad")) yield { path: file.path, line: 1, message: "bad" };
    }
  },
  canaries: [
    { title: "bad", files: { "src/a.ts": "bad" }, fires: ["src/a.ts:1"] },
    { title: "good", files: { "src/a.ts": "good" }, fires: [] },
  ],
};

function subject(files: Readonly<Record<string, string>>, count = Object.keys(files).length) {
  return { lens: treeInMemory(files).lens, countFiles: () => count };
}

describe("runRule", () => {
  it("reports findings of a rule that proved itself", () => {
    const result = runRule(noBad, subject({ "src/a.ts": "good", "src/b.ts": "bad" }));
    expect(result).toMatchObject({ seen: 2, canaries: 2, faults: [] });
    expect(result.findings.map((finding) => finding.path)).toEqual(["src/b.ts"]);
  });

  it("fails a rule that looked at nothing, unless it may", () => {
    expect(runRule(noBad, subject({})).faults).toEqual(["looked at nothing"]);
    expect(runRule({ ...noBad, mayBeEmpty: "no file yet" }, subject({})).faults).toEqual([]);
  });

  it("fails a rule that saw fewer files than git counts", () => {
    expect(runRule(noBad, subject({ "src/a.ts": "" }, 2)).faults).toEqual(["opened 1 files, git counts 2"]);
  });

  it("fails a rule that breaks down", () => {
    const broken: Rule = {
      ...noBad,
      check() {
        throw new Error("lost");
      },
    };
    expect(runRule(broken, subject({ "src/a.ts": "" })).faults).toEqual(["broke down: lost"]);
  });
});

describe("canaryFaults", () => {
  it("fails a rule that stays quiet on its planted violation", () => {
    const blind: Rule = { ...noBad, check: () => [] };
    expect(canaryFaults(blind)).toEqual(['canary "bad": quiet at src/a.ts:1']);
  });

  it("fails a rule that fires on its clean twin", () => {
    const nervous: Rule = { ...noBad, check: () => [{ path: "src/a.ts", line: 1, message: "!" }] };
    expect(canaryFaults(nervous)).toEqual(['canary "good": fires at src/a.ts:1']);
  });

  it("fails a rule without a planted violation and one without a clean twin", () => {
    const [planted, clean] = noBad.canaries;
    expect(canaryFaults({ ...noBad, canaries: [clean!] })).toEqual(["has no canary that must fire"]);
    expect(canaryFaults({ ...noBad, canaries: [planted!] })).toEqual(["has no clean twin"]);
  });
});

describe("counted exceptions", () => {
  const wide = "export const f = (a: 1, b: 2, c: 3, d: 4): void => {};\n";
  const found = (count: number, files: Readonly<Record<string, string>>): readonly string[] => {
    const rule = sizesRule([{ path: "src/a.ts", count, reason: "x" }]);
    return [...rule.check(treeInMemory({ "package.json": "{}", ...files }).lens())].map(
      ({ message }) => message,
    );
  };

  it("allow exactly as many wide functions as they count", () => {
    expect(found(2, { "src/a.ts": wide + wide })).toEqual([]);
    expect(found(1, { "src/a.ts": wide + wide })).toHaveLength(2);
    expect(found(3, { "src/a.ts": wide + wide })).toEqual([
      "2 functions are wide, the exception allows 3; lower it",
    ]);
  });

  it("do not outlive their file", () => {
    expect(found(1, {})).toEqual(["the file of an exception is gone; remove the exception"]);
  });

  it("hold for their file only", () => {
    expect(found(1, { "src/a.ts": wide, "src/b.ts": wide })).toEqual(["f takes 4 parameters; at most 3"]);
  });
});

describe("scopes", () => {
  it.each([
    ["src/a.ts", "src/**/*.ts", true],
    ["src/x/y/a.ts", "src/**/*.ts", true],
    ["a.ts", "**/*.ts", true],
    ["x/a.ts", "*.ts", false],
    ["packages/a/b/c.ts", "packages/*/c.ts", false],
    ["packages/a/c.ts", "packages/**", true],
    ["a+b.ts", "a+b.ts", true],
    ["ab.ts", "a?.ts", true],
    ["a/b.ts", "a?b.ts", false],
  ])("%s against %s is %s", (path, glob, expected) => {
    expect(matches(path, glob)).toBe(expected);
  });
});

describe("a repository", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tidy-"));
    execFileSync("git", ["init", "-q"], { cwd: root });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const put = (path: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  };

  it("is counted by git and by our globs alike, ignored and deleted files left out", () => {
    for (const path of ["src/a.ts", "src/x/b.ts", "src/x/b.test.ts", "src/gone.ts", "a.ts", "out/c.ts"])
      put(path);
    writeFileSync(join(root, ".gitignore"), "out/\n");
    execFileSync("git", ["add", "src/gone.ts", "src/a.ts"], { cwd: root });
    rmSync(join(root, "src/gone.ts"));
    const { paths } = treeOfRepository(root).lens();
    expect(paths).toEqual([".gitignore", "a.ts", "src/a.ts", "src/x/b.test.ts", "src/x/b.ts"]);
    const scopes: readonly Scope[] = [
      scope,
      { include: ["**/*.ts"], exclude: ["**/*.test.ts"] },
      { include: ["*"] },
      { include: ["src/*.ts", "src/x/**"] },
    ];
    for (const each of scopes) {
      expect(countByGit(root, each)).toBe(paths.filter((path) => inScope(path, each)).length);
    }
  });
});

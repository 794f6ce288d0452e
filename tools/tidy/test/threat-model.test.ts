import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/internals/threat-model.md", root), "utf8");

/** Rows of the table of threats. */
function threatsOf(text: string): readonly (readonly string[])[] {
  const [, part = ""] = text.split("## Threats");
  const lines = (part.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

describe("the threat model", () => {
  const threats = threatsOf(page);

  test("names for each threat a control and a test that exists", () => {
    expect(threats.length).toBeGreaterThan(20);
    const faults = threats.flatMap(([threat = "", control = "", proof = "", ...rest]) => {
      const [, file = ""] = /^`([^`]+\.test\.ts)`$/.exec(proof) ?? [];
      if (control === "" || rest.length > 0) return [`${threat}: no control`];
      if (file === "" || !existsSync(new URL(file, root))) return [`${threat}: no test ${proof}`];
      const isTest = /\b(test|it)\(/.test(readFileSync(new URL(file, root), "utf8"));
      return isTest ? [] : [`${threat}: nothing is tested in ${file}`];
    });
    expect(faults).toEqual([]);
  });

  test("is read row by row: a file that is not there would be found", () => {
    const planted = page.replace("regions.test.ts", "no.test.ts");
    const files = threatsOf(planted).map(([, , proof = ""]) => proof.replaceAll("`", ""));
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([
      "packages/server/src/config/no.test.ts",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { readDuration, writeDuration } from "./duration.ts";
import { describeProblem, problemOf, sortProblems } from "./problem.ts";
import { dumpSettings } from "./settings-dump.ts";
import { readSettings } from "./settings.ts";
import { plainProject } from "./testing.ts";
import { readYaml, splitPath } from "./yaml-file.ts";

describe("durations", () => {
  it("have a unit, and are written in the largest that fits", () => {
    expect(["500ms", "30s", "5m", "1h", "1d"].map((text) => readDuration(text))).toEqual([
      500, 30_000, 300_000, 3_600_000, 86_400_000,
    ]);
    expect(["", "30", "1.5h", "-1s", "1w", "1 h x"].map((text) => readDuration(text))).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
    expect([500, 30_000, 90_000, 3_600_000].map((ms) => writeDuration(ms))).toEqual([
      "500ms",
      "30s",
      "90s",
      "1h",
    ]);
  });
});

describe("places in a YAML file", () => {
  const file = readYaml({ name: "a.yaml", text: "# head\na:\n  b.c: [1, 2]\n  d: &x { e: 1 }\n  f: *x\n" });

  it("are found by a path of keys, through lists and aliases", () => {
    expect(file.lineOf(["a"])).toBe(2);
    expect(file.lineOf(["a", "b.c", "1"])).toBe(3);
    expect(file.lineOf(["a", "f", "e"])).toBe(4);
    expect(file.has(["a", "d", "e"])).toBe(true);
  });

  it("that do not exist are told by the deepest that does", () => {
    expect(file.has(["a", "b.c", "7"])).toBe(false);
    expect(file.lineOf(["a", "b.c", "7"])).toBe(3);
    expect(file.lineOf(["z"])).toBe(2);
  });

  it("keys with points in them are found in a dotted path", () => {
    expect(splitPath(file.json, "a.b.c.1")).toEqual(["a", "b.c", "1"]);
    expect(splitPath(file.json, "a.x.y")).toEqual(["a", "x", "y"]);
    expect(splitPath(file.json, "")).toEqual([]);
  });

  it("a bomb of aliases and a file without end are refused", () => {
    const rows = Array.from({ length: 9 }, (_unused, at) => {
      const name = String.fromCodePoint(98 + at);
      const before = String.fromCodePoint(97 + at);
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`;
    });
    const bomb = readYaml({ name: "b.yaml", text: ["a: &a [x]", ...rows].join("\n") });
    expect(bomb.problems[0]?.message).toContain("not YAML");
    const long = readYaml({ name: "l.yaml", text: "#".repeat(4_000_001) });
    expect(long.problems[0]?.message).toContain("longer than 4 MB");
  });
});

describe("problems", () => {
  it("are sorted by file as first met and by line, and told once", () => {
    const at = (file: string, line: number | null): string => {
      const told = [problemOf({ file, line }, "x"), problemOf({ file, line }, "x")];
      return sortProblems(told)
        .map((each) => describeProblem(each))
        .join();
    };
    expect(at("a", null)).toBe("a: x");
    const many = [
      problemOf({ file: "b", line: 9 }, "x"),
      problemOf({ file: "a", line: 1 }, "x"),
      problemOf({ file: "b", line: 2 }, "x"),
    ];
    expect(sortProblems(many).map(({ file, line }) => `${file}${line}`)).toEqual(["b2", "b9", "a1"]);
  });

  it("take the nearest name out of a message that asks", () => {
    const problem = problemOf({ file: "a", line: 1 }, "unknown key `x`; did you mean `y`?");
    expect(describeProblem(problem)).toBe("a:1: unknown key `x` (did you mean `y`?)");
  });
});

describe("the redacted dump", () => {
  it("says of every setting its value and who said it, of a secret only where it is", () => {
    const file = readYaml({ name: "crossfoot.yaml", text: plainProject });
    const environment = { CROSSFOOT_SWEEP: "2h", CRM_TOKEN: "hunter2" };
    const { settings } = readSettings(file, { environment, flags: { "server.port": "1" } });
    const shown = new Map(dumpSettings([...settings.values()]).map((each) => [each.path, each]));
    expect(shown.get("sweep")).toMatchObject({
      value: "2h",
      origin: "environment",
      variable: "CROSSFOOT_SWEEP",
    });
    expect(shown.get("server.port")).toMatchObject({ value: "1", origin: "flag" });
    expect(shown.get("connections.crm.secrets.token")).toMatchObject({
      value: "env:CRM_TOKEN",
      variable: null,
    });
    expect(shown.get("connections.crm.options")).toMatchObject({ value: "(database)", origin: "file" });
    expect(shown.get("entities.accounts")).toMatchObject({ value: "on", origin: "default" });
    expect(JSON.stringify([...shown.values()])).not.toContain("hunter2");
  });
});

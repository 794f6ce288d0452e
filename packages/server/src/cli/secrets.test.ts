import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": `sealed: { key: "file:k1" }\n${plainProject}` });
});
afterEach(() => folder.remove());

/** Runs `secrets` in the folder; `given` is what comes on stdin. */
const secrets = (args: readonly string[], given: string | null = null): Promise<Ended> =>
  command(["--project", folder.path, "secrets", ...args], { secretInput: () => Promise.resolve(given) });

describe("secrets", () => {
  it("are set from stdin, listed by name, rotated and removed, and no value is printed", async () => {
    const all: Ended[] = [];
    const run = async (args: readonly string[], given?: string): Promise<string> => {
      const ended = await secrets(args, given);
      all.push(ended);
      expect([ended.code, ended.err]).toEqual([0, ""]);
      return ended.out;
    };
    await run(["key", "k1"]);
    expect(statSync(join(folder.path, "k1")).mode & 0o777).toBe(0o600);
    expect(await run(["set", "token"], "canary-value-1\n")).toContain(
      "In crossfoot.yaml it is `sealed:token`",
    );
    expect(await run(["set", "token"], "canary-value-2\n")).toContain("token was replaced");
    const project = plainProject.replace("env:CRM_TOKEN", "sealed:token");
    writeFileSync(
      join(folder.path, "crossfoot.yaml"),
      `sealed: { key: "file:k1", nextKey: "file:k2" }\n${project}`,
    );
    expect(await run(["list"])).toContain("connections.crm.secrets.token");
    await run(["key", "k2"]);
    expect(await run(["rotate"])).toContain("1 secret sealed again");
    expect(await run(["remove", "token"])).toContain("crossfoot.yaml still names it: connections.crm");
    const printed = all.map(({ out, err }) => out + err).join("");
    const keys = ["k1", "k2"].map((name) => readFileSync(join(folder.path, name), "utf8").trim());
    for (const hidden of ["canary", ...keys]) expect(printed).not.toContain(hidden);
  });

  it("are refused on the command line, and nothing of them is repeated", async () => {
    await secrets(["key", "k1"]);
    const { code, err, out } = await secrets(["set", "token", "canary-value"]);
    expect([code, err]).toEqual([4, expect.stringContaining("give it on stdin")]);
    const option = await secrets(["set", "token", "--value=canary-value"]);
    expect([option.code, option.err]).toEqual([4, expect.stringContaining("unknown option '--value'")]);
    expect(err + out + option.err + option.out).not.toContain("canary");
  });

  it.each([
    [["set", "token"], "no value", "no value came on stdin for token"],
    [["set"], "x", "say which: crossfoot secrets set NAME"],
    [["set", "1x"], "x", "the name of a secret is a letter"],
    [["set", "__proto__"], "x", "the name of a secret is a letter"],
    [["remove", "token"], "x", "secrets.sealed holds no `token`"],
    [["constructor"], "x", "`secrets constructor` is none; there are: set, list, remove, rotate, key"],
    [["rotate"], "x", "under `sealed.nextKey`"],
  ])("%j ends with what to do", async (args, given, told) => {
    const { code, err } = await secrets(args, given === "no value" ? "" : given);
    expect(err).toContain(told);
    expect(code).toBe(4);
  });

  it("are not set without a key, and a key is not overwritten", async () => {
    const missing = await secrets(["set", "token"], "x");
    expect(missing.err).toContain("k1 does not exist; `crossfoot secrets key k1` makes one");
    await secrets(["key", "k1"]);
    const again = await secrets(["key", "k1"]);
    expect([again.code, again.err]).toEqual([4, expect.stringContaining("k1 is there already")]);
  });
});

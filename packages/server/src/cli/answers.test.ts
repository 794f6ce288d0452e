import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command, fakeEngine } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

describe("answers of a person", () => {
  it.each([
    ["deleted accounts crm:1 --restore", `answerDeletion {"entity":"accounts","id":"crm:1"}`],
    ["deleted accounts l-12 --keep", `answerDeletion {"entity":"accounts","id":"l-12"}`],
    [
      "merged accounts crm:1 crm:2",
      `declareMerge {"entity":"accounts","connection":"crm","loser":"1","survivor":"2"}`,
    ],
    [
      "match accounts erp:7 --with crm:1",
      `decideCandidate {"entity":"accounts","connection":"erp","id":"7"}`,
    ],
    [
      "match accounts erp:7 --undecide",
      `undecideCandidate {"entity":"accounts","connection":"erp","id":"7"}`,
    ],
    ["match accounts erp:7 --apart", `decideCandidate {"entity":"accounts","connection":"erp","id":"7"}`],
  ])("`%s` is told as it was said", async (line, asked) => {
    const engine = fakeEngine();
    const { code } = await command([...line.split(" "), "--project", folder.path], { engine });
    expect(code).toBe(0);
    expect(engine.asked).toContain(asked);
  });

  it.each([
    ["deleted accounts crm:1", "say one of"],
    ["deleted accounts crm:1 --keep --archive", "say one of"],
    ["deleted things crm:1 --keep", "unknown entity"],
    ["merged accounts crm:1 erp:2", "both records are of one system"],
    ["match accounts l-12 --apart", "is a link; name a record"],
    ["match accounts crm:1 --apart --undecide", "say one of --with <record>, --apart and --undecide"],
    ["match --undecide", "name the entity and the record"],
    ["match accounts crm:1", "say one of --with <record>, --apart and --undecide"],
    ["match accounts crn:1 --apart", "did you mean `crm`"],
  ])("`%s` is refused, with what to say", async (line, message) => {
    const { code, err } = await command([...line.split(" "), "--project", folder.path]);
    expect(code).toBe(4);
    expect(err).toContain(message);
  });

  it.each([
    ["unknown", "is not known"],
    ["taken", "merge it in its system"],
    ["still_there", "is still there"],
  ] as const)(
    "that say something else than what is there (%s) fail with the reason",
    async (outcome, message) => {
      const engine = fakeEngine({ decideCandidate: () => Promise.resolve(outcome) });
      const argv = ["match", "accounts", "crm:1", "--apart", "--project", folder.path];
      const { code, err } = await command(argv, { engine });
      expect(code).toBe(1);
      expect(err).toContain(message);
    },
  );
});

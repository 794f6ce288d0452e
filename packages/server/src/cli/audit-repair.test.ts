import { afterEach, beforeEach, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command, fakeEngine, smallPlan } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

const names = "name, email";

it.each([
  ["crm:accounts.nofield", `crm:accounts has no audited field \`nofield\`; there are: ${names}`],
  ["crm:accounts.name.family", "has no audited field `name.family`"],
  // A field of the contract that this system's mapping does not name shows nothing.
  ["erp:accounts.phone", "erp:accounts has no audited field `phone`"],
  ["crm:accounts.id", "has no audited field `id`"],
  ["crm:products", "products of crm are not audited"],
  ["crn:accounts.name", "no connection is called `crn` (did you mean `crm`?)"],
  ["crm:acounts", "did you mean `accounts`"],
  ["crm", "--of is <connection>:<entity>"],
])("--of %s is refused, and nothing is read", async (place, says) => {
  const engine = fakeEngine();
  const flags = ["--repair", "text-untrimmed", "--of", place, "--project", folder.path];
  const ended = await command(["audit", ...flags], { engine });
  expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(says)]);
  expect(engine.asked.filter((each) => /^(?:plan|repair) /.test(each))).toEqual([]);
});

it("a field that is audited is planned", async () => {
  const engine = fakeEngine({ plan: () => Promise.resolve({ ...smallPlan, troubles: [] }) });
  const flags = ["--repair", "text-untrimmed", "--of", "crm:accounts.name", "--project", folder.path];
  const ended = await command(["audit", ...flags], { engine });
  expect(ended.code).toBe(0);
  expect(engine.asked.filter((each) => each.startsWith("repair "))).toHaveLength(1);
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainEnvironment, plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { Preparation, PrepareRequest } from "../runtime/engine.ts";
import { command, fakeEngine } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

/** An engine with one connection, which rests on one field, and what it was asked. */
function withField(state: Preparation["state"], asked: unknown[]): ReturnType<typeof fakeEngine> {
  return fakeEngine({
    prepare: (connection, request: PrepareRequest) => {
      asked.push([connection, request]);
      const found: readonly Preparation[] = [{ what: "partner: field x_ours", state }];
      return Promise.resolve(String(connection) === "erp" ? found : undefined);
    },
  });
}

async function prepare(
  state: Preparation["state"],
  ...flags: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string; readonly asked: unknown[] }> {
  const asked: unknown[] = [];
  const environment = { ...plainEnvironment, ADMIN_KEY: "planted" };
  const argv = ["prepare", ...flags, "--project", folder.path];
  const { code, out, err } = await command(argv, { engine: withField(state, asked), environment });
  return { code, out, err, asked };
}

describe("prepare", () => {
  it("only looks: what is missing is 1, and how to add it is told", async () => {
    const looked = await prepare("missing", "erp");
    expect([looked.code, looked.asked]).toEqual([1, [["erp", { apply: false, as: null }]]]);
    expect(looked.out).toContain("partner: field x_ours");
    expect(looked.out).toContain("`crossfoot prepare erp --apply` adds it");
    expect((await prepare("there", "erp")).code).toBe(0);
  });

  it("adds as the administrator who is named, whose key stands in no command and no output", async () => {
    const added = await prepare("added", "erp", "--apply", "--as", "root", "--secret", "env:ADMIN_KEY");
    expect([added.code, added.asked]).toEqual([
      0,
      [["erp", { apply: true, as: { user: "root", secret: "planted" } }]],
    ]);
    expect(added.out + added.err).not.toContain("planted");
  });

  it("says who may add it where the system refuses the connection's own user", async () => {
    const error = Object.assign(new Error("the rights do not allow this call"), { name: "ConnectorError" });
    const engine = fakeEngine({ prepare: () => Promise.reject(error) });
    const argv = ["prepare", "erp", "--apply", "--project", folder.path];
    const { code, err } = await command(argv, { engine });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^crossfoot: erp: the rights.*--as LOGIN --secret/s),
    ]);
  });

  it("refuses a login without a key, a key in plain, a missing key, an unknown connection", async () => {
    for (const flags of [
      ["erp", "--as", "root"],
      ["erp", "--as", "root", "--secret", "abc123"],
      ["erp", "--as", "root", "--secret", "env:NOT_SET"],
      ["wms"],
    ])
      expect([flags, (await prepare("there", ...flags)).code]).toEqual([flags, 4]);
  });
});

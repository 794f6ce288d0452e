import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linkId } from "@crossfoot/kernel";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { UndoRequest } from "../runtime/engine.ts";
import { UndoRefused } from "../runtime/undo-load.ts";
import { command, fakeEngine, smallPlan, smallStatus } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

const left = {
  ...{ link: linkId("l-2"), entity: "accounts" as const, label: "Bob", target: "erp" as never },
  ...{ field: "name", why: "changed" as const, reason: "it was changed in erp since" },
};
const undoPlan = { ...smallPlan, undo: { of: "run run-77", by: "ada", writes: 2, left: [left] } };

/** An engine with two runs that answers what it was asked to undo. */
function engineOf() {
  const asked: UndoRequest[] = [];
  const applied: string[] = [];
  const run = (id: string) => ({
    id,
    command: "run",
    startedAt: "",
    endedAt: null,
    state: "done",
    summary: null,
  });
  const engine = fakeEngine({
    status: () => Promise.resolve({ ...smallStatus, runs: [run("aa-1"), run("aa-2"), run("ab-3")] as never }),
    undo: (request) => {
      asked.push(request);
      return Promise.resolve(undoPlan);
    },
  });
  const { apply } = engine;
  engine.apply = (plan, options) => {
    applied.push(plan.id);
    return apply(plan, options);
  };
  return { engine, asked, applied };
}

describe("undo", () => {
  it.each([
    ["--plan p-1", { what: "plan", id: "p-1" }],
    ["--write k1", { what: "write", id: "k1" }],
    ["--run ab", { what: "run", id: "ab-3" }],
    ["--run aa", { what: "run", id: "aa" }],
    ["--record crm:1 --since 2026-01-31", { what: "record", id: "crm:1", since: "2026-01-31T00:00:00.000Z" }],
    [
      "--record crm:1 --since 2026-01-31T10:15:00+02:00",
      { what: "record", id: "crm:1", since: "2026-01-31T08:15:00.000Z" },
    ],
  ])(
    "`%s` asks for that, shows the plan with what is left alone, and writes nothing",
    async (line, expected) => {
      const { engine, asked, applied } = engineOf();
      const { code, out } = await command(["undo", ...line.split(" "), "--project", folder.path], { engine });
      expect(code).toBe(0);
      expect(asked).toMatchObject([expected]);
      expect(applied).toEqual([]);
      expect(out).toContain("It takes back what run run-77 did: 2 writes");
      expect(out).toContain("changed since: it was changed in erp since");
      expect(out).toContain("Nothing has been written.");
    },
  );

  it.each([
    ["", "say what to undo"],
    ["--run a --plan b", "say what to undo"],
    ["--record crm:1", "say what to undo"],
    ["--run a --since 2026-01-31", "say what to undo"],
    ["--record crm:1 --since yesterday", "--since is a day such as"],
    ["--record crm:1 --since 2026-13-31", "--since is a day such as"],
  ])("`%s` is refused, with what to say", async (line, message) => {
    const argv = ["undo", ...line.split(" ").filter((word) => word !== ""), "--project", folder.path];
    const { code, err } = await command(argv, engineOf());
    expect(code).toBe(4);
    expect(err).toContain(message);
  });

  it("of a proposal is refused, since nothing makes proposals", async () => {
    const { code, err } = await command(["undo", "--proposal", "x", "--project", folder.path], engineOf());
    expect(code).toBe(3);
    expect(err).toContain("nothing makes proposals in this version");
  });

  it("of what wrote nothing is refused with the reason", async () => {
    const engine = fakeEngine({
      undo: () => Promise.reject(new UndoRefused("there is nothing to take back")),
    });
    const { code, err } = await command(["undo", "--run", "r", "--project", folder.path], { engine });
    expect(code).toBe(3);
    expect(err).toContain("there is nothing to take back");
  });

  it("with --yes is done at once, and tells again what is left alone", async () => {
    const { engine, applied } = engineOf();
    const argv = ["undo", "--run", "ab", "--yes", "--project", folder.path];
    const { code, out } = await command(argv, { engine });
    expect([code, applied]).toEqual([0, ["plan-1"]]);
    expect(out).toContain("1 of 1 planned write made");
    expect(out).toContain("Left as it is");
  });

  it("with --out keeps the plan in a file that only its owner reads", async () => {
    const file = join(folder.path, "undo.json");
    await command(["undo", "--run", "ab", "--out", file, "--project", folder.path], engineOf());
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ id: "plan-1", undo: { by: "ada" } });
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});

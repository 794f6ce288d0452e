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

const verify = (proof: Awaited<ReturnType<ReturnType<typeof fakeEngine>["verify"]>>) => {
  const engine = fakeEngine({ verify: () => Promise.resolve(proof) });
  return command(["verify", "--project", folder.path], { engine });
};

describe("verify", () => {
  it("ends with 0, says how many entries follow from one another, and what was accepted", async () => {
    const clean = await verify({ entries: 120, broken: [], accepted: [] });
    expect([clean.code, clean.out]).toEqual([
      0,
      "120 entries of the journal follow from one another; nothing was changed.\n",
    ]);
    const accepted = [{ shard: 3, seq: 17, mark: "m" }];
    const known = await verify({ entries: 120, broken: [], accepted });
    expect([known.code, known.out]).toEqual([
      0,
      "120 entries of the journal follow from one another, but for what was accepted: 3/17.\n",
    ]);
  });

  it("ends with 3 where an entry was changed, names each place, and says what to do", async () => {
    const broken = [
      { shard: 3, seq: 17, mark: "m" },
      { shard: 5, seq: null, mark: "" },
    ];
    const { code, out } = await verify({ entries: 1, broken, accepted: [] });
    expect(code).toBe(3);
    expect(out).toContain("1 entry of the journal looked at. Changed, lost or put in between: 3/17, 5/head.");
    expect(out).toContain("crossfoot epoch --confirm");
  });
});

import { tempFolder } from "crossfoot/testing";
import { expect, it } from "vitest";
import { runProgram } from "./kill-child.ts";

it("the demo ends by itself, and every difference is a planted one with its reason", async () => {
  const folder = tempFolder("memory");
  try {
    const { code, stdout, stderr } = await runProgram(folder.path, ["demo", "--once"]);
    const said = stdout + stderr;
    expect([code, said.slice(-2_000)]).toEqual([0, expect.stringContaining("Good: every difference")]);
    expect(said).not.toContain("BAD");
  } finally {
    folder.remove();
  }
});

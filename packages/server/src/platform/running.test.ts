import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { lookAt } from "./running.ts";

it("this process runs, under a mark that stays", () => {
  const seen = lookAt(process.pid);
  expect(seen.isRunning).toBe(true);
  expect(lookAt(process.pid)).toEqual(seen);
  expect(lookAt(process.ppid).mark).not.toBe(seen.mark ?? "none");
});

it("a process that ended is gone, and what is no process id never runs", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (const id of [pid, 2 ** 30, 0, -1, 1.5, Number.NaN]) expect(lookAt(id).isRunning).toBe(false);
});

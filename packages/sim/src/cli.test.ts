import { expect, test } from "vitest";
import { runCli } from "./cli.ts";

async function run(...args: string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const code = await runCli(args, (line) => void lines.push(line));
  return { code, lines };
}

test("seeds that pass end in one line with counts, after what they came through", async () => {
  const { code, lines } = await run("--seeds", "3", "--jobs", "1");
  expect([code, lines.at(-1)]).toEqual([0, "3 passed, 0 failed"]);
  expect(lines.some((line) => line.startsWith("outcomes ") && line.includes("agreed"))).toBe(true);
});

test("a fault that was switched on and never came is reported", async () => {
  const { lines } = await run("--seed", "1", "--fault", "X3");
  const hits = lines.find((line) => line.startsWith("faults"));
  expect(hits).toMatch(/X3 \d+/);
  expect(lines.some((line) => line.startsWith("never hit: fault X3"))).toBe(hits?.includes("X3 0"));
});

test("an unknown fault is refused with the known names; no seeds at all are a failure", async () => {
  const unknown = await run("--fault", "Z9");
  expect([unknown.code, unknown.lines[0]?.includes("N3")]).toEqual([1, true]);
  expect((await run("--seeds", "0", "--jobs", "1")).code).toBe(1);
});

test("repairs of which none was carried out prove nothing", async () => {
  // Backups are restored in it: no repair is drawn.
  const { code, lines } = await run("--repair", "--seed", "1", "--fault", "T4");
  expect(code).toBe(1);
  expect(lines).toContain("not drawn: a repair in 1 of 1 seeds");
  expect(lines).toContain("nothing proved: no value was put right");
});

import { expect, test } from "vitest";
import { allEnded } from "./all-ended.ts";

test("a rejection is told only after everything else has ended", async () => {
  const seen: string[] = [];
  const later = async (name: string, turns: number): Promise<string> => {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    seen.push(name);
    if (turns === 1) throw new Error(name);
    return name;
  };
  await expect(allEnded([later("slow", 9), later("broken", 1), later("other", 3)])).rejects.toThrow("broken");
  expect(seen).toEqual(["broken", "other", "slow"]);
  expect(await allEnded([later("a", 3), later("b", 2)])).toEqual(["a", "b"]);
});

/** Long runs by hand: `soak NAME` runs test/soak/NAME.ts, `soak` lists the names. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Workplace } from "./workplace.ts";

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted();
}

/**
 * Runs a soak on this terminal and answers its exit code; without a known name it lists them and answers 1.
 */
export async function soak(place: Workplace, args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const names = namesIn(join(place.root, "test/soak"));
  if (name === undefined || !names.includes(name)) {
    console.log(names.length === 0 ? "no soak there yet (test/soak)" : `soaks: ${names.join(", ")}`);
    return 1;
  }
  const flags = ["--conditions=source", `test/soak/${name}.ts`, ...rest];
  const child = spawn(process.execPath, flags, { cwd: place.root, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import type { Business } from "./extracts.ts";
import { filesOf } from "./plants.ts";

/** One finding, as the command wrote it. */
export interface Found {
  readonly rule: string;
  readonly side: string;
  readonly entity: string;
  readonly id: string;
  readonly field: string;
  readonly value: string;
  readonly other_id: string;
}

/** A row of findings.csv. */
interface Written extends Omit<Found, "side"> {
  readonly system: string;
}

/** The command line of this repository, as `npm run crossfoot` starts it. */
export const program: string = fileURLToPath(new URL("main.ts", import.meta.resolve("crossfoot")));

/** Runs the command on extracts of a business, and reads what it wrote. Throws where it failed. */
export function audited(business: Business, folder: string): readonly Found[] {
  for (const side of ["crm", "erp"] as const) {
    mkdirSync(join(folder, side), { recursive: true });
    for (const [file, text] of Object.entries(filesOf(business[side], side)))
      writeFileSync(join(folder, side, file), text);
  }
  const out = join(folder, "out");
  const flags = ["audit", "--crm", join(folder, "crm"), "--erp", join(folder, "erp"), "--out", out];
  const ended = spawnSync(execPath, ["--conditions=source", program, ...flags], { encoding: "utf8" });
  if (ended.status !== 0 && ended.status !== 2)
    throw new Error(`audit ended with ${ended.status}: ${ended.stderr}`);
  const rows: readonly Written[] = parse(readFileSync(join(out, "findings.csv")), { columns: true });
  return rows.map(({ system, ...row }) => ({ ...row, side: system }));
}

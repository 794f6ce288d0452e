import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ExportTerms } from "../config/project.ts";
import { exportText, writeExport } from "./export-file.ts";
import { exportNames } from "./export-rows.ts";
import type { ExportSource } from "./export-rows.ts";

/**
 * Writes every export of the present step of time that is not there yet, and takes away what is older than
 * the newest files that are kept. A file is named by the beginning of its step, so that a restart, or another
 * worker on the same folder, does not write it again; it appears whole or not at all. Nothing is written
 * before `isReady`: half of the records would pass for all. Answers the files that were written; rejects with
 * errors of the disk and of the store.
 */
export async function exportWhenDue(
  source: ExportSource,
  { everyMs, folder, format, keep }: ExportTerms,
  at: { readonly now: number; readonly signal: AbortSignal; readonly isReady: () => Promise<boolean> },
): Promise<readonly string[]> {
  const step = new Date(Math.floor(at.now / everyMs) * everyMs).toISOString().slice(0, 16).replace(":", "");
  const fileOf = (name: string): string => join(folder, `${name}-${step}Z.${format}`);
  const due = exportNames.filter((name) => !existsSync(fileOf(name)));
  if (due.length === 0 || !(await at.isReady())) return [];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  for (const name of due) {
    const file = fileOf(name);
    const text = exportText(source, { name, format, since: null });
    if (!(await writeExport(file, text, at.signal))) return written;
    written.push(file);
    for (const old of kept(folder, name).slice(keep)) rmSync(join(folder, old), { force: true });
  }
  return written;
}

/** Files of one export, the newest first; others in the folder are nobody's business. */
function kept(folder: string, name: string): readonly string[] {
  const form = new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\dT\\d{4}Z\\.(?:csv|jsonl)$`);
  return readdirSync(folder)
    .filter((file) => form.test(file))
    .toSorted()
    .toReversed();
}

/**
 * The embedded store of a project before anything was stored in it. To make one takes a program some ten
 * seconds of a processor on a busy machine, so a suite makes one and its projects are given copies. That a
 * program makes its own is tested where a test does not ask for a copy (`crash-start.test.ts`, the demo).
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { prepareStore } from "crossfoot/testing";

const variable = "CROSSFOOT_TEST_STORE";

/** Makes the template of a suite before its first test; answers what removes it. */
export default async function setup(): Promise<() => void> {
  const { path, remove } = await prepareStore();
  process.env[variable] = path;
  return remove;
}

/**
 * Gives a project folder a copy of a store: of an empty one where none is named. Outside of a suite there is
 * none, and its first program makes it.
 */
export function placeStore(project: string, template: string | undefined = process.env[variable]): void {
  if (template !== undefined) cpSync(template, join(project, "store"), { recursive: true });
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tempFolder } from "../testing.ts";
import type { TempFolder } from "../testing.ts";
import { loadProject } from "./load-project.ts";
import type { LoadedProject } from "./load-project.ts";
import { testConnectors, plainEnvironment, plainProject, writeFiles } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const bytes = (of: string): string => of.repeat(64).slice(0, 64);
const keyFile = (name: string, text: string, mode = 0o600): void =>
  writeFileSync(join(folder.path, name), text, { mode });

function load(more: string, needsSecrets = true): LoadedProject {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject + more });
  return loadProject(folder.path, {
    environment: plainEnvironment,
    connectors: testConnectors,
    needsSecrets,
  });
}

const problemsOf = (more: string): readonly string[] =>
  (load(more).problems ?? []).map(({ message }) => message);

test("values are stored as they are unless a key is said", () => {
  expect(load("").project?.atRest).toBeNull();
});

test("both keys are read, by their names; printing the project shows neither", () => {
  keyFile("one.key", bytes("a"));
  keyFile("two.key", bytes("b"));
  const { project } = load('atRest: { key: "file:one.key", nextKey: "file:two.key" }\n');
  const [first, second] = project?.atRest?.masters() ?? [];
  expect(first?.id).toMatch(/^k-[\da-f]{16}$/);
  expect(second?.id).toBe(project?.atRest?.next);
  expect(second?.id).not.toBe(first?.id);
  expect(JSON.stringify(project)).not.toMatch(/a{32}|b{32}/);
});

test("a key that is missing, too short, or that others may read is a problem of the project", () => {
  const key = 'atRest: { key: "file:one.key" }\n';
  expect(problemsOf(key)).toEqual([expect.stringContaining("the key of the store's values: one.key does")]);
  keyFile("one.key", "short");
  expect(problemsOf(key)).toEqual([expect.stringContaining("holds no key")]);
  folder.remove();
  folder = tempFolder();
  keyFile("one.key", bytes("a"), 0o644);
  expect(problemsOf(key)).toEqual([expect.stringContaining("mode 644")]);
  // Commands that open no store read no key.
  expect(load(key, false).project?.atRest).toBeNull();
});

test("a next key alone is a problem", () => {
  keyFile("two.key", bytes("b"));
  expect(problemsOf('atRest: { nextKey: "file:two.key" }\n')).toEqual([
    expect.stringContaining("atRest.key"),
  ]);
});

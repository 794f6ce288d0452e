/** Scopes that several rules share. Globs have git's meaning (see glob.ts). */
import { inScope, type Scope } from "./glob.ts";

/** Text that somebody recorded or a tool wrote; not ours to judge. */
const foreign = ["**/recordings/**", "**/package-lock.json", "LICENSE"];

/** Every TypeScript file. */
export const allCode: Scope = { include: ["**/*.ts"], exclude: foreign };

/** Code that tests, or stands only in the service of tests. */
export const testCode: Scope = {
  include: [
    "**/*.test.ts",
    "test/**/*.ts",
    "packages/*/test/**/*.ts",
    "packages/sim/**/*.ts",
    "bench/**/*.ts",
    "connectors/*/test/**/*.ts",
    "tools/*/test/**/*.ts",
    "packages/*/src/testing/**/*.ts",
    "packages/*/src/*/testing/**/*.ts",
    "packages/*/src/**/testing.ts",
  ],
};

/** Files that hold tests. */
export const testFiles: Scope = { include: ["**/*.test.ts"] };

/** What ships: the source of packages and connectors without their tests. */
export const productionCode: Scope = {
  include: ["packages/*/src/**/*.ts", "connectors/*/src/**/*.ts"],
  exclude: testCode.include,
};

/** Packages that may not read a clock, draw a random number, wait or speak. */
export const pureCode: Scope = {
  include: [
    "packages/kernel/src/**/*.ts",
    "packages/model/src/**/*.ts",
    "packages/insight/src/**/*.ts",
    "packages/matching/src/**/*.ts",
  ],
  exclude: testCode.include,
};

/** Text that people write: code, prose, settings. */
export const writtenText: Scope = {
  include: [
    "**/*.ts",
    "**/*.md",
    "**/*.sh",
    "**/*.sql",
    "**/*.py",
    "**/*.yaml",
    "**/*.yml",
    "**/*.json",
    ".ci/run",
  ],
  exclude: foreign,
};

/** Whether the file is test code. */
export function isTestCode(path: string): boolean {
  return inScope(path, testCode);
}

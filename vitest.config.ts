import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { seedFrom } from "./tools/gates/src/seed-text.ts";
import { suites, type Suite } from "./tools/gates/src/suites.ts";

/**
 * Packages are resolved to their TypeScript source by the export condition of that name. vitest hands the
 * same conditions to its workers, so a thread that a test starts resolves packages this way too.
 */
const conditions = ["source", "node"];

function projectOf(suite: Suite): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: suite.name,
      include: [...suite.include],
      exclude: ["**/node_modules/**", ...suite.exclude],
      globalSetup: suite.setup === undefined ? [] : [suite.setup],
      fileParallelism: suite.isParallel,
      isolate: suite.isIsolated,
      testTimeout: suite.testTimeoutMs,
      hookTimeout: suite.hookTimeoutMs,
    },
  };
}

const longest = suites.flatMap((suite) => suite.longest ?? []).map((path) => join(import.meta.dirname, path));

/** As vitest orders files, but those that are known to take longest come first, in the order named. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await BaseSequencer.prototype.sort.call(this, files);
    const place = ({ moduleId }: TestSpecification): number =>
      longest.includes(moduleId) ? longest.indexOf(moduleId) : longest.length;
    return usual.toSorted((one, other) => place(one) - place(other));
  }
}

/** Random tests draw from here unless `npm run soak -- properties` names another seed. */
const propertySeed = seedFrom(process.env["CROSSFOOT_PROPERTY_SEED"]);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // What a suite has made before its first test is resolved here.
  environments: { __vitest__: { resolve: { conditions, externalConditions: conditions } } },
  test: {
    pool: "forks",
    // The machines this runs on have two cores.
    maxWorkers: 2,
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    setupFiles: ["tools/gates/src/property-seed.ts"],
    provide: { propertySeed },
    // A program of ours that a test starts loads what node compiled the last time: 0.6 s instead of 1.4 s.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/crossfoot-compiled") },
    projects: suites.map((suite) => projectOf(suite)),
  },
});

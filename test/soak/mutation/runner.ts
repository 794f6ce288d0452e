/**
 * Runs the kernel's tests for Stryker in one thread: they are pure and wait for nothing, so that a defect
 * costs milliseconds, where a worker of vitest for each test file costs a second. Tests that took least come
 * first.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./loader.ts";
import type { LoadedTest } from "./loader.ts";

/** What Stryker's code in the copy reads and counts. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly perTest: Record<string, unknown> };
}

/** What Stryker asks for with a defect; only what is used here. */
interface MutantRun {
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: "runtime" | "static";
  readonly reloadEnvironment: boolean;
}

const board = ((globalThis as unknown as Record<string, Switchboard>)["__stryker__"] ??= {});
const isThorough = process.env["MUTATION_WORLDS"] === "yes";
const worlds = /^small-world(?:-group|-three|-life)?\.test/u;
const isWanted = (fileName: string): boolean => isThorough || !worlds.test(fileName);
/**
 * What each test took without a defect, for the order; null for one that does not take part. A file in the
 * copy, where Stryker goes after this module is loaded.
 */
type Costs = Readonly<Record<string, number | null>>;
const costFile = (): string => join(process.cwd(), "test-costs.json");

/** What Stryker is told of one defect. */
interface Verdict {
  readonly status: "killed" | "survived" | "timeout";
  readonly killedBy?: readonly string[];
  readonly failureMessage?: string;
  readonly reason?: string;
  readonly nrOfTests?: number;
}

/** The failure of a test, or null. */
function failureOf(test: LoadedTest): string | null {
  try {
    test.run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A test runner as Stryker's plugins declare one. */
class OneThread {
  #tests: readonly LoadedTest[] = [];
  #costs: Costs = {};

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  init(): Promise<void> {
    console.log = () => undefined;
    return Promise.resolve();
  }

  async dryRun(): Promise<unknown> {
    board.activeMutant = undefined;
    const tests = await load(isWanted);
    const costs: Record<string, number | null> = {};
    const told = [];
    for (const test of tests) {
      board.currentTestId = test.id;
      const start = performance.now();
      const failureMessage = failureOf(test);
      const timeSpentMs = performance.now() - start;
      board.currentTestId = undefined;
      // With fewer examples some do not see all that they ask to have seen: they come in the second round.
      if (failureMessage !== null && !isThorough) {
        delete board.mutantCoverage?.perTest[test.id];
        costs[test.id] = null;
        continue;
      }
      costs[test.id] = timeSpentMs;
      const base = { id: test.id, name: test.id, fileName: test.fileName, timeSpentMs };
      told.push(failureMessage === null ? { ...base, status: 0 } : { ...base, status: 1, failureMessage });
    }
    writeFileSync(costFile(), JSON.stringify(costs));
    this.#keep(tests, costs);
    return { status: "complete", tests: told, mutantCoverage: board.mutantCoverage };
  }

  async mutantRun(asked: MutantRun): Promise<unknown> {
    const { activeMutant, testFilter, hitLimit } = asked;
    board.activeMutant = asked.mutantActivation === "static" ? activeMutant.id : undefined;
    board.hitCount = 0;
    board.hitLimit = hitLimit;
    try {
      if (asked.reloadEnvironment || this.#tests.length === 0) await this.#reload();
    } catch (error) {
      this.#tests = [];
      // What cannot be loaded fails every test.
      const killedBy = Object.keys(this.#costs).slice(0, 1);
      return { status: "killed", killedBy, failureMessage: String(error), nrOfTests: 0 };
    }
    const verdict = this.#judge(activeMutant.id, testFilter);
    if (asked.mutantActivation === "static" || !this.#failsAnyway(verdict)) return verdict;
    // An earlier defect has left something behind: all is loaded afresh, and this one is judged again.
    await this.#reload();
    return this.#judge(activeMutant.id, testFilter);
  }

  async #reload(): Promise<void> {
    const tests = await load(isWanted);
    this.#keep(tests, JSON.parse(readFileSync(costFile(), "utf8")) as Costs);
  }

  /** Whether the test that saw the defect fails without it, too. */
  #failsAnyway({ killedBy = [] }: Verdict): boolean {
    board.activeMutant = undefined;
    return this.#tests.some((test) => killedBy.includes(test.id) && failureOf(test) !== null);
  }

  #judge(defect: string, filter: readonly string[] | undefined): Verdict {
    board.activeMutant = defect;
    const tests = this.#tests.filter(({ id }) => filter === undefined || filter.includes(id));
    let nrOfTests = 0;
    for (const test of tests) {
      nrOfTests += 1;
      const failureMessage = failureOf(test);
      const { hitCount = 0, hitLimit = Number.POSITIVE_INFINITY } = board;
      if (hitCount > hitLimit) return { status: "timeout", reason: `more than ${hitLimit} hits` };
      if (failureMessage !== null)
        return { status: "killed", killedBy: [test.id], failureMessage, nrOfTests };
    }
    return { status: "survived", nrOfTests };
  }

  #keep(tests: readonly LoadedTest[], costs: Costs): void {
    this.#costs = costs;
    const taking = tests.filter(({ id }) => costs[id] !== null);
    this.#tests = taking.toSorted((one, other) => (costs[one.id] ?? 0) - (costs[other.id] ?? 0));
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins: readonly unknown[] = [
  { kind: "TestRunner", name: "one-thread", injectableClass: OneThread },
];

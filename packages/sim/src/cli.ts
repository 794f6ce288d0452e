import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import { cpuUsage } from "node:process";
import { catalogue } from "./catalogue.ts";
import { commitName } from "./commit-name.ts";
import { addCoverage, noCoverage, putRight } from "./coverage.ts";
import type { Coverage } from "./coverage.ts";
import { explain } from "./explain.ts";
import { runOrders } from "./pool.ts";
import { loadRegression } from "./regression.ts";
import { runSabotage } from "./sabotage-run.ts";
import type { Order, Report } from "./seed-run.ts";
import { showCoverage } from "./show-coverage.ts";
import type { Wish } from "./wish.ts";

const usage = `npm run sim -- [--seeds N] [--from S] [--minutes M] [--fault NAME]... [--jobs N] [--no-explain]
npm run sim -- --consolidate ...               runs in which records are consolidated, and that is taken back
npm run sim -- --repair ...                    runs in which values are put right, and that is taken back
npm run sim -- --recant ...                    runs in which decisions about who is who are taken back
npm run sim -- --seed S [--fault NAME]...      one seed, with its history when it fails
npm run sim -- --replay FILE                   a file of regressions/
npm run sim -- --sabotage NAME|all             each saboteur must be found`;

/**
 * Runs seeds as the arguments say. Exit code 0 when every one passed, 1 on a violation or when nothing was
 * proved. The last line is `N passed, N failed`.
 */
export async function runCli(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "200" },
      seed: { type: "string" },
      from: { type: "string", default: "1" },
      minutes: { type: "string" },
      fault: { type: "string", multiple: true },
      sabotage: { type: "string" },
      replay: { type: "string" },
      jobs: { type: "string", default: String(Math.min(availableParallelism(), 8)) },
      "no-explain": { type: "boolean", default: false },
      consolidate: { type: "boolean", default: false },
      repair: { type: "boolean", default: false },
      recant: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const unknown = (values.fault ?? []).find((name) => !catalogue.some((kind) => kind.name === name));
  if (unknown !== undefined) {
    say(`no fault is called ${unknown}; known: ${catalogue.map(({ name }) => name).join(" ")}`);
    return 1;
  }
  const isOne = values.seed !== undefined;
  const wish: Wish = {
    seeds: isOne ? 1 : Number(values.seeds),
    from: Number(values.seed ?? values.from),
    minutes: values.minutes === undefined ? null : Number(values.minutes),
    faults: values.fault ?? null,
    consolidates: values.consolidate,
    repairs: values.repair,
    recants: values.recant,
    jobs: isOne ? 1 : Number(values.jobs),
    commit: commitName(),
    isExplained: !values["no-explain"],
    say,
  };
  if (values.sabotage !== undefined) return runSabotage(wish, values.sabotage);
  const orders = values.replay === undefined ? ordersOf(wish) : replay(values.replay);
  return runSeeds(wish, orders);
}

function* replay(path: string): Generator<Order, undefined> {
  const { scenario } = loadRegression(path);
  yield { seed: scenario.seed, faults: null, sabotage: null, scenario };
}

/** Seeds in turn: so many, or as long as there is time. */
function* ordersOf(wish: Wish): Generator<Order, undefined> {
  const startedAt = performance.now();
  const isDue = (count: number): boolean =>
    wish.minutes === null ? count < wish.seeds : performance.now() - startedAt < wish.minutes * 60_000;
  for (let count = 0; isDue(count); count += 1) {
    yield {
      seed: wish.from + count,
      faults: wish.faults,
      sabotage: null,
      scenario: null,
      consolidates: wish.consolidates ?? false,
      repairs: wish.repairs ?? false,
      recants: wish.recants ?? false,
    };
  }
}

/** A line of progress comes after so many seeds. */
const progressEvery = 500;
/** Violations that are explained in one go; the others are told by their line. */
const explainedMax = 3;

async function runSeeds(wish: Wish, orders: Iterator<Order, undefined>): Promise<number> {
  const { say } = wish;
  const startedAt = performance.now();
  const usedBefore = processorMs();
  let coverage: Coverage = noCoverage;
  let events = 0;
  let passed = 0;
  let undrawn = 0;
  const failed: Report[] = [];
  await runOrders(orders, wish.jobs, (report) => {
    const done = passed + failed.length + 1;
    if (done % progressEvery === 0) say(`... ${done} seeds, ${failed.length} failed`);
    coverage = addCoverage(coverage, report.coverage);
    events += report.events;
    if (wish.repairs === true && report.coverage.looked["I18r"] === undefined) undrawn += 1;
    if (report.verdict === "pass") passed += 1;
    else {
      failed.push(report);
      for (const line of verdictLines(wish, report)) say(line);
    }
    return true;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const used = processorMs() - usedBefore;
  if (wish.isExplained) {
    for (const report of failed.slice(0, explainedMax)) await explain(wish, report);
  }
  for (const line of showCoverage(coverage)) say(line);
  const count = passed + failed.length;
  const idle = count < soakMin ? [] : idleCheckers(coverage);
  for (const invariant of idle) say(`nothing proved: the checker of ${invariant} looked at nothing`);
  if (undrawn > 0) say(`not drawn: a repair in ${undrawn} of ${count} seeds`);
  const isVain = wish.repairs === true && (coverage.deeds[putRight] ?? 0) === 0;
  if (isVain) say("nothing proved: no value was put right");
  const perMinute = Math.round((count / seconds) * 60);
  say(
    `${events} events in ${seconds.toFixed(1)} s on ${wish.jobs} threads: ${perMinute} seeds a minute, ` +
      `${Math.round(used / count)} ms of processor time a seed`,
  );
  say(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 && passed > 0 && idle.length === 0 && !isVain ? 0 : 1;
}

/** From so many seeds on, every checker must have had something to judge. */
const soakMin = 100;

/** Checkers that judged nothing in all the runs: they proved nothing. */
const idleCheckers = ({ looked }: Coverage): readonly string[] =>
  Object.entries(looked).flatMap(([invariant, count]) => (count === 0 ? [invariant] : []));

/** Processor time of all threads so far: on a busy machine it says more than the clock does. */
function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** One line per violation, each with what it takes to see it again. */
function verdictLines(wish: Wish, report: Report): readonly string[] {
  const only = (wish.faults ?? []).map((name) => ` --fault ${name}`).join("");
  const joins =
    (wish.consolidates === true ? " --consolidate" : "") +
    (wish.repairs === true ? " --repair" : "") +
    (wish.recants === true ? " --recant" : "");
  const again = `npm run sim -- --seed ${report.seed}${only}${joins}`;
  const at = `seed ${report.seed} commit ${wish.commit}`;
  const lines = report.violations.map(
    ({ invariant, message }) => `${at}: ${invariant} ${message} (again: ${again})`,
  );
  return report.reason === null ? lines : [...lines, `${at}: unknown: ${report.reason} (again: ${again})`];
}

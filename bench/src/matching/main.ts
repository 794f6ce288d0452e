/**
 * `npm run bench:matching [-- --sets FOLDER | --scale 10000,100000 | --learn]`
 *
 * Precision, recall, F1, blocking recall, candidates per record, review queue and seconds of the matcher
 * over the open sets, with the one configuration that is frozen in packages/matching. Floor and aim are F1.
 * Then what the sets become by fixed rules and seeds (few partners, blanks, doubles, look-alikes), sets in
 * which many share an address, a phone or an employer, and how far the probabilities are kept. With --scale:
 * the command over CSV files of made-up accounts, so many on each side and in one file, with processor and
 * memory. With --learn: F1 after 20, 50 and 100 answers.
 */
import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { heldOutSets } from "./held-out.ts";
import { learnSet } from "./learn.ts";
import { blockingRecallOf } from "./blocking.ts";
import { scoreDoubles, scoreScale } from "./scale.ts";
import type { ScaleScore } from "./scale.ts";
import { crowdGroups } from "./crowds.ts";
import { derivedGroups } from "./derived.ts";
import { Reliability } from "./reliability.ts";
import { scoreGroup, scoreSet, thinned } from "./score.ts";
import type { Score } from "./score.ts";
import { scoreNames } from "./names.ts";
import { BadTruth, loadSets, readTable } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/** Floor (3-gram TF-IDF and Jaro-Winkler, one threshold) and aim in F1, by set. */
const marks: { readonly [name: string]: readonly [floor: number, aim: number] } = {
  "fodors-zagats": [0.957, 0.99],
  "abt-buy": [0.888, 0.955],
  "dblp-acm": [0.989, 0.99],
  "febrl dataset1": [0.997, 0.999],
  "febrl dataset2": [0.997, 0.999],
  "febrl dataset3": [0.997, 0.999],
  "febrl dataset3, names and address": [0.989, 0.995],
};
const nameMarks: typeof marks = {
  "org-names, all": [0.694, 0.8],
  "org-names, organisations": [0.776, 0.87],
};
const widths = [38, 6, 6, 7, 7, 7, 7, 7, 8, 6, 5, 7, 7, 7] as const;
const heads = "set,floor,aim,F1,prec,recall,F1+rev,expect,blocking,c/rec,most,review,seconds,cpu s".split(
  ",",
);

function line(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at] ?? 8)))
    .join(" ");
}

function rowOf(name: string, score: Score): string {
  const [floor, aim] = marks[name] ?? [];
  const share = (value: number | undefined): string => value?.toFixed(4) ?? "";
  return line([
    name,
    floor?.toFixed(3) ?? "",
    aim?.toFixed(3) ?? "",
    ...[score.f1, score.precision, score.recall, score.f1Reviewed, score.expected, score.blockingRecall].map(
      share,
    ),
    score.candidatesMean.toFixed(1),
    String(score.candidatesMost),
    String(score.reviews),
    score.seconds.toFixed(1),
    score.cpuSeconds.toFixed(1),
  ]);
}

function setsFolder(named: string | undefined): URL {
  if (named !== undefined) return pathToFileURL(`${named}/`);
  return new URL("../../../../shared/data/matching/", import.meta.url);
}

function told(score: ScaleScore): string {
  const known = (value: number | null, unit: string): string =>
    value === null ? "not told by this machine" : `${value.toFixed(0)} ${unit}`;
  return (
    `F1 ${score.f1.toFixed(4)}, precision ${score.precision.toFixed(4)}, recall ` +
    `${score.recall.toFixed(4)}, ${score.reviews} for review, ${score.candidates.toFixed(1)} ` +
    `candidates a record (at most ${score.most}), ${score.seconds.toFixed(0)} s, processor ` +
    `${known(score.cpuSeconds, "s")}, memory ${known(score.memory, "MB")}`
  );
}

async function showScale(counts: readonly number[]): Promise<void> {
  for (const count of counts) {
    const doubles = await scoreDoubles(count);
    console.log(
      `${count} in one file: ${told(doubles)}; the largest cluster has ${doubles.largest} records, the ` +
        `largest true one ${doubles.largestTrue}`,
    );
    console.log(`${count} a side: ${told(await scoreScale(count))}`);
    console.log(`${count} a side: blocking recall ${blockingRecallOf(count).toFixed(4)}`);
  }
}

/** F1 and precision after so many answers of a person who is always right. */
function showLearning(sets: readonly MatchSet[]): void {
  const all = sets.flatMap((set) => (set.right === null ? [set] : [set, thinned(set, 2), thinned(set, 10)]));
  for (const set of all)
    for (const { answers, f1, f1Rest, precision, reviews } of learnSet(set, [0, 20, 50, 100]))
      console.log(
        `${set.name.padEnd(38)} ${String(answers).padStart(4)} answers  F1 ${f1.toFixed(4)}  prec ` +
          `${precision.toFixed(4)}  F1 of the rest ${f1Rest.toFixed(4)}  review ${reviews}`,
      );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { sets: { type: "string" }, scale: { type: "string" }, learn: { type: "boolean" } },
  });
  const folder = setsFolder(values.sets);
  if (values.scale === undefined && !existsSync(folder)) {
    console.error("the open sets are not here, nothing was measured; name their folder with --sets");
    process.exitCode = 1;
    return;
  }
  console.log(
    `load of the machine before the run ${(loadavg()[0] ?? 0).toFixed(1)}, node ${process.version}\n`,
  );
  if (values.scale !== undefined) return showScale(values.scale.split(",").map(Number));
  const sets = loadSets(folder);
  console.log(line(heads));
  if (values.learn === true) return showLearning(sets);
  const reliability = new Reliability();
  const show = (set: MatchSet): void => console.log(rowOf(set.name, scoreSet(set, reliability)));
  for (const set of sets) show(set);
  for (const score of scoreNames(readTable(new URL("org-names/name_bench_cases.csv", folder)))) {
    const [floor, aim] = nameMarks[score.name] ?? [];
    const cells = [floor, aim].map((mark) => mark?.toFixed(3) ?? "");
    console.log(
      line([
        score.name,
        ...cells,
        ...[score.f1, score.precision, score.recall, score.f1Reviewed].map((each) => each.toFixed(4)),
        ...["", "", "", "", String(score.reviews)],
      ]),
    );
  }
  for (const set of sets.filter(({ right }) => right !== null))
    for (const one of [2, 10]) show(thinned(set, one));
  for (const set of heldOutSets()) show(set);
  showDerived(sets, reliability);
}

/** What the sets become by fixed rules, and how far the probabilities of all sets were kept. */
function showDerived(sets: readonly MatchSet[], reliability: Reliability): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(66) : cell.padStart(8))).join("");
  console.log(`\n${row(["derived set", "links", "false", "prec", "recall", "review", "asked"])}`);
  for (const group of [...derivedGroups(sets), ...crowdGroups()]) {
    const score = scoreGroup(group, reliability);
    console.log(
      row([
        group.name,
        ...[score.links, score.wrong].map(String),
        score.precision === null ? "none" : score.precision.toFixed(4),
        score.recall.toFixed(4),
        `${(score.reviewShare * 100).toFixed(1)} %`,
        String(score.asked),
      ]),
    );
  }
  console.log(`\n${row(["probability of a pair, over all these sets, from", "pairs", "told", "true"])}`);
  for (const { from, pairs, foretold, seen } of reliability.bands())
    console.log(row([String(from), String(pairs), foretold.toFixed(4), seen.toFixed(4)]));
  console.log(`Brier score ${reliability.brier.toFixed(4)}`);
}

await main().catch((error: unknown) => {
  if (!(error instanceof BadTruth)) throw error;
  // Measured against a wrong truth every number would be wrong.
  console.error(error.message);
  process.exitCode = 1;
});

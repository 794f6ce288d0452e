/** The score of planted defects, as text. */
import type { FileResult, Mutant, Results } from "./stryker.ts";

const killed: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const alive: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

/** How many defects were judged, and those that no test saw. */
interface Score {
  readonly judged: number;
  readonly survivors: readonly string[];
}

function scoreOf(path: string, { source, mutants }: FileResult): Score {
  const lines = source.split("\n");
  const judged = mutants.filter(({ status }) => killed.has(status) || alive.has(status));
  const survivors = judged.filter(({ status }) => alive.has(status)).toSorted(byPlace);
  return { judged: judged.length, survivors: survivors.map((mutant) => tell(path, lines, mutant)) };
}

function byPlace({ location: a }: Mutant, { location: b }: Mutant): number {
  return a.start.line - b.start.line || a.start.column - b.start.column;
}

/** Path, line and column, what stood there and what replaced it, each on one line and cut. */
function tell(
  path: string,
  lines: readonly string[],
  { location, mutatorName, replacement }: Mutant,
): string {
  const { start, end } = location;
  const rows = lines.slice(start.line - 1, end.line);
  const text = rows.map((row, at) => {
    const stop = at === rows.length - 1 ? end.column - 1 : row.length;
    return row.slice(at === 0 ? start.column - 1 : 0, stop);
  });
  const place = `${path}:${start.line}:${start.column} ${mutatorName}`;
  return `${place} ${brief(text.join(" "))} -> ${brief(replacement)}`;
}

function brief(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
}

const percent = (judged: number, dead: number): string => ((100 * dead) / judged).toFixed(1);

/** Whole score in percent; 0 when nothing was judged. */
export function shareKilled(results: Results): number {
  const { judged, survivors } = whole(results);
  return judged === 0 ? 0 : (100 * (judged - survivors.length)) / judged;
}

function whole(results: Results): Score {
  const all = Object.entries(results).map(([path, result]) => scoreOf(path, result));
  const judged = all.reduce((sum, score) => sum + score.judged, 0);
  return { judged, survivors: all.flatMap(({ survivors }) => survivors) };
}

/** Every survivor, then a line for each file, then the whole. `isStale`: the code has changed since. */
export function tellScore(
  results: Results,
  isStale: (path: string, source: string) => boolean,
): readonly string[] {
  const { judged, survivors } = whole(results);
  const files = Object.entries(results).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = files.map(([path, result]) => {
    const score = scoreOf(path, result);
    const dead = score.judged - score.survivors.length;
    const mark = isStale(path, result.source) ? "  (the code has changed since)" : "";
    const share = score.judged === 0 ? "-" : percent(score.judged, dead);
    const counts = `${String(dead).padStart(5)} of ${String(score.judged).padStart(5)}`;
    return `${path.padEnd(44)} ${counts}  ${share.padStart(5)} %${mark}`;
  });
  const total = `${survivors.length} live of ${judged} defects in ${files.length} files`;
  const share =
    judged === 0 ? "nothing judged" : `mutation score ${percent(judged, judged - survivors.length)} %`;
  return [...survivors.map((text) => `lives: ${text}`), ...rows, `${total}: ${share}`];
}

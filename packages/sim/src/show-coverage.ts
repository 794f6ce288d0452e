import { catalogue } from "./catalogue.ts";
import type { Counts, Coverage } from "./coverage.ts";

/** The end of a simulation: what it came through, and what it never met. */
export function showCoverage(coverage: Coverage): readonly string[] {
  const faults = catalogue
    .map(({ name }) => `${name} ${coverage.hits[name] ?? 0}`)
    .filter((_, at) => (coverage.masked[catalogue[at]?.name ?? ""] ?? 0) > 0);
  return [
    ...wrapped("faults", faults),
    ...wrapped("outcomes", listOf(coverage.verdicts)),
    ...wrapped("intents", listOf(coverage.steps)),
    ...wrapped("deeds", listOf(coverage.deeds)),
    ...wrapped("checked", listOf(coverage.looked)),
    ...Object.entries(coverage.known).map(
      ([finding, count]) => `known, not mended: ${finding}: ${count} times`,
    ),
    ...catalogue.flatMap(({ name, awaits }) =>
      awaits === undefined ? [] : [`not drawn: fault ${name}, awaits ${awaits}`],
    ),
    ...neverHit(coverage).map((name) => `never hit: fault ${name}, though it was switched on`),
  ];
}

/** Faults that were switched on in some run and came in none. */
function neverHit(coverage: Coverage): readonly string[] {
  return Object.keys(coverage.masked)
    .filter((name) => (coverage.hits[name] ?? 0) === 0)
    .toSorted();
}

const listOf = (counts: Counts): readonly string[] =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`);

const columnsMax = 100;

function wrapped(title: string, parts: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    if (line !== "" && line.length + part.length + 2 > columnsMax) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? part : `${line}, ${part}`;
  }
  if (line !== "") lines.push(line);
  return lines.map((text, at) => `${at === 0 ? title.padEnd(9) : " ".repeat(9)} ${text}`);
}

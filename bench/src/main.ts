/**
 * `npm run bench -- [name ...] [--size small|full] [--home server|embedded] [--records 100000]
 * [--profile] [--dry]`
 *
 * Runs the cases one after the other, each in a process of its own, and prints a table: target, measured,
 * the limit measured in the same run, their ratio, verdict. The results are kept in bench/results with the
 * machine's facts.
 */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPostgres, tempFolder } from "crossfoot/testing";
import type { TestPostgres } from "crossfoot/testing";
import { cases } from "./cases.ts";
import type { NamedCase } from "./cases.ts";
import type { CaseInput, Size } from "./cases/scene.ts";
import { factsHash, machineFacts } from "./machine.ts";
import { printProfile } from "./profile.ts";
import { plainRow, ratioOf, round, verdictOf } from "./result.ts";
import type { CaseReport } from "./result.ts";
import { tableText } from "./table.ts";
import type { PlacedRow } from "./table.ts";

const results = new URL("../results/", import.meta.url);
const profiles = new URL("local-profiles/", results);
const residentMbTarget = 400;

interface Asked {
  readonly names: readonly string[];
  readonly size: Size;
  readonly homes: readonly string[];
  readonly records: number;
  readonly isProfiled: boolean;
  readonly isKept: boolean;
}

function readArguments(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: "string", default: "small" },
      home: { type: "string", multiple: true, default: ["server", "embedded"] },
      records: { type: "string", default: "100000" },
      profile: { type: "boolean", default: false },
      dry: { type: "boolean", default: false },
    },
  });
  const { size, home, profile, dry } = values;
  const records = Number(values.records);
  if (!(records >= 1)) throw new Error("--records is a number from 1 on");
  if (size !== "small" && size !== "full") throw new Error("--size is small or full");
  const unknown = positionals.find((name) => cases.every((each) => each.name !== name));
  if (unknown !== undefined) {
    throw new Error(`there is no case ${unknown}; there are: ${cases.map(({ name }) => name).join(", ")}`);
  }
  // A run of some cases only says too little to stand for a day.
  const isWhole = positionals.length === 0 && home.includes("server") && home.includes("embedded");
  return {
    names: positionals,
    size,
    records,
    homes: home,
    isProfiled: profile,
    isKept: isWhole && !dry && !profile,
  };
}

/** Runs a case in a process of its own and gives its report. */
async function runCase(name: string, input: CaseInput): Promise<CaseReport> {
  const file = fileURLToPath(new URL("./run-case.ts", import.meta.url));
  const child = fork(file, [name], { execArgv: ["--conditions=source"] });
  const { promise, resolve, reject } = Promise.withResolvers<CaseReport>();
  child.on("message", (message: { report?: CaseReport; failure?: string }) => {
    if (message.report === undefined) reject(new Error(message.failure ?? "the case failed"));
    else resolve(message.report);
  });
  const ended = new Promise<void>((done) => {
    child.once("exit", (code) => {
      reject(new Error(`${name} ended with ${code ?? "a signal"}`));
      done();
    });
  });
  child.send(input);
  const [report] = await Promise.allSettled([promise, ended]);
  if (report.status === "rejected") throw report.reason;
  if (input.profileTo !== null) printProfile(input.profileTo);
  return report.value;
}

async function measure(
  each: NamedCase,
  home: "server" | "embedded",
  at: { readonly asked: Asked; readonly postgres: TestPostgres | null },
): Promise<{ readonly rows: readonly PlacedRow[]; readonly notes: CaseReport["notes"] }> {
  const folder = tempFolder();
  try {
    const store =
      home === "server"
        ? { home, url: (await at.postgres?.createDatabase()) ?? "" }
        : { home, folder: `${folder.path}/store` };
    const profile = fileURLToPath(new URL(`${each.name}-${home}.cpuprofile`, profiles));
    const profileTo = at.asked.isProfiled ? profile : null;
    const report = await runCase(each.name, {
      ...{ size: at.asked.size, records: at.asked.records },
      ...{ store, folder: folder.path, profileTo },
    });
    const memory = plainRow(`memory during ${each.name}`, {
      unit: "MB",
      measured: report.residentMbMax,
      sense: "at most",
      ...(home === "server" ? { target: residentMbTarget } : {}),
    });
    const rows = each.judgesMemory ? [...report.rows, memory] : report.rows;
    const shown = home === "server" ? "PostgreSQL" : "PGlite";
    return { rows: rows.map((row) => ({ ...row, name: each.name, home: shown })), notes: report.notes };
  } finally {
    folder.remove();
  }
}

interface Measured {
  readonly rows: PlacedRow[];
  readonly notes: Record<string, CaseReport["notes"]>;
  readonly failures: string[];
}

/** Measures every case on every store that was asked for; a case that fails does not stop the others. */
async function measureAll(asked: Asked): Promise<Measured> {
  const all: Measured = { rows: [], notes: {}, failures: [] };
  const postgres = asked.homes.includes("server") ? await startPostgres() : null;
  try {
    for (const each of cases.filter(({ name }) => asked.names.length === 0 || asked.names.includes(name))) {
      for (const home of each.homes.filter((one) => asked.homes.includes(one))) {
        console.error(`measuring ${each.name} on ${home === "server" ? "PostgreSQL" : "PGlite"} ...`);
        try {
          const measured = await measure(each, home, { asked, postgres });
          all.rows.push(...measured.rows);
          all.notes[`${each.name} ${home}`] = measured.notes;
        } catch (error) {
          all.failures.push(`${each.name} ${home}: ${error instanceof Error ? error.message : "unknown"}`);
        }
      }
    }
  } finally {
    await postgres?.stop();
  }
  return all;
}

async function main(): Promise<void> {
  const asked = readArguments();
  const facts = machineFacts();
  const startedAt = new Date().toISOString();
  const loadBefore = round(loadavg()[0] ?? 0);
  mkdirSync(asked.isProfiled ? profiles : results, { recursive: true });
  const { rows, notes, failures } = await measureAll(asked);
  const head = `${facts.cores} cores, ${facts.memoryGb} GB, node ${facts.node}, size ${asked.size}`;
  console.log(`${head}, load of the machine before the run ${loadBefore}\n`);
  console.log(tableText(rows));
  for (const [name, told] of Object.entries(notes)) console.log(`${name}: ${JSON.stringify(told)}`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
  if (!asked.isKept || failures.length > 0) return;
  const judged = rows.map((row) => ({ ...row, ratio: ratioOf(row), verdict: verdictOf(row) }));
  const kept = { startedAt, size: asked.size, facts, loadBefore, rows: judged, notes };
  const suffix = asked.size === "full" ? "" : `-${asked.size}`;
  const name = `${startedAt.slice(0, 10)}-${factsHash(facts)}${suffix}.json`;
  writeFileSync(new URL(name, results), `${JSON.stringify(kept, null, 2)}\n`);
}

await main();

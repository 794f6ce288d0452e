import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { copiedRow, doubledRow, firstRow, isShared, originOf, otherRow } from "./made-accounts.ts";

function* linesOf(count: number, rowAt: (row: number) => readonly string[]): Iterable<string> {
  let lines = "id,name,street,city,postcode,phone\n";
  for (let row = 0; row < count; row++) {
    lines += `${row},${rowAt(row).join(",")}\n`;
    if (lines.length < 1 << 16 && row + 1 < count) continue;
    yield lines;
    lines = "";
  }
}

/** What a run of the command over made-up accounts came to. */
export interface ScaleScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly reviews: number;
  /** Candidates per record of one side. */
  readonly candidates: number;
  readonly most: number;
  readonly seconds: number;
  /** Seconds of the processor, all threads; null where the machine does not tell. */
  readonly cpuSeconds: number | null;
  /** The most memory the command held, in megabytes; null where the machine does not tell. */
  readonly memory: number | null;
}

const command = fileURLToPath(new URL("main.ts", import.meta.resolve("crossfoot")));

/**
 * Writes two CSV files of made-up accounts, of which nine in ten are in both and damaged in the second, runs
 * `crossfoot match` over them in a process of its own, and scores the pairs it wrote. `count` is no multiple
 * of 7,919.
 */
export async function scoreScale(count: number): Promise<ScaleScore> {
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-scale-"));
  try {
    const [a = "", b = "", out = ""] = ["a.csv", "b.csv", "pairs.csv"].map((name) => join(folder, name));
    const made = [
      [a, firstRow],
      [b, (row: number) => otherRow(row, count)],
    ] as const;
    for (const [file, rowAt] of made)
      await pipeline(Readable.from(linesOf(count, rowAt)), createWriteStream(file));
    const ran = await run(["match", "--json", "--entity", "accounts", "--a", a, "--b", b, "--out", out]);
    const told = JSON.parse(ran.output) as { compared: { pairs: number; most: number } };
    const { links, hits, reviews } = await counted(
      out,
      (record, row) => originOf(row, count) === record && isShared(record),
    );
    const truth = Array.from({ length: count }, (_, row) => isShared(row)).filter(Boolean).length;
    return {
      precision: hits / Math.max(1, links),
      recall: hits / truth,
      f1: (2 * hits) / Math.max(1, links + truth),
      reviews,
      candidates: told.compared.pairs / count,
      most: told.compared.most,
      ...{ seconds: ran.seconds, cpuSeconds: ran.cpuSeconds, memory: ran.memory },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a run over one file with doubles came to: every pair of a cluster is a link. */
export interface DoublesScore extends ScaleScore {
  /** Records of the largest cluster, and how many it should have. */
  readonly largest: number;
  readonly largestTrue: number;
}

/** The first account that a row stands for. */
const accountOf = (row: number): number => copiedRow(row) ?? row;

/** Writes one CSV file in which every tenth account is a damaged copy of another, and scores its clusters. */
export async function scoreDoubles(count: number): Promise<DoublesScore> {
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-scale-"));
  try {
    const [a = "", out = ""] = ["a.csv", "pairs.csv"].map((name) => join(folder, name));
    await pipeline(Readable.from(linesOf(count, doubledRow)), createWriteStream(a));
    const ran = await run(["match", "--json", "--entity", "accounts", "--a", a, "--out", out]);
    const told = JSON.parse(ran.output) as { compared: { pairs: number; most: number } };
    const mates = new Map<number, number>();
    const { links, hits, reviews } = await counted(out, (one, other) => {
      for (const end of [one, other]) mates.set(end, (mates.get(end) ?? 0) + 1);
      return accountOf(one) === accountOf(other);
    });
    const sizes = new Map<number, number>();
    for (let row = 0; row < count; row++) sizes.set(accountOf(row), (sizes.get(accountOf(row)) ?? 0) + 1);
    const truth = [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
    const most = (counts: Iterable<number>): number => {
      let big = 0;
      for (const each of counts) big = Math.max(big, each);
      return big;
    };
    return {
      precision: hits / Math.max(1, links),
      recall: hits / truth,
      f1: (2 * hits) / Math.max(1, links + truth),
      reviews,
      candidates: (2 * told.compared.pairs) / count,
      most: told.compared.most,
      ...{ largest: most(mates.values()) + 1, largestTrue: most(sizes.values()) },
      ...{ seconds: ran.seconds, cpuSeconds: ran.cpuSeconds, memory: ran.memory },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Links, right ones among them, and questions of a file of pairs. */
async function counted(
  file: string,
  isPair: (one: number, other: number) => boolean,
): Promise<{ links: number; hits: number; reviews: number }> {
  const sum = { links: 0, hits: 0, reviews: 0 };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [, , one, other, band] = line.split(",");
    if (band === "review") sum.reviews++;
    if (band !== "link") continue;
    sum.links++;
    if (isPair(Number(one), Number(other))) sum.hits++;
  }
  return sum;
}

interface Ran {
  readonly output: string;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly memory: number | null;
}

/** Runs the command and looks at its memory and its share of the processor while it runs. */
async function run(args: readonly string[]): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--conditions=source", command, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  let seen: Pick<Ran, "cpuSeconds" | "memory"> = { cpuSeconds: null, memory: null };
  const timer = setInterval(() => {
    seen = usageOf(child.pid) ?? seen;
  }, 100);
  const [code] = (await once(child, "close")) as [number];
  clearInterval(timer);
  if (code !== 0) throw new Error(`match ended with ${code}`);
  return { output, seconds: (performance.now() - startedAt) / 1000, ...seen };
}

/** What Linux tells of a running process, else null. */
export function usageOf(pid: number | undefined): Pick<Ran, "cpuSeconds" | "memory"> | null {
  try {
    const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    if (memory === undefined) return null;
    return { memory: Number(memory) / 1024, cpuSeconds: (Number(ticks[11]) + Number(ticks[12])) / 100 };
  } catch {
    return null;
  }
}

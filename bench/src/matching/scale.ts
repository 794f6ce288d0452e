import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Draw } from "./draw.ts";

const starts =
  "al an bar ber car cor dal del den el fal fer gal gor hal har in jan kal kor lan lor mar".split(" ");
const middles = "a e i o u an en in on ar er or al el il ta te ti to va ve vi ra re ri".split(" ");
const ends = "ba co da fa go ka la lo ma mo na no pa ra ro sa so ta to va ver den ton ford berg stein".split(
  " ",
);
const trades =
  "Foods Steel Paints Tools Lamps Boats Tiles Motors Textiles Logistics Pharma Optics Farms".split(" ");
const forms = "GmbH,Ltd,Inc,S.A.,AG,B.V.,SRL,LLC,Oy,AB".split(",");
const kinds = "Street,Road,Avenue,Lane,Square,Drive".split(",");

function word(draw: Draw): string {
  const made = draw.of(starts) + draw.of(middles) + draw.of(ends);
  return made.charAt(0).toUpperCase() + made.slice(1);
}

function account(draw: Draw): readonly string[] {
  return [
    `${word(draw)} ${draw.below(3) === 0 ? `${word(draw)} ` : ""}${draw.of(trades)} ${draw.of(forms)}`,
    `${draw.below(400) + 1} ${word(draw)} ${draw.of(kinds)}`,
    word(draw),
    String(10_000 + draw.below(90_000)),
    `+49 ${200 + draw.below(700)} ${1_000_000 + draw.below(8_999_999)}`,
  ];
}

/** A value as the other system may hold it: a letter dropped or doubled, a word cut, or nothing. */
function damaged(value: string, draw: Draw): string {
  const chance = draw.below(10);
  if (chance === 0) return "";
  const at = 1 + draw.below(Math.max(1, value.length - 1));
  if (chance === 1) return value.slice(0, at) + value.slice(at + 1);
  if (chance === 2) return value.slice(0, at) + value.slice(at - 1);
  return chance === 3 ? value.toUpperCase() : value;
}

/** A seed of its own for each record, so that any record can be made without those before it. */
function seedOf(record: number, salt: number): number {
  let mixed = Math.imul(record + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0x7fff_ffff;
}

/** The account of the first file that a row of the second is made of: far apart, each once. */
const originOf = (row: number, count: number): number => (row * 7_919 + 13) % count;

/** Whether an account is in both files, nine in ten are. */
const isShared = (record: number): boolean => new Draw(seedOf(record, 2)).below(10) > 0;

/** A row of the second file: the account as another system holds it, or an account of its own. */
function otherRow(row: number, count: number): readonly string[] {
  const record = originOf(row, count);
  if (!isShared(record)) return account(new Draw(seedOf(record, 3)));
  const draw = new Draw(seedOf(record, 4));
  // The name is never lost whole: such a pair nobody could find.
  return account(new Draw(seedOf(record, 1))).map((value, cell) => {
    const other = damaged(value, draw);
    return cell === 0 && other === "" ? value : other;
  });
}

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
      [a, (row: number) => account(new Draw(seedOf(row, 1)))],
      [b, (row: number) => otherRow(row, count)],
    ] as const;
    for (const [file, rowAt] of made)
      await pipeline(Readable.from(linesOf(count, rowAt)), createWriteStream(file));
    const ran = await run(["match", "--json", "--entity", "accounts", "--a", a, "--b", b, "--out", out]);
    const told = JSON.parse(ran.output) as { compared: { pairs: number; most: number } };
    const { links, hits, reviews } = await counted(out, count);
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

/** Links, right ones among them, and questions of a file of pairs. */
async function counted(
  file: string,
  count: number,
): Promise<{ links: number; hits: number; reviews: number }> {
  const sum = { links: 0, hits: 0, reviews: 0 };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [, , one, other, band] = line.split(",");
    if (band === "review") sum.reviews++;
    if (band !== "link") continue;
    sum.links++;
    const record = Number(one);
    if (originOf(Number(other), count) === record && isShared(record)) sum.hits++;
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
function usageOf(pid: number | undefined): Pick<Ran, "cpuSeconds" | "memory"> | null {
  try {
    const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    if (memory === undefined) return null;
    return { memory: Number(memory) / 1024, cpuSeconds: (Number(ticks[11]) + Number(ticks[12])) / 100 };
  } catch {
    return null;
  }
}

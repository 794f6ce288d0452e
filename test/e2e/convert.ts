/**
 * Won quotes are turned into orders by the HTTP API of `crossfoot up`, one or two programs on one store: each
 * is asked for by two users, twice at once, under the same Idempotency-Key and under others, while calls of
 * both systems are lost and a program is killed. Judged by what the ERP holds.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createClient, CrossfootProblem } from "@crossfoot/client";
import { randomStream } from "@crossfoot/twin";
import type { Random } from "@crossfoot/twin";
import type { Fate, Watch } from "../live/scenarios/rude-proxy.ts";
import { judgeCourse } from "./convert-judge.ts";
import type { Converted, Course } from "./convert-judge.ts";
import type { ConvertGround } from "./convert-ground.ts";
import { tellWhileSlow } from "./convert-slow.ts";
import { runCli } from "./kill-child.ts";
import { startUp } from "./up-child.ts";
import type { Up } from "./up-child.ts";

/** How much is asked for. */
export interface ConvertSize {
  readonly seed: number;
  readonly quotes: number;
  /** How many quotes are on their way at once. */
  readonly lanes: number;
  /** How many programs serve the API; more than one needs a store on a server. */
  readonly programs: 1 | 2;
  /** A program is killed after every so-manyth quote. */
  readonly killEvery: number;
  /** Hears how far it is. */
  readonly say?: (text: string) => void;
}

/** Share of calls to the systems that do not simply pass. */
const troubleShare = { writes: 0.12, reads: 0.005 };
/** A time-out costs seconds: at most this many calls hang, whatever is drawn. */
const hangsMax = 40;
const againMs = 200;

async function well(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(folder, args);
  if (code !== 0 && code !== 2) throw new Error(`${args.join(" ")}: ${code} ${stderr}${stdout}`);
  return stdout;
}

function wonQuote({ crm, account, goods }: ConvertGround, nth: number): string {
  const { product, unit, warehouse } = goods();
  const quote = crm.people.createQuote({
    ...{ accountId: account(), currency: "EUR", warehouse, paymentTerms: "net30" },
    ...{ customerOrderNumber: `PO-${nth}`, validUntil: "2099-12-31" },
    lines: [{ productId: product, quantity: "1", unit, unitPrice: { amount: "0.02", currency: "EUR" } }],
  });
  crm.people.sendQuote(String(quote.id));
  crm.people.acceptQuote(String(quote.id));
  return String(quote.id);
}

interface Click {
  readonly url: () => string;
  readonly key: string;
  /** The Idempotency-Key of each request, whatever came of those before. */
  readonly name: string;
  /** Hears each answer; and of a problem what it says. */
  readonly note: (what: string, words?: string) => void;
  readonly patienceMs: number;
  readonly say: (text: string) => void;
}

/** What became of a request that got no order. */
function troubleOf(error: unknown): string {
  if (error instanceof CrossfootProblem) return `${error.status} ${error.code}`;
  const cause = error instanceof Error ? error.cause : null;
  if (!(cause instanceof Error)) return "cut";
  if (cause.name === "TimeoutError") return "late";
  return (cause.cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED" ? "away" : "cut";
}

/** Asks until an order is named; null when none was for long. The address changes after a kill. */
async function click(
  quote: string,
  { url, key, name, note, patienceMs, say }: Click,
): Promise<string | null> {
  const heard: string[] = [];
  for (const from = performance.now(); performance.now() - from < patienceMs;) {
    try {
      const client = createClient({ baseUrl: url(), key, uuid: () => name });
      const asked = { path: { id: `crm:${quote}` } };
      const { status, body } = await client.call("orderQuote", asked, { budgetMs: 20_000, triesMax: 1 });
      note(String(status));
      heard.push(String(status));
      const names = body.kind === "ordered" ? body.order.names : [];
      const order = names.find((each) => each.startsWith("erp:"));
      if (order !== undefined) return order.slice("erp:".length);
    } catch (error) {
      const trouble = troubleOf(error);
      note(trouble, error instanceof CrossfootProblem ? error.message : "");
      heard.push(trouble);
    }
    await pause(againMs);
  }
  const runs = heard.filter((what, at) => what !== heard[at - 1]);
  say(`quote ${quote}: no order within ${patienceMs / 1_000} s; heard ${runs.join(", ")}`);
  return null;
}

/** Draws what becomes of each call of a system. */
function troubled({ fates }: ConvertGround, random: Random): Watch {
  let hangs = hangsMax;
  return {
    meet: ({ isWrite }): Fate => {
      if (!random.chance(isWrite ? troubleShare.writes : troubleShare.reads)) return "pass";
      const fate = random.pick(fates);
      if (fate !== "hang" || (hangs -= 1) >= 0) return fate;
      return "lose";
    },
    afterEffect: () => undefined,
  };
}

/** Turns won quotes into orders and judges what came of it. */
export async function runConversions(ground: ConvertGround, size: ConvertSize): Promise<Converted> {
  await well(ground.folder, ["run"]);
  const keys: string[] = [];
  for (const name of ["first", "second"]) {
    const said = await well(ground.folder, ["keys", "create", "--name", name, "--role", "sales"]);
    keys.push((JSON.parse(said) as { readonly token: string }).token);
  }
  const random = randomStream(size.seed, "conversions");
  for (const line of ground.lines) line.watch = troubled(ground, random);
  const course = await convertAll({ ground, size, keys, random });
  for (const line of ground.lines) line.watch = null;
  await well(ground.folder, ["run"]);
  const { stdout } = await runCli(ground.folder, ["verify"]);
  return judgeCourse(ground, course, JSON.parse(stdout) as Parameters<typeof judgeCourse>[2]);
}

interface Converting {
  readonly ground: ConvertGround;
  readonly size: ConvertSize;
  readonly keys: readonly string[];
  readonly random: Random;
}

/** The callers of a quote: two users, the first twice at once under one key, sometimes under another too. */
function callersOf({ keys, random }: Converting, quote: string): readonly Pick<Click, "key" | "name">[] {
  const [first = "", second = ""] = keys;
  const own = `first-of-${quote}`;
  const all = [
    { key: first, name: own },
    { key: first, name: own },
    { key: first, name: `again-of-${quote}` },
    { key: second, name: `second-of-${quote}` },
  ];
  return all.slice(0, random.between(2, all.length));
}

async function convertAll(converting: Converting): Promise<Course> {
  const { ground, size, random } = converting;
  const { folder, patienceMs } = ground;
  const answers: Record<string, number> = {};
  const note = (what: string, words = ""): void => {
    answers[what] = (answers[what] ?? 0) + 1;
    if (answers[what] === 1 && words !== "") size.say?.(`${what}: ${words}`);
  };
  const say = size.say ?? ((): void => undefined);
  const told = new Map<string, readonly (string | null)[]>();
  const orderMs: number[] = [];
  const ups: Up[] = [];
  for (let at = 0; at < size.programs; at += 1) ups.push(await startUp(folder));
  let [begun, kills, isGivenUp] = [0, 0, false];
  const kill = async (): Promise<void> => {
    const at = random.between(0, ups.length - 1);
    await pause(random.between(20, 220));
    await ups[at]?.kill();
    kills += 1;
    ups[at] = await startUp(folder);
  };
  let killing: Promise<void> = Promise.resolve();
  const lane = async (): Promise<void> => {
    while (begun < size.quotes && !isGivenUp) {
      begun += 1;
      const quote = wonQuote(ground, begun);
      const from = performance.now();
      const clicks = callersOf(converting, quote).map(({ key, name }, nth) => {
        const at = (random.between(0, ups.length - 1) + nth) % ups.length;
        return click(quote, { url: () => ups[at]?.url ?? "", key, name, note, patienceMs, say });
      });
      if (begun % size.killEvery === 0) killing = killing.then(kill);
      if (begun % 50 === 0) size.say?.(`${begun} quotes, ${kills} kills`);
      const over = new AbortController();
      const telling = tellWhileSlow({ folder, say }, quote, over.signal);
      const heard = await Promise.all(clicks);
      over.abort();
      await telling;
      orderMs.push(performance.now() - from);
      told.set(quote, heard);
      // An order that nobody was told of in all that time ends the course: it is a fault.
      isGivenUp ||= heard.includes(null);
    }
  };
  try {
    await Promise.all(Array.from({ length: size.lanes }, lane));
    await killing;
    for (const up of ups) await up.stop();
  } finally {
    for (const up of ups) await up.kill();
  }
  return {
    ...{ quotes: size.quotes, kills, programs: size.programs, answers, told },
    fates: fatesOf(ground),
    orderMs: orderMs.toSorted((a, b) => a - b),
  };
}

function fatesOf({ lines }: ConvertGround): Course["fates"] {
  const fates: Record<string, number> = {};
  for (const line of lines) for (const [fate, count] of line.fates) fates[fate] = (fates[fate] ?? 0) + count;
  return fates;
}

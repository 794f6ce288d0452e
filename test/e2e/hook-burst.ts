/**
 * A burst of webhook deliveries over HTTP at `crossfoot up`, a program of its own: out of order, doubled,
 * forged and stale ones among them. Judged by what was answered, by what both systems hold, and by how
 * often the systems were called.
 */
import { createHmac } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createCrm, createErp, randomStream } from "@crossfoot/twin";
import type { Crm, Random } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import type { StatusReport } from "crossfoot/testing";
import { Pool } from "undici";
import { runCli } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";
import { webhookSecret, writeTwinProject } from "./twin-project.ts";
import { startUp } from "./up-child.ts";

/** How much comes, and what it is drawn from. */
export interface BurstSize {
  readonly seed: number;
  /** Deliveries in all. A tenth of it records are changed, twice each. */
  readonly deliveries: number;
  /** Calls that are under way at one time. */
  readonly senders: number;
  readonly storeUrl?: string;
}

type Kind = "genuine" | "double" | "forged" | "stale";

interface Letter {
  readonly kind: Kind;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
}

/** What became of a burst. */
export interface Burst {
  readonly sent: { readonly [kind in Kind]: number };
  /** How often each kind was answered how: `genuine 200 stored`. */
  readonly answers: { readonly [kindStatusReason: string]: number };
  /** Counts of the CRM's deliveries in the status, by outcome. */
  readonly counts: { readonly [outcome: string]: number };
  /** Time to each answer of the burst, ms, from the shortest to the longest. */
  readonly answerMs: readonly number[];
  /** The same of deliveries that come one after the other, once all is settled. */
  readonly aloneMs: readonly number[];
  readonly seconds: { readonly burst: number; readonly settled: number };
  readonly changed: number;
  /** Calls of both systems from the start of the burst until all was settled. */
  readonly calls: number;
  /** Records of the CRM that the ERP does not hold once with the last value. */
  readonly apart: readonly string[];
  /** Writes of the ERP beyond one for each change that was there to see. */
  readonly writes: number;
  readonly up: Ended;
}

/** Deliveries that are sent one after the other to see how long an answer takes. */
const aloneCount = 100;

const settings = `
guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }
entities: { contacts: off, products: off, pricebooks: off, quotes: off, orders: off, invoices: off,
  inventory: off, shipments: off }
cadence: { accounts: 1h }
server: { port: 0 }
`;

const mailOf = (n: number, round: number): string => `desk-${round}@fable-${n}.example`;

/** Customers of the CRM; each is one record that will be changed. */
function fill(crm: Crm, count: number): readonly string[] {
  return Array.from({ length: count }, (_one, n) => {
    const fields = { name: `Fable ${n} SARL`, status: "customer", currency: "EUR", email: mailOf(n, 0) };
    return String(crm.people.createAccount(fields).id);
  });
}

function signedBy(secret: string, body: string, seconds: number): Letter["headers"] {
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return {
    "content-type": "application/json",
    "x-brightdesk-timestamp": String(seconds),
    "x-brightdesk-signature": `sha256=${signature}`,
  };
}

/** Deliveries about records, shuffled. Of ten, seven are genuine, two come again, one is forged or stale. */
function letters(ids: readonly string[], mark: string, random: Random): readonly Letter[] {
  const now = Math.floor(Date.now() / 1000);
  const one = (kind: Kind, id: string, nth: number): Letter => {
    const event = { eventId: `${mark}-${id}-${nth}`, object: "accounts", id, change: "updated" };
    const body = JSON.stringify([event]);
    const secret = kind === "forged" ? "a guess" : webhookSecret;
    return { kind, body, headers: signedBy(secret, body, kind === "stale" ? now - 3_600 : now) };
  };
  const all = ids.flatMap((id, at) => {
    const genuine = Array.from({ length: 7 }, (_one, nth) => one("genuine", id, nth));
    const doubles = genuine.slice(0, 2).map((letter): Letter => ({ ...letter, kind: "double" }));
    return [...genuine, ...doubles, one(at % 2 === 0 ? "forged" : "stale", id, 8)];
  });
  return shuffled(all, random);
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const left = [...list];
  for (let at = left.length - 1; at > 0; at -= 1) {
    const other = random.between(0, at);
    [left[at], left[other]] = [left[other] as T, left[at] as T];
  }
  return left;
}

/** Sends all, so many at one time, and notes each answer and how long it took. */
async function send(
  pool: Pool,
  all: readonly Letter[],
  to: { readonly senders: number; readonly heard: (key: string, ms: number) => void },
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let letter = all[next++]; letter !== undefined; letter = all[next++]) {
      const { kind, body, headers } = letter;
      const startedAt = performance.now();
      const answer = await pool.request({ path: "/hooks/crm", method: "POST", body, headers });
      const { reason } = (await answer.body.json()) as { readonly reason: string };
      to.heard(`${kind} ${answer.statusCode} ${reason}`, performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: to.senders }, work));
}

const statusAt = async (url: string): Promise<StatusReport> =>
  (await fetch(`${url}/status.json`)).json() as Promise<StatusReport>;

/** Nothing waits to be read, to be decided or to be written. */
const isQuiet = ({ webhooks, entities, runs }: StatusReport): boolean =>
  webhooks.waiting.length === 0 &&
  entities.every(({ work, openIntents }) => work === 0 && openIntents === 0) &&
  runs.every(({ state }) => state !== "running");

async function untilQuiet(url: string, done: () => boolean): Promise<StatusReport> {
  for (;;) {
    const status = await statusAt(url);
    if (isQuiet(status) && done()) return status;
    await pause(200);
  }
}

/** Both twins, filled, and a project between them. */
async function openGround({ seed, deliveries, storeUrl }: BurstSize) {
  const clock = (): number => Date.now();
  const crm = createCrm({ clock, seed });
  const erp = createErp({ clock, seed });
  const ids = fill(crm, deliveries / 20);
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const folder = tempFolder("memory");
  writeTwinProject(folder.path, {
    ...{ crm: crmUp.url, erp: erpUp.url },
    settings: ["timeoutSeconds: 30", "limits: { daily: 10000000, zone: Europe/Berlin }"],
    ...(storeUrl === undefined ? {} : { storeUrl }),
  });
  appendFileSync(`${folder.path}/crossfoot.yaml`, settings);
  /** Customers that the ERP does not hold once, as they were changed in this round. */
  const apart = (round: number): readonly string[] => {
    const held = Object.values(erp.state.records["customers"] ?? {}).map(({ email }) => email);
    return ids.flatMap((_id, n) => {
      const found = held.filter((mail) => mail === mailOf(n, round)).length;
      return found === 1 ? [] : [`${mailOf(n, round)}: ${found} times`];
    });
  };
  const close = async (): Promise<void> => {
    await crmUp.close();
    await erpUp.close();
    folder.remove();
  };
  return { crm, erp, ids, folder: folder.path, apart, close };
}

type Ground = Awaited<ReturnType<typeof openGround>>;
type Waves = Pick<Burst, "sent" | "answers" | "answerMs" | "aloneMs" | "seconds" | "calls"> & {
  readonly status: StatusReport;
};

/** Two waves with a change of every record before each; then some deliveries one after the other. */
async function sendWaves(ground: Ground, size: BurstSize, url: string): Promise<Waves> {
  const { crm, erp, ids, apart } = ground;
  const random = randomStream(size.seed, "burst");
  const answers: Record<string, number> = {};
  const [answerMs, aloneMs]: [number[], number[]] = [[], []];
  const heard = (key: string, ms: number): void => {
    answers[key] = (answers[key] ?? 0) + 1;
    answerMs.push(ms);
  };
  const pool = new Pool(url, { connections: size.senders });
  const sent = { genuine: 0, double: 0, forged: 0, stale: 0 };
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  for (const round of [1, 2]) {
    for (const [n, id] of ids.entries()) crm.people.editAccount(id, { email: mailOf(n, round) });
    const all = letters(ids, `wave-${round}`, random);
    for (const { kind } of all) sent[kind] += 1;
    await send(pool, all, { senders: size.senders, heard });
  }
  const burst = elapsed();
  const status = await untilQuiet(url, () => apart(2).length === 0 || elapsed() > 900);
  const settled = elapsed();
  const calls = crm.faults.fired.length + erp.faults.fired.length;
  const again = letters(ids.slice(0, aloneCount / 10), "alone", random);
  await send(pool, again, { senders: 1, heard: (_key, ms) => void aloneMs.push(ms) });
  await pool.close();
  const inOrder = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b);
  return {
    ...{ sent, answers, answerMs: inOrder(answerMs), aloneMs: inOrder(aloneMs) },
    ...{ seconds: { burst, settled }, calls, status },
  };
}

/** Loads, starts `up`, sends the burst and sees what became of it. */
export async function runBurst(size: BurstSize, say: (text: string) => void): Promise<Burst> {
  const ground = await openGround(size);
  const { crm, erp, ids, folder, apart } = ground;
  let running: ChildProcess | null = null;
  try {
    const loaded = await runCli(folder, ["run"]);
    if (apart(0).length > 0) throw new Error(`the first load is not done: ${loaded.stdout}${loaded.stderr}`);
    say(`${ids.length} customers loaded`);
    const { url, child, ended } = await startUp(folder);
    running = child;
    await untilQuiet(url, () => true);
    for (const { faults } of [crm, erp]) faults.add({ times: 0, effect: { kind: "delay", ms: 0 } });
    const writesBefore = erp.commits.length;
    const { status, ...waves } = await sendWaves(ground, size, url);
    const writes = erp.commits.length - writesBefore;
    child.kill("SIGTERM");
    const counts: Record<string, number> = {};
    for (const { outcome, count } of status.webhooks.counts) counts[outcome] = (counts[outcome] ?? 0) + count;
    return { ...waves, counts, changed: ids.length, apart: apart(2), writes, up: await ended };
  } finally {
    running?.kill("SIGKILL");
    await ground.close();
  }
}

/** What is wrong with a burst, a line each: nothing when every promise was kept. */
export function burstFaults(burst: Burst): readonly string[] {
  const { sent, answers, counts, changed, calls, apart, writes, up } = burst;
  const faults: string[] = [...apart.slice(0, 10)];
  const want = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const of = (key: string): number => answers[key] ?? 0;
  const taken = sent.genuine + sent.double;
  const stored = of("genuine 200 stored") + of("double 200 stored");
  const known = of("genuine 200 known") + of("double 200 known");
  want(stored === sent.genuine, `${stored} stored of ${sent.genuine} different deliveries`);
  want(stored + known === taken, `${stored + known} acknowledged of ${taken}`);
  want(
    of("forged 401 refused") === sent.forged,
    `${of("forged 401 refused")} of ${sent.forged} forged refused`,
  );
  want(of("stale 401 refused") === sent.stale, `${of("stale 401 refused")} of ${sent.stale} stale refused`);
  const expected = { accepted: stored, duplicate: known, forged: sent.forged, stale: sent.stale };
  for (const [outcome, count] of Object.entries(expected))
    want(
      counts[outcome] === count,
      `the status counts ${counts[outcome] ?? 0} ${outcome}, ${count} were sent`,
    );
  // Each of the two changes is written at most once, and read on either side a few times, in bulk.
  want(writes <= 2 * changed, `${writes} commits in the ERP for ${changed} records changed twice`);
  want(calls <= 3 * changed, `${calls} calls for ${changed} changed records`);
  want(up.code === 0, `up ended with ${up.code ?? "a signal"}: ${up.stderr}`);
  return faults;
}

/** A burst in a few lines. */
export function burstText(burst: Burst): string {
  const { sent, answerMs, aloneMs, seconds, changed, calls, counts } = burst;
  const times = (list: readonly number[]): string => {
    const at = (share: number): string => (list[Math.floor((list.length - 1) * share)] ?? 0).toFixed(1);
    return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  };
  const of = Object.entries(sent).map(([kind, count]) => `${count} ${kind}`);
  return [
    `sent: ${of.join(", ")}; answered in ${seconds.burst.toFixed(1)} s`,
    `time to the answer: ${times(answerMs)}`,
    `one after the other: ${times(aloneMs)}`,
    `counted: ${Object.entries(counts)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(", ")}`,
    `${changed} records changed twice; both sides agree after ${seconds.settled.toFixed(1)} s`,
    `${calls} calls of both systems: ${(calls / changed).toFixed(2)} a changed record`,
    `${burst.writes} commits in the ERP`,
  ].join("\n");
}

/**
 * A burst of webhook deliveries over HTTP at `crossfoot up`, a program of its own: out of order, doubled,
 * forged and stale ones among them. Judged by what was answered, by what both systems hold, and by how
 * often the systems were called.
 */
import { createHmac } from "node:crypto";
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
import type { Up } from "./up-child.ts";

/** How much comes, and what it is drawn from. */
export interface BurstSize {
  readonly seed: number;
  /** Deliveries in all. A tenth of it records are changed, twice each. */
  readonly deliveries: number;
  /** Calls that are under way at one time. */
  readonly senders: number;
  /** So long all may take to be settled, from when the last delivery was answered. */
  readonly settleSeconds: number;
  readonly storeUrl?: string;
}

type Kind = "genuine" | "double" | "forged" | "stale";

interface Letter {
  readonly kind: Kind;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
}

/** What was sent, and how it was answered. */
interface Answered {
  readonly sent: { readonly [kind in Kind]: number };
  /** How often each kind was answered how: `genuine 200 stored`. */
  readonly answers: { readonly [kindStatusReason: string]: number };
  /** Time to each answer, ms, from the shortest to the longest. */
  readonly answerMs: readonly number[];
}

/** What became of a burst. */
export interface Burst extends Answered {
  /** The same of deliveries that come one after the other, once all is settled. */
  readonly alone: Answered;
  /** Counts of the CRM's deliveries of the burst in the status, by outcome. */
  readonly counts: { readonly [outcome: string]: number };
  readonly seconds: { readonly burst: number; readonly settled: number };
  readonly changed: number;
  /** Calls of both systems from the start of the burst until all was settled. */
  readonly calls: number;
  /** Records of the CRM that the ERP does not hold once with the last value. */
  readonly apart: readonly string[];
  /** Commits of the ERP from the start of the burst until the last delivery was answered. */
  readonly writes: number;
  readonly up: Ended;
}

/** Longest time to any answer. */
const answerMsMax = 30_000;
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
  return random.shuffled(all);
}

/** Sends all, so many at one time, and answers what was heard, and how long it took. */
async function send(pool: Pool, all: readonly Letter[], senders: number): Promise<Answered> {
  const sent = { genuine: 0, double: 0, forged: 0, stale: 0 };
  const answers: Record<string, number> = {};
  const answerMs: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let letter = all[next++]; letter !== undefined; letter = all[next++]) {
      const { kind, body, headers } = letter;
      const startedAt = performance.now();
      const answer = await pool.request({ path: "/hooks/crm", method: "POST", body, headers });
      const { reason } = (await answer.body.json()) as { readonly reason: string };
      const key = `${kind} ${answer.statusCode} ${reason}`;
      answers[key] = (answers[key] ?? 0) + 1;
      sent[kind] += 1;
      answerMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: senders }, work));
  return { sent, answers, answerMs: answerMs.toSorted((a, b) => a - b) };
}

/** Two of them as one. */
function together(a: Answered, b: Answered): Answered {
  const sum = (one: { readonly [key: string]: number }, other: { readonly [key: string]: number }) => {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return Object.fromEntries([...keys].map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
  };
  return {
    sent: sum(a.sent, b.sent) as Answered["sent"],
    answers: sum(a.answers, b.answers),
    answerMs: [...a.answerMs, ...b.answerMs].toSorted((x, y) => x - y),
  };
}

const statusAt = async (url: string): Promise<StatusReport> =>
  (
    await fetch(`${url}/status.json`, { signal: AbortSignal.timeout(answerMsMax) })
  ).json() as Promise<StatusReport>;

/** What waits to be read, to be decided or to be written. */
const waiting = ({ webhooks, entities, runs }: StatusReport): readonly string[] => [
  ...webhooks.waiting.map((each) => `waits: ${JSON.stringify(each)}`),
  ...entities
    .filter(({ work, openIntents }) => work !== 0 || openIntents !== 0)
    .map(({ entity, work, openIntents }) => `${entity}: ${work} to decide, ${openIntents} to write`),
  ...runs.filter(({ state }) => state === "running").map(({ id }) => `run ${id} goes on`),
];

/** Resolves once nothing waits and nothing is left; throws with both when that takes too long. */
async function untilQuiet(
  url: string,
  { seconds, left }: { readonly seconds: number; readonly left: () => readonly string[] },
): Promise<StatusReport> {
  const from = performance.now();
  for (;;) {
    const status = await statusAt(url);
    const open = [...waiting(status), ...left()];
    if (open.length === 0) return status;
    if (performance.now() - from > seconds * 1000)
      throw new Error(`not settled after ${seconds} s: ${open.slice(0, 10).join("; ")}`);
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
type Waves = Answered &
  Pick<Burst, "alone" | "seconds" | "calls"> & {
    readonly status: StatusReport;
  };

/** Two waves with a change of every record before each; then some deliveries one after the other. */
async function sendWaves(ground: Ground, size: BurstSize, url: string): Promise<Waves> {
  const { crm, erp, ids, apart } = ground;
  const random = randomStream(size.seed, "burst");
  const pool = new Pool(url, {
    ...{ connections: size.senders, headersTimeout: answerMsMax, bodyTimeout: answerMsMax },
  });
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const wave = (round: number): Promise<Answered> => {
    for (const [n, id] of ids.entries()) crm.people.editAccount(id, { email: mailOf(n, round) });
    return send(pool, letters(ids, `wave-${round}`, random), size.senders);
  };
  const both = together(await wave(1), await wave(2));
  const burst = elapsed();
  const status = await untilQuiet(url, { seconds: size.settleSeconds, left: () => apart(2) });
  const settled = elapsed();
  const calls = crm.faults.fired.length + erp.faults.fired.length;
  const again = letters(ids.slice(0, aloneCount / 10), "alone", random);
  const alone = await send(pool, again, 1);
  await pool.close();
  return { ...both, alone, seconds: { burst, settled }, calls, status };
}

/** Loads, starts `up`, sends the burst and sees what became of it. */
export async function runBurst(size: BurstSize, say: (text: string) => void): Promise<Burst> {
  const ground = await openGround(size);
  const { crm, erp, ids, folder, apart } = ground;
  let up: Up | null = null;
  try {
    const loaded = await runCli(folder, ["run"]);
    if (apart(0).length > 0) throw new Error(`the first load is not done: ${loaded.stdout}${loaded.stderr}`);
    say(`${ids.length} customers loaded`);
    up = await startUp(folder);
    await untilQuiet(up.url, { seconds: size.settleSeconds, left: () => [] });
    for (const { faults } of [crm, erp]) faults.add({ times: 0, effect: { kind: "delay", ms: 0 } });
    const writesBefore = erp.commits.length;
    const { status, ...waves } = await sendWaves(ground, size, up.url);
    const writes = erp.commits.length - writesBefore;
    const ended = await up.stop();
    const counts: Record<string, number> = {};
    for (const { outcome, count } of status.webhooks.counts) counts[outcome] = (counts[outcome] ?? 0) + count;
    return { ...waves, counts, changed: ids.length, apart: apart(2), writes, up: ended };
  } finally {
    await up?.kill();
    await ground.close();
  }
}

/** Deliveries that were acknowledged, as new ones and as known ones. */
function takenOf({ answers }: Answered): { readonly stored: number; readonly known: number } {
  const of = (how: string): number =>
    (answers[`genuine 200 ${how}`] ?? 0) + (answers[`double 200 ${how}`] ?? 0);
  return { stored: of("stored"), known: of("known") };
}

/** What is wrong with answers: each genuine delivery is stored once, all others are known or refused. */
function answerFaults(given: Answered): readonly string[] {
  const { sent, answers } = given;
  const faults: string[] = [];
  const want = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const of = (key: string): number => answers[key] ?? 0;
  const taken = sent.genuine + sent.double;
  const { stored, known } = takenOf(given);
  want(taken > 0 && sent.forged > 0 && sent.stale > 0, "not every kind was sent");
  want(stored === sent.genuine, `${stored} stored of ${sent.genuine} different deliveries`);
  want(stored + known === taken, `${stored + known} acknowledged of ${taken}`);
  want(
    of("forged 401 refused") === sent.forged,
    `${of("forged 401 refused")} of ${sent.forged} forged refused`,
  );
  want(of("stale 401 refused") === sent.stale, `${of("stale 401 refused")} of ${sent.stale} stale refused`);
  return faults;
}

/** What is wrong with a burst, a line each: nothing when every promise was kept. */
export function burstFaults(burst: Burst): readonly string[] {
  const { sent, alone, counts, changed, calls, apart, writes, up } = burst;
  const faults = [
    ...apart.slice(0, 10),
    ...answerFaults(burst),
    ...answerFaults(alone).map((fault) => `alone: ${fault}`),
  ];
  const want = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const { stored, known } = takenOf(burst);
  const expected = { accepted: stored, duplicate: known, forged: sent.forged, stale: sent.stale };
  for (const [outcome, count] of Object.entries(expected))
    want(
      counts[outcome] === count,
      `the status counts ${counts[outcome] ?? 0} ${outcome}, ${count} were sent`,
    );
  // Each of the two changes is written at most once, and read on either side a few times, in bulk.
  want(writes <= 2 * changed, `${writes} commits in the ERP for ${changed} records changed twice`);
  want(calls > 0 && calls <= 3 * changed, `${calls} calls for ${changed} changed records`);
  want(up.code === 0, `up ended with ${up.code ?? "a signal"}: ${up.stderr}`);
  return faults;
}

/** A burst in a few lines. */
export function burstText(burst: Burst): string {
  const { sent, answerMs, alone, seconds, changed, calls, counts } = burst;
  const times = (list: readonly number[]): string => {
    const at = (share: number): string => (list[Math.floor((list.length - 1) * share)] ?? 0).toFixed(1);
    return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  };
  const of = Object.entries(sent).map(([kind, count]) => `${count} ${kind}`);
  return [
    `sent: ${of.join(", ")}; answered in ${seconds.burst.toFixed(1)} s`,
    `time to the answer: ${times(answerMs)}`,
    `one after the other: ${times(alone.answerMs)}`,
    `counted: ${Object.entries(counts)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(", ")}`,
    `${changed} records changed twice; both sides agree after ${seconds.settled.toFixed(1)} s`,
    `${calls} calls of both systems: ${(calls / changed).toFixed(2)} a changed record`,
    `${burst.writes} commits in the ERP`,
  ].join("\n");
}

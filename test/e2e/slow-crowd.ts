/** `crossfoot up` beside many slow connections: what people ask is answered, and what it holds is bounded. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@crossfoot/client";
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import { openCrowd, slowKinds, tempFolder } from "crossfoot/testing";
import { runCli } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";
import { startUp } from "./up-child.ts";
import type { Up } from "./up-child.ts";

/** How a program stands: descriptors, and resident memory in MB. */
interface Load {
  readonly descriptors: number;
  readonly residentMb: number;
}

/** What came of it. */
export interface Beside {
  /** Slow connections that were open when people asked, by kind. */
  readonly open: { readonly [kind: string]: number };
  /** Times of the calls, ms, from the shortest to the longest: alone, beside the crowd. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Before the crowd, beside it, and once all were ended that can be. */
  readonly loads: { readonly before: Load; readonly beside: Load; readonly after: Load };
  /** Of the crowd, those that the server ended, beside readers, which do not hear it. */
  readonly left: number;
}

/** How much of it. */
export interface CrowdSize {
  readonly connections: number;
  readonly calls: number;
}

const own = "guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }\n";
const server = "server: { port: 0, ratePerMinute: 1000000 }\n";
/** No call may wait for longer beside the crowd: a person gives up. */
const answerMsMax = 5_000;
/** Longer than the server waits for any of them. */
const endedMsMax = 60_000;

function loadOf(pid: number): Load {
  const kilobytes = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    residentMb: Math.round(Number(kilobytes) / 1024),
  };
}

/** Opens everything, asks alone and beside the crowd, and waits until the crowd is gone. */
export async function besideCrowd(size: CrowdSize): Promise<Beside> {
  const clock = (): number => Date.now();
  const [crm, erp] = [createCrm({ clock, seed: 1 }), createErp({ clock, seed: 1 })];
  const demo = seedDemo({ crm, erp, seed: 1, accounts: 10, products: 6, calm: true });
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const folder = tempFolder("memory");
  const settings = ["limits: { daily: 10000000, zone: Europe/Berlin }"];
  writeTwinProject(folder.path, { crm: crmUp.url, erp: erpUp.url, settings, more: own + server });
  let up: Up | null = null;
  try {
    await runCli(folder.path, ["run"]);
    const { stdout } = await runCli(folder.path, ["keys", "create", "--name", "test", "--role", "sales"]);
    const { token } = JSON.parse(stdout) as { readonly token: string };
    up = await startUp(folder.path);
    const product = `crm:${demo.sharedProducts[0]?.productId}`;
    return await askBeside({ up, token, product }, size);
  } finally {
    await up?.kill();
    await crmUp.close();
    await erpUp.close();
    folder.remove();
  }
}

async function askBeside(
  { up, token, product }: { readonly up: Up; readonly token: string; readonly product: string },
  { connections, calls }: CrowdSize,
): Promise<Beside> {
  const client = createClient({ baseUrl: up.url, key: token });
  const ask = async (): Promise<readonly number[]> => {
    const times: number[] = [];
    for (let nth = 0; nth < calls; nth += 1) {
      const from = performance.now();
      const body = { rows: [{ product, quantity: "1" }] };
      await client.call("askAvailability", { body }, { budgetMs: 20_000, triesMax: 1 });
      times.push(performance.now() - from);
    }
    return times.toSorted((a, b) => a - b);
  };
  await ask();
  const alone = await ask();
  const before = loadOf(up.pid);
  const crowd = openCrowd(up.url, { count: connections, token });
  try {
    await crowd.begun;
    const open = crowd.open();
    const beside = await ask();
    const load = loadOf(up.pid);
    const isOver = await Promise.race([
      crowd.ended(["reader"]).then(() => true),
      pause(endedMsMax, false, { ref: false }),
    ]);
    const still = crowd.open();
    const left = isOver
      ? 0
      : slowKinds.filter((kind) => kind !== "reader").reduce((sum, kind) => sum + still[kind], 0);
    crowd.close();
    await pause(2_000);
    return { open, alone, beside, left, loads: { before, beside: load, after: loadOf(up.pid) } };
  } finally {
    crowd.close();
  }
}

const at = (times: readonly number[], share: number): number =>
  times[Math.floor((times.length - 1) * share)] ?? 0;

/** What is wrong; empty when nothing is. */
export function crowdFaults(
  { open, alone, beside, left, loads }: Beside,
  size: CrowdSize,
): readonly string[] {
  const faults: string[] = [];
  const want = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const all = Object.values(open).reduce((sum, one) => sum + one, 0);
  want(all > size.connections / 2, `only ${all} of ${size.connections} were open when people asked`);
  want(beside.length === size.calls && alone.length === size.calls, "not every call was answered");
  const longest = at(beside, 1);
  want(longest < answerMsMax, `a call waited ${Math.round(longest)} ms beside them`);
  want(left === 0, `${left} slow connections were never ended`);
  const grown = loads.beside.residentMb - loads.before.residentMb;
  want(grown < 50 + size.connections * 0.1, `${grown} MB for ${size.connections} connections`);
  const kept = loads.after.descriptors - loads.before.descriptors;
  want(kept <= 20, `${kept} descriptors are left`);
  want(
    loads.beside.descriptors <= loads.before.descriptors + size.connections + 20,
    "more descriptors than connections",
  );
  return faults;
}

/** It in words. */
export function crowdText({ open, alone, beside, loads }: Beside): string {
  const times = (all: readonly number[]): string =>
    `p50 ${at(all, 0.5).toFixed(1)}, p95 ${at(all, 0.95).toFixed(1)}, longest ${at(all, 1).toFixed(1)} ms`;
  const load = ({ descriptors, residentMb }: Load): string => `${descriptors} descriptors, ${residentMb} MB`;
  return [
    `open: ${Object.entries(open)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ")}`,
    `availability alone: ${times(alone)}`,
    `beside them: ${times(beside)}`,
    `before: ${load(loads.before)}; beside: ${load(loads.beside)}; after: ${load(loads.after)}`,
  ].join("\n");
}

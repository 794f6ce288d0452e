import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { usageOf } from "../matching/scale.ts";
import { program } from "./audited.ts";
import { randomOf } from "./extracts.ts";

const head =
  "id,name,street,city,postcode,country,phone,email,website,currency,status,last_modified,parent_id\n";
const firsts = "Alder,Birch,Cedar,Dogwood,Elm,Fir,Ginkgo,Hazel,Ivy,Juniper,Larch,Maple,Nutmeg,Oak,Pine".split(
  ",",
);
const seconds = "Foods,Steel,Paints,Tools,Lamps,Boats,Tiles,Motors,Textiles,Logistics,Pharma,Optics".split(
  ",",
);
const letters = "a,b,c,d,e,f,g,h,i,k,l,m,n,o,p,r,s,t,u,v,w,z".split(",");

function made(record: number, side: "crm" | "erp"): string {
  const random = randomOf(record * 7 + 1);
  const of = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const word = Array.from({ length: 6 }, () => of(letters)).join("");
  const name = `${of(firsts)} ${word[0]?.toUpperCase()}${word.slice(1)} ${of(seconds)}`;
  const street = `${1 + Math.floor(random() * 400)} ${of(firsts)} Street`;
  const phone = `+44 20 ${7000 + Math.floor(random() * 999)} ${1000 + Math.floor(random() * 8999)}`;
  const web = `${word}-${record}.com`;
  // Each hundredth has something wrong, another on each side.
  const isOdd = record % 100 === (side === "crm" ? 1 : 2);
  const told = side === "crm" ? `${name} Ltd` : `${name.toUpperCase()} LIMITED`;
  const cells = [
    String(record),
    told,
    street,
    isOdd ? " Leeds" : "Leeds",
    "LS1 4AP",
    "GB",
    isOdd ? "12" : phone,
  ];
  return [...cells, `office@${web}`, `www.${web}`, "GBP", "customer", "2026-01-31", ""].join(",");
}

function* linesOf(count: number, side: "crm" | "erp"): Iterable<string> {
  yield head;
  for (let record = 1; record <= count; record += 1) {
    // Nine in ten are in both, in another order.
    const own = side === "crm" ? record : count + 1 - record;
    yield `${made(side === "erp" && own % 10 === 0 ? own + count : own, side)}\n`;
  }
}

/**
 * Writes `count` made-up accounts a side, of which nine in ten are in both and one in a hundred has faults,
 * audits them in a process of its own, and answers in words what that took.
 */
export async function measureScale(count: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-audit-scale-"));
  try {
    for (const side of ["crm", "erp"] as const)
      await pipeline(Readable.from(linesOf(count, side)), createWriteStream(join(folder, `${side}.csv`)));
    const lists = (["crm", "erp"] as const).flatMap((side) => [
      `--${side}`,
      `accounts=${join(folder, `${side}.csv`)}`,
    ]);
    const startedAt = performance.now();
    const args = ["--conditions=source", program, "audit", "--json", ...lists, "--out", join(folder, "out")];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const usage: NonNullable<ReturnType<typeof usageOf>>[] = [];
    const timer = setInterval(() => {
      const now = usageOf(child.pid);
      if (now !== null) usage.push(now);
    }, 100);
    const [code] = (await once(child, "close")) as [number];
    clearInterval(timer);
    if (code !== 0 && code !== 2) throw new Error(`audit ended with ${code}`);
    const took = ((performance.now() - startedAt) / 1000).toFixed(1);
    const { findings, firstLoad } = JSON.parse(output) as {
      readonly findings: number;
      readonly firstLoad: readonly { readonly linked: number; readonly reviewed: number }[];
    };
    const { memory, cpuSeconds } = usage.at(-1) ?? { memory: null, cpuSeconds: null };
    const load = firstLoad.map(({ linked, reviewed }) => `${linked} linked, ${reviewed} to review`).join();
    const usual = `processor ${cpuSeconds?.toFixed(1) ?? "?"} s, memory ${memory?.toFixed(0) ?? "?"} MB`;
    const compared = load === "" ? "too long to be compared by likeness" : load;
    return `${count} accounts a side: ${took} s, ${usual}; ${findings} findings; ${compared}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

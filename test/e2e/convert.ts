/**
 * Won quotes are turned into orders by the HTTP API of `crossfoot up`, a program of its own: each is asked
 * for twice at once, answers of the ERP are lost, and the program is killed in between. Judged by what the
 * ERP holds.
 */
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createClient, CrossfootProblem } from "@crossfoot/client";
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import type { Crm, Erp } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import { runCli } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";
import { startUp } from "./up-child.ts";
import type { Up } from "./up-child.ts";

/** How much is asked for. */
export interface ConvertSize {
  readonly quotes: number;
  /** Every so-manyth writing call to the ERP loses its answer after the effect. */
  readonly loseEvery: number;
  /** The program is killed after every so-manyth quote. */
  readonly killEvery: number;
  readonly storeUrl?: string;
}

/** What came of it. */
export interface Converted {
  readonly quotes: number;
  readonly kills: number;
  readonly answersLost: number;
  /**
   * How often the API answered what: `200`, `202`, `409 still_running`. `cut`: the program was killed over
   * the request; `away`: it was not there; `late`: it did not answer.
   */
  readonly answers: { readonly [what: string]: number };
  /** Quotes of which the API never named an order. */
  readonly unanswered: readonly string[];
  /** Quotes with the orders that the ERP made of them, where it is not the one that was named. */
  readonly wrong: readonly string[];
  /** Orders of the CRM that stand there more than once, or not at all. */
  readonly apart: readonly string[];
  /** Time from the first click to the order, ms, from the shortest to the longest. */
  readonly orderMs: readonly number[];
}

/** So long an order is asked for. A course ends with the first quote of which none was named by then. */
const patienceMs = 60_000;

const settings = `
guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }
cadence: { quotes: 2s, orders: 2s }
server: { port: 0, ratePerMinute: 1000000 }
`;

interface Ground {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly folder: string;
  readonly account: string;
  readonly product: string;
  readonly close: () => Promise<void>;
}

/** Both twins in agreement, and a project between them. */
async function openGround({ storeUrl }: ConvertSize): Promise<Ground> {
  const clock = (): number => Date.now();
  const [crm, erp] = [createCrm({ clock, seed: 1 }), createErp({ clock, seed: 1 })];
  const demo = seedDemo({ crm, erp, seed: 1, accounts: 4, products: 4, calm: true });
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const folder = tempFolder("memory");
  writeTwinProject(folder.path, {
    ...{ crm: crmUp.url, erp: erpUp.url },
    settings: ["timeoutSeconds: 2", "limits: { daily: 10000000, zone: Europe/Berlin }"],
    ...(storeUrl === undefined ? {} : { storeUrl }),
  });
  appendFileSync(`${folder.path}/crossfoot.yaml`, settings);
  const close = async (): Promise<void> => {
    await crmUp.close();
    await erpUp.close();
    folder.remove();
  };
  const [shared, product] = [demo.shared[0], demo.sharedProducts[0]];
  if (shared === undefined || product === undefined) throw new Error("nothing is shared");
  return { crm, erp, folder: folder.path, account: shared.accountId, product: product.productId, close };
}

async function well(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(folder, args);
  if (code !== 0 && code !== 2) throw new Error(`${args.join(" ")}: ${code} ${stderr}${stdout}`);
  return stdout;
}

function wonQuote({ crm, account, product }: Ground, nth: number): string {
  const shown = crm.state.records["products"]?.[product];
  const quote = crm.people.createQuote({
    ...{ accountId: account, currency: "EUR", warehouse: "MAIN", paymentTerms: "net30" },
    ...{ customerOrderNumber: `PO-${nth}`, validUntil: "2099-12-31" },
    lines: [
      {
        ...{ productId: product, quantity: "1", unit: shown?.["unit"] ?? "pcs" },
        unitPrice: { amount: "2.00", currency: "EUR" },
      },
    ],
  });
  crm.people.sendQuote(String(quote.id));
  crm.people.acceptQuote(String(quote.id));
  return String(quote.id);
}

interface Click {
  readonly url: () => string;
  readonly key: string;
  readonly note: (what: string) => void;
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
async function click(quote: string, { url, key, note }: Click): Promise<string | null> {
  for (const from = performance.now(); performance.now() - from < patienceMs;) {
    try {
      const client = createClient({ baseUrl: url(), key });
      const asked = { path: { id: `crm:${quote}` } };
      const { status, body } = await client.call("orderQuote", asked, { budgetMs: 20_000, triesMax: 1 });
      note(String(status));
      const names = body.kind === "ordered" ? body.order.names : [];
      const name = names.find((each) => each.startsWith("erp:"));
      if (name !== undefined) return name.slice("erp:".length);
    } catch (error) {
      note(troubleOf(error));
    }
    await pause(200);
  }
  return null;
}

/** Loses the answer of the calls that write, each so-manyth, whatever they are. */
function loseAnswers({ erp }: Ground, every: number): void {
  for (const [method, path] of [
    ["POST", "sales_quotes"],
    ["POST", "sales_quotes/*/actions/validate"],
    ["POST", "sales_quotes/*/actions/confirm"],
  ] as const)
    for (let nth = every; nth < 100 * every; nth += every)
      erp.faults.add({ method, path, exact: true, nth, effect: { kind: "lose" } });
}

/** Turns won quotes into orders and judges what came of it. */
export async function runConversions(size: ConvertSize): Promise<Converted> {
  const ground = await openGround(size);
  try {
    await well(ground.folder, ["run"]);
    const { token: key } = JSON.parse(
      await well(ground.folder, ["keys", "create", "--name", "test", "--role", "sales"]),
    ) as { readonly token: string };
    loseAnswers(ground, size.loseEvery);
    return await convertAll(ground, size, key);
  } finally {
    await ground.close();
  }
}

async function convertAll(ground: Ground, size: ConvertSize, key: string): Promise<Converted> {
  const answers: Record<string, number> = {};
  const note = (what: string): void => void (answers[what] = (answers[what] ?? 0) + 1);
  const named = new Map<string, string | null>();
  const orderMs: number[] = [];
  let kills = 0;
  let isNamed = true;
  let up: Up = await startUp(ground.folder);
  try {
    for (let nth = 1; nth <= size.quotes && isNamed; nth += 1) {
      const quote = wonQuote(ground, nth);
      const from = performance.now();
      const clicks = [0, 1].map(() => click(quote, { url: () => up.url, key, note }));
      if (nth % size.killEvery === 0) {
        await pause(20 + ((nth * 37) % 200));
        await up.kill();
        kills += 1;
        up = await startUp(ground.folder);
      }
      const told = new Set(await Promise.all(clicks));
      orderMs.push(performance.now() - from);
      isNamed = !told.has(null);
      named.set(quote, told.size === 1 ? ([...told][0] ?? null) : [...told].join(" and "));
    }
    await up.stop();
  } finally {
    await up.kill();
  }
  await well(ground.folder, ["run"]);
  const { erp, crm } = ground;
  return {
    ...{ quotes: size.quotes, kills, answers },
    answersLost: erp.faults.fired.length,
    unanswered: [...named].flatMap(([quote, order]) => (order === null ? [quote] : [])),
    wrong: [...named].flatMap(([quote, order]) => {
      const made = ordersOf(erp, crm, quote);
      return made.length === 1 && made[0] === order ? [] : [`${quote}: ${made.join(" ")} (told ${order})`];
    }),
    apart: [...named.keys()].flatMap((quote) => {
      const shown = Object.values(crm.state.records["orders"] ?? {}).filter(
        (one) => one["quoteId"] === quote,
      );
      return shown.length === 1 ? [] : [`${quote}: ${shown.length}`];
    }),
    orderMs: orderMs.toSorted((a, b) => a - b),
  };
}

/** Ids of the orders that the ERP made of a quote of the CRM, by its reference or number there. */
function ordersOf(erp: Erp, crm: Crm, quote: string): readonly string[] {
  const number = crm.state.records["quotes"]?.[quote]?.["customerOrderNumber"];
  return Object.values(erp.state.records["sales_orders"] ?? {})
    .filter((order) => order["customer_reference"] === number)
    .map(({ id }) => String(id));
}

/** What is wrong with a course; empty when nothing is. */
export function conversionFaults({
  quotes,
  kills,
  answers,
  unanswered,
  wrong,
  apart,
  orderMs,
}: Converted): readonly string[] {
  return [
    ...unanswered.map((quote) => `quote ${quote}: no order was ever named`),
    ...wrong.map((each) => `orders of quote ${each}`),
    ...apart.map((each) => `orders in the CRM of quote ${each}`),
    ...(kills > 0 && !((answers["cut"] ?? 0) > 0) ? [`none of ${kills} kills hit a conversion`] : []),
    ...(orderMs.length === quotes ? [] : [`${orderMs.length} of ${quotes} quotes were asked for`]),
  ];
}

/** A course in words. */
export function conversionText({ quotes, kills, answersLost, answers, orderMs }: Converted): string {
  const at = (share: number): string => `${Math.round(orderMs[Math.floor(orderMs.length * share)] ?? 0)} ms`;
  return (
    `${quotes} quotes, ${kills} kills, ${answersLost} answers of the ERP lost; answers ` +
    `${JSON.stringify(answers)}; from click to order p50 ${at(0.5)}, p95 ${at(0.95)}`
  );
}

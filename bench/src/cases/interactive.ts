import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryUsage } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { runCli } from "../../../test/e2e/kill-child.ts";
import { writeTwinProject } from "../../../test/e2e/twin-project.ts";
import { startUp } from "../../../test/e2e/up-child.ts";
import type { Up } from "../../../test/e2e/up-child.ts";
import { excessRow, quantile, round } from "../result.ts";
import type { Row } from "../result.ts";
import { openAsks } from "../twins/asks.ts";
import type { Ask } from "../twins/asks.ts";
import { openTwins } from "../twins/open.ts";
import type { Twins } from "../twins/open.ts";
import type { Case, CaseInput } from "./scene.ts";

/** Time that the ERP and the CRM add to each answer, ms. */
const answerMs = 5;
const warmUps = 20;
const idleRounds = { small: 60, full: 200 } as const;
/** Rounds beside the back-fill, at most; and so many must have been made while it went on. */
const besideRounds = { small: 150, full: 600, least: 30 } as const;
const startMsMax = 60_000;
/** What the p95 of a call through Crossfoot may be above the ERP's own, ms (DESIGN.md section 12). */
const targets = { server: { read: 15, write: 60 }, embedded: { read: 60, write: 120 } } as const;

const off = "entities: { contacts: off }\n";
const settings = `guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }
cadence: { accounts: 1h, contacts: 1h, products: 1h, pricebooks: 1h, quotes: 1h, orders: 1h, invoices: 1h,
  inventory: 1h, shipments: 1h }
server: { port: 0, ratePerMinute: 1000000 }
`;

/** Times of one call in both ways, ms, in the order of the rounds. */
interface Times {
  readonly ask: Pick<Ask, "name" | "isWrite">;
  readonly direct: number[];
  readonly through: number[];
}

async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Asks everything in both ways, one after the other; which way comes first changes with each round. */
async function askAll(asks: readonly Ask[], times: readonly Times[], nth: number): Promise<void> {
  for (const [at, ask] of asks.entries()) {
    const about = await ask.prepare(nth);
    for (const way of nth % 2 === 0 ? (["direct", "through"] as const) : (["through", "direct"] as const)) {
      const taken = await timedMs(() => ask[way](about));
      times[at]?.[way].push(taken);
    }
  }
}

/** A project between the twins, `up` over it, and a key of a sales person. */
class Ground {
  readonly #folder: string;
  readonly #twins: Twins;
  readonly #token: string;
  #up: Up | null = null;
  #nth = 0;

  private constructor(at: { readonly folder: string; readonly twins: Twins; readonly token: string }) {
    this.#folder = at.folder;
    this.#twins = at.twins;
    this.#token = at.token;
  }

  /** Both systems in agreement, but for contacts, which are switched off. */
  static async open({ store, folder: at }: CaseInput, twins: Twins): Promise<Ground> {
    const folder = join(at, "project");
    mkdirSync(folder);
    const home = store.home === "server" ? { storeUrl: store.url } : {};
    const limits = ["limits: { daily: 100000000, zone: Europe/Berlin }"];
    writeTwinProject(folder, {
      crm: twins.crm,
      erp: twins.erp,
      ...home,
      settings: limits,
      more: off + settings,
    });
    const said = async (args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli(folder, args);
      if (code !== 0) throw new Error(`${args.join(" ")}: ${code} ${stderr}${stdout}`);
      return stdout;
    };
    await said(["run"]);
    const key = await said(["keys", "create", "--name", "bench", "--role", "sales"]);
    return new Ground({ folder, twins, token: (JSON.parse(key) as { readonly token: string }).token });
  }

  /** Starts `up`. */
  async start(): Promise<void> {
    this.#up = await startUp(this.#folder);
  }

  /** Switches contacts on for the next start. */
  allowContacts(): void {
    const file = join(this.#folder, "crossfoot.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(off, ""));
  }

  /** Asks in rounds for as long as `goesOn`. */
  async ask(goesOn: (made: number) => Promise<boolean>): Promise<Asked> {
    const asks = openAsks({ twins: this.#twins, url: this.#up?.url ?? "", token: this.#token });
    try {
      const times = asks.all.map((ask): Times => ({ ask, direct: [], through: [] }));
      for (let made = 0; await goesOn(made); made += 1) await askAll(asks.all, times, (this.#nth += 1));
      return { times, asks: asks.all };
    } finally {
      await asks.close();
    }
  }

  /** The requests that each call through Crossfoot makes, by the call's name. */
  async requests(): Promise<{ readonly [name: string]: string }> {
    const asks = openAsks({ twins: this.#twins, url: this.#up?.url ?? "", token: this.#token });
    const all: Record<string, string> = {};
    for (const ask of asks.all) {
      const about = await ask.prepare((this.#nth += 1));
      await this.#twins.ask("seen", {});
      await ask.through(about);
      all[`requests of ${ask.name}`] = (await this.#twins.ask("seen", {})).join(", ");
    }
    await asks.close();
    return all;
  }

  /** Ends `up`, at once where a back-fill is not worth waiting for. */
  async end({ isKilled }: { readonly isKilled: boolean }): Promise<void> {
    await (isKilled ? this.#up?.kill() : this.#up?.stop());
    this.#up = null;
  }
}

interface Asked {
  readonly times: readonly Times[];
  readonly asks: readonly Ask[];
}

/** Waits until something is so. Rejects when it takes too long. */
async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const from = performance.now(); !(await holds()); await pause(50))
    if (performance.now() - from > startMsMax) throw new Error(`${what} within ${startMsMax} ms`);
}

function rowsOf(times: readonly Times[], when: string, home: keyof typeof targets): readonly Row[] {
  return times.flatMap(({ ask: { name, isWrite }, direct, through }) =>
    ([0.5, 0.95] as const).map((share) =>
      excessRow(`${name}, ${when}, p${share * 100}`, {
        measured: quantile(through, share),
        limit: quantile(direct, share),
        limitIs: "the same asked of the systems by a bare keep-alive client",
        target: share === 0.5 ? null : targets[home][isWrite ? "write" : "read"],
      }),
    ),
  );
}

/** Calls that somebody waits for, through Crossfoot and without it: idle, and beside a back-fill. */
export const interactive: Case = async (input) => {
  const { size, store, records } = input;
  const twins = await openTwins(answerMs);
  const ground = await Ground.open(input, twins);
  try {
    await ground.start();
    await ground.ask(async (made) => made < warmUps);
    const requests = await ground.requests();
    const idle = await ground.ask(async (made) => made < idleRounds[size]);
    await ground.end({ isKilled: false });
    await twins.ask("contacts", { count: records });
    ground.allowContacts();
    const before = await twins.ask("counts", {});
    await twins.ask("seen", {});
    await ground.start();
    const isReading = async (): Promise<boolean> =>
      (await twins.ask("seen", {})).some((each) => each.includes("/contacts?"));
    await until(isReading, "the back-fill did not begin");
    const from = performance.now();
    let doneAt: number | null = null;
    const goesOn = async (made: number): Promise<boolean> => {
      const { contacts } = await twins.ask("counts", {});
      if (contacts - before.contacts >= records) doneAt ??= performance.now();
      return doneAt === null && made < besideRounds[size];
    };
    const beside = await ground.ask(goesOn);
    const seconds = ((doneAt ?? performance.now()) - from) / 1000;
    const { contacts, orders } = await twins.ask("counts", {});
    const made = beside.times[0]?.through.length ?? 0;
    if (made < besideRounds.least)
      throw new Error(`only ${made} rounds beside the back-fill: give more --records`);
    await ground.end({ isKilled: true });
    return {
      rows: [...rowsOf(idle.times, "idle", store.home), ...rowsOf(beside.times, "back-fill", store.home)],
      residentMbMax: memoryUsage.rss() / 1_048_576,
      notes: {
        ...{ answerMs, records, roundsIdle: idleRounds[size], roundsBeside: made },
        ...{ backfillSeconds: round(seconds), filledMeanwhile: contacts - before.contacts, orders },
        ...requests,
      },
    };
  } finally {
    await ground.end({ isKilled: true });
    await twins.close();
  }
};

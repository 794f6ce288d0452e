import { homedir } from "node:os";
import { join } from "node:path";
import { createCrm, randomStream } from "@crossfoot/twin";
import type { Crm } from "@crossfoot/twin";
import type { Ground } from "./back-office.ts";
import type { ErpPlace, ErpStart } from "./erp-script.ts";
import type { ErpSeed } from "./erp-seed.ts";
import { startLosingProxy } from "./losing-proxy.ts";
import type { IncomingCall } from "./losing-proxy.ts";
import { officeOf } from "./people-office.ts";
import type { People } from "./people.ts";
import { seedCrm, seedQuotes } from "./seed-crm.ts";
import type { CodedPair, SharedContents } from "./seed-crm.ts";
import { openProject } from "./stage.ts";
import type { ErpConnection, Stage, StageOptions } from "./stage.ts";

/** A real ERP that runs, as the demo wants it. */
interface DemoErp {
  readonly url: string;
  readonly database: string;
  readonly startedInMs: number;
  readonly people: People;
  /** The user that Crossfoot works as. */
  readonly integration: string;
  readonly seed: () => Promise<ErpSeed>;
  /** The connection over a line at this address. */
  readonly connectionAt: (address: string) => ErpConnection;
  readonly hint: readonly string[];
  stop(): Promise<void>;
}

/** A kind of real ERP, as the demo wants it. */
export interface DemoErpKind {
  /** Name of its connector. */
  readonly name: string;
  readonly title: string;
  readonly start: (start: ErpStart) => Promise<DemoErp>;
  /** The call whose answer is lost: it makes a quote. */
  readonly createsQuote: (call: IncomingCall) => boolean;
  /** The company's own rates, of which the CRM's quotes make their taxes. */
  readonly taxRates: { readonly standard: string };
  /** Whether a customer pays that tax and may owe what daily work makes it owe, by the number of its code. */
  readonly isForDailyWork: (customer: number) => boolean;
  readonly overLimit: Ground["overLimit"];
  readonly bad: Ground["bad"];
}

const quotesOfSeed = 12;
/** Seconds without a word from the installation after which the demo says that it goes on. */
const patienceMs = 30_000;

/**
 * Where the demo's ERP comes from. Its seeded database is kept in the user's cache folder, so that a second
 * demo starts in seconds.
 */
export function demoPlace(
  place: ErpPlace,
  environment: { readonly [name: string]: string | undefined },
  name: string,
): ErpPlace {
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return { ...place, cacheFolder: place.cacheFolder ?? join(caches, "crossfoot", name) };
}

/** Customers that play a part in a trouble: the one with a tax id, any, and one who may owe 1000.00 only. */
const cast = { doubled: "C00001", contested: "C00002", limited: "C00005" };

function groundOf(kind: DemoErpKind, { pairs, articles, quoteHead }: SharedContents): Ground {
  const playing = (code: string): CodedPair | undefined => pairs.find((pair) => pair.code === code);
  const [doubled, contested, limited] = Object.values(cast).map(playing);
  const article = articles[1];
  if (doubled === undefined || contested === undefined || limited === undefined || article === undefined) {
    throw new Error(`the seed of ${kind.title} lacks the customers or products that the demo needs`);
  }
  return { doubled, contested, limited, article, quoteHead, overLimit: kind.overLimit, bad: kind.bad };
}

/** Follows the start on the terminal; an installation that is silent for long is said to go on. */
async function started(kind: DemoErpKind, place: ErpPlace, { say, signal }: StageOptions): Promise<DemoErp> {
  const begun = performance.now();
  let spokenAt = begun;
  const tell = (line: string): void => {
    spokenAt = performance.now();
    say(`   ${line}`);
  };
  const waiting = setInterval(() => {
    if (performance.now() - spokenAt < patienceMs) return;
    tell(`... still at it, ${Math.round((performance.now() - begun) / 1000)} s so far`);
  }, 1000);
  try {
    return await kind.start({ ...place, tell, signal });
  } finally {
    clearInterval(waiting);
  }
}

/** Installs and starts the ERP where it is missing, seeds a CRM twin beside it, and opens the engine. */
export async function openErpStage(
  kind: DemoErpKind,
  place: ErpPlace,
  options: StageOptions,
): Promise<Stage> {
  const { title } = kind;
  options.say(
    `\n0. A real ${title}: installed from Debian where it is missing, with a company in it, on loopback.`,
  );
  const erp = await started(kind, place, options);
  options.say(`   ready in ${(erp.startedInMs / 1000).toFixed(1)} s\n`);
  try {
    return await stageOn(kind, erp, options);
  } catch (error) {
    await erp.stop();
    throw error;
  }
}

async function stageOn(kind: DemoErpKind, erp: DemoErp, { seed, keeps }: StageOptions): Promise<Stage> {
  const random = randomStream(seed, "people");
  const crm: Crm = createCrm({ clock: () => Date.now(), seed, taxRates: kind.taxRates });
  const shared = seedCrm(crm, await erp.seed());
  const ground = groundOf(kind, shared);
  const playing = new Set(Object.values(cast));
  const pairs = shared.pairs.filter(
    ({ code }) => !playing.has(code) && kind.isForDailyWork(Number(code.slice(1))),
  );
  seedQuotes(crm, randomStream(seed, "quotes"), { ...shared, pairs, count: quotesOfSeed });
  const crmUp = await crm.listen();
  const proxy = await startLosingProxy(erp.url, kind.createsQuote);
  const closeServers = async (): Promise<void> => {
    await proxy.close();
    await crmUp.close();
  };
  const project = await openProject(crmUp.url, erp.connectionAt(proxy.url)).catch(async (error: unknown) => {
    await closeServers();
    throw error;
  });
  const { people, integration } = erp;
  return {
    office: { crm, erp: officeOf({ people, random, proxy, integration }), pairs, ground, random },
    sides: {
      crm: { title: "Brightdesk CRM (fictional)", address: crmUp.url },
      erp: { title: `${kind.title} (real)`, address: `${erp.url}  database ${erp.database}` },
    },
    folder: project.folder,
    engine: project.engine,
    hint: erp.hint,
    close: async () => {
      await project.close(keeps);
      await closeServers();
      await erp.stop();
    },
  };
}

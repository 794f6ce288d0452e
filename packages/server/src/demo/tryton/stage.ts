import { homedir } from "node:os";
import { join } from "node:path";
import { createCrm, randomStream } from "@crossfoot/twin";
import type { Crm } from "@crossfoot/twin";
import type { Ground } from "../back-office.ts";
import { openProject } from "../stage.ts";
import type { ErpPlace } from "../erp-script.ts";
import type { ErpConnection, Stage, StageOptions } from "../stage.ts";
import { loginAs } from "./admin.ts";
import { startTryton, trytonPlace } from "./erp.ts";
import type { RunningTryton } from "./erp.ts";
import { startLosingProxy } from "./losing-proxy.ts";
import type { LosingProxy } from "./losing-proxy.ts";
import { trytonOffice } from "./office.ts";
import { seedCrm, seedQuotes, taxRates } from "./seed-crm.ts";
import type { CodedPair, SharedContents } from "./seed-crm.ts";

const quotesOfSeed = 12;
/** Seconds without a word from the installation after which the demo says that it goes on. */
const patienceMs = 30_000;
/** The call whose answer is lost: it makes a quote. */
const createsQuote = "model.sale.sale.create";

/**
 * Where the demo's Tryton comes from. Its seeded database is kept in the user's cache folder, so that a
 * second demo starts in seconds.
 */
export function demoPlace(environment: { readonly [name: string]: string | undefined }): ErpPlace {
  const place = trytonPlace(environment);
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return { ...place, cacheFolder: place.cacheFolder ?? join(caches, "crossfoot", "tryton") };
}

function connectionTo(erp: RunningTryton, proxy: LosingProxy): ErpConnection {
  return {
    yaml: [
      "connector: tryton",
      "role: erp",
      `address: ${proxy.url}`,
      "timeoutSeconds: 120",
      "options:",
      `  database: ${erp.database}`,
      `  user: ${erp.user}`,
      "  password: password",
      "  warehouse: WH",
      "  # Nobody else works on this database; a company's own is left at the default, three minutes.",
      "  longestTransactionSeconds: 20",
      'secrets: { password: "file:secrets/erp-password" }',
    ],
    descriptions: [],
    secrets: { "erp-password": erp.password },
  };
}

/** Customers that play a part in a trouble: the one with a tax id, any, and one who may owe 1000.00 only. */
const cast = { doubled: "C00001", contested: "C00002", limited: "C00005" };

/**
 * Whether daily work is about a customer. Every fifth may owe 1000.00 only, which daily work would meet, and
 * the third of each five is abroad and pays no VAT, which the CRM's own sums do not know.
 */
function isForDailyWork({ code }: CodedPair): boolean {
  const place = Number(code.slice(1)) % 5;
  return !Object.values(cast).includes(code) && place !== 0 && place !== 3;
}

function groundOf({ pairs, articles, quoteHead }: SharedContents): Ground {
  const playing = (code: string): CodedPair | undefined => pairs.find((pair) => pair.code === code);
  const [doubled, contested, limited] = Object.values(cast).map(playing);
  const article = articles[1];
  if (doubled === undefined || contested === undefined || limited === undefined || article === undefined) {
    throw new Error("Tryton's seed lacks the customers or products that the demo needs");
  }
  return {
    doubled,
    contested,
    limited,
    article,
    quoteHead,
    bad: {
      fields: { name: "Marmalade Mills GmbH", taxId: "DE123456789" },
      why: "with a VAT number whose check digit is wrong",
      isBlamed: ({ code }) => code === "tax_id_invalid",
    },
  };
}

/** Follows the start on the terminal; an installation that is silent for long is said to go on. */
async function started(place: ErpPlace, { say, signal }: StageOptions): Promise<RunningTryton> {
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
    return await startTryton({ ...place, tell, signal });
  } finally {
    clearInterval(waiting);
  }
}

/** Installs and starts Tryton where it is not there yet, seeds a CRM twin beside it, and opens the engine. */
export async function openTrytonStage(place: ErpPlace, options: StageOptions): Promise<Stage> {
  options.say(
    "\n0. A real Tryton: installed from Debian where it is missing, with a company in it, on loopback.",
  );
  const erp = await started(place, options);
  options.say(`   ready in ${(erp.startedInMs / 1000).toFixed(1)} s\n`);
  try {
    return await stageOn(erp, options);
  } catch (error) {
    await erp.stop();
    throw error;
  }
}

async function stageOn(erp: RunningTryton, { seed, keeps }: StageOptions): Promise<Stage> {
  const admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
  const random = randomStream(seed, "people");
  const crm: Crm = createCrm({ clock: () => Date.now(), seed, taxRates });
  const shared = await seedCrm(crm, admin);
  const ground = groundOf(shared);
  const pairs = shared.pairs.filter(isForDailyWork);
  seedQuotes(crm, randomStream(seed, "quotes"), { ...shared, pairs, count: quotesOfSeed });
  const crmUp = await crm.listen();
  const proxy = await startLosingProxy(erp.url, createsQuote);
  const closeServers = async (): Promise<void> => {
    await proxy.close();
    await crmUp.close();
  };
  const project = await openProject(crmUp.url, connectionTo(erp, proxy)).catch(async (error: unknown) => {
    await closeServers();
    throw error;
  });
  return {
    office: {
      crm,
      erp: trytonOffice({ admin, random }, { proxy, integration: erp.user }),
      pairs,
      ground,
      random,
    },
    sides: {
      crm: { title: "Brightdesk CRM (fictional)", address: crmUp.url },
      erp: { title: "Tryton 6.0 (real)", address: `${erp.url}  database ${erp.database}` },
    },
    folder: project.folder,
    engine: project.engine,
    hint: [
      `With a Tryton client (version 6.0): server ${new URL(erp.url).host}, database ${erp.database},`,
      `user ${erp.adminUser}, password ${erp.adminPassword}`,
    ],
    close: async () => {
      await project.close(keeps);
      await closeServers();
      await erp.stop();
    },
  };
}

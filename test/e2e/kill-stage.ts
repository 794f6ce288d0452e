/** Both twins over HTTP in this process, filled, and a project folder between them. */
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents, Erp } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import { writeTwinProject } from "./twin-project.ts";

/** How much there is to load, and what it is drawn from. */
export interface StageSize {
  readonly seed: number;
  readonly accounts: number;
  readonly products: number;
  readonly history: number;
  readonly quotes: number;
  /** Time-out of a call to either system (default 1): who shares the machine with much else needs more. */
  readonly timeoutSeconds?: number;
}

/** Where the store of the project is: in its folder, empty or a copy, or at the address of a PostgreSQL. */
export type StoreChoice =
  | { readonly home: "embedded"; readonly copyOf?: string }
  | { readonly home: "server"; readonly url: string };

/** What the twins call when a fault holds a request. The one who kills puts its own in. */
interface Holding {
  hold: (ms: number) => Promise<void>;
}

/** The systems and the project between them. */
export interface Stage {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly folder: string;
  readonly holding: Holding;
  close(): Promise<void>;
}

/** A stage that was seeded as the demo is. */
export interface KillStage extends Stage {
  readonly contents: DemoContents;
  /** Quotes of the CRM that were accepted before the load began, and so are wanted in the ERP. */
  readonly acceptedQuoteIds: readonly string[];
}

/** Rows of a batch and a page: small, so that a first load has many moments to be killed at. */
const batchMax = 4;
const pageMax = 25;
/** What the twins keep within, once the request was sent: they live in this process and answer at once. */
const horizonMs = 200;

function replaced(text: string, from: RegExp, to: string): string {
  const after = text.replaceAll(from, to);
  if (after === text) throw new Error(`a description of a twin holds no ${from.source} any more`);
  return after;
}

/** A description of a twin with a short horizon, small batches and small pages. */
function tightened(text: string): string {
  const near = replaced(text, /horizonMs: \d+/g, `horizonMs: ${horizonMs}`);
  const small = replaced(near, /^( +max:) (?:100|200)$/gm, `$1 ${batchMax}`);
  return replaced(small, /pageSizeMax: (?:500|200)$/gm, `pageSizeMax: ${pageMax}`);
}

const settingsOf = (timeoutSeconds: number): readonly string[] => [
  `timeoutSeconds: ${timeoutSeconds}`,
  "concurrency: 4",
  "limits: { daily: 1000000, zone: Europe/Berlin }",
];

/** Every second quote that was sent is accepted, so that documents of several steps are under way too. */
function acceptQuotes(crm: Crm): readonly string[] {
  const sent = Object.values(crm.state.records["quotes"] ?? {}).filter(({ status }) => status === "sent");
  const ids = sent.filter((_quote, n) => n % 2 === 0).map(({ id }) => String(id));
  for (const id of ids) crm.people.acceptQuote(id, "ada");
  return ids;
}

/** Starts and fills both twins and writes the project folder. */
export async function openKillStage(size: StageSize, store: StoreChoice): Promise<KillStage> {
  return openStage({ store, ...size }, (twins) => {
    const contents = seedDemo({ ...twins, ...size });
    return { contents, acceptedQuoteIds: acceptQuotes(twins.crm) };
  });
}

/** Starts both twins, fills them as told, and writes the project folder between them. */
export async function openStage<Contents extends object>(
  at: { readonly store: StoreChoice } & Pick<StageSize, "seed" | "timeoutSeconds">,
  fill: (twins: { readonly crm: Crm; readonly erp: Erp }) => Contents,
): Promise<Stage & Contents> {
  const { store, seed, timeoutSeconds = 1 } = at;
  const clock = (): number => Date.now();
  const holding: Holding = { hold: () => Promise.resolve() };
  const sleep = (ms: number): Promise<void> => holding.hold(ms);
  const crm = createCrm({ clock, seed, sleep });
  const erp = createErp({ clock, seed, sleep });
  const contents = fill({ crm, erp });
  const crmUp = await crm.listen();
  const erpUp = await erp.listen();
  const folder = tempFolder("memory");
  writeTwinProject(folder.path, {
    ...{ crm: crmUp.url, erp: erpUp.url, settings: settingsOf(timeoutSeconds), describe: tightened },
    ...(store.home === "server" ? { storeUrl: store.url } : store),
  });
  const close = async (): Promise<void> => {
    await crmUp.close();
    await erpUp.close();
    folder.remove();
  };
  return { ...contents, crm, erp, folder: folder.path, holding, close };
}

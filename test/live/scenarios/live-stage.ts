/** A CRM twin and a real ERP, filled, each behind a rude line, and a project folder between them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CRM_TOKEN, createCrm } from "@crossfoot/twin";
import type { Crm } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import { placeStore } from "../../prepared-store.ts";
import { seedCrm } from "./company.ts";
import type { LiveErp, LiveSystem } from "./live-erp.ts";
import { openRudeProxy, readsCrm } from "./rude-proxy.ts";
import type { RudeProxy } from "./rude-proxy.ts";

/** How much there is to load. */
export interface LoadSize {
  readonly seed: number;
  /** Customers that only the CRM knows. */
  readonly accounts: number;
  /** Every so-manyth customer has a contact. */
  readonly contactEvery: number;
  /** Products of the ERP, those of its own seed included. */
  readonly products: number;
  /** A call to the ERP that hangs costs this long; 20 seconds, which a slow machine may need, without. */
  readonly timeoutSeconds?: number;
  /** Fields that the company added to the accounts of its CRM. */
  readonly crmFields?: NonNullable<NonNullable<Parameters<typeof createCrm>[0]>["customFields"]>[string];
}

/** The systems and the project between them. */
export interface LiveStage {
  readonly crm: Crm;
  readonly erp: LiveErp;
  readonly lines: { readonly crm: RudeProxy; readonly erp: RudeProxy };
  readonly folder: string;
  close(): Promise<void>;
}

/**
 * What was given up is waited for as long as the longest transaction and a minute. Nobody else works on the
 * database, and a hundred rows are made in a second or two.
 */
const longestTransactionSeconds = 10;
const descriptions = new URL("../../../connectors/http/descriptions/", import.meta.url);

function writeProject(
  folder: string,
  at: {
    readonly crm: string;
    readonly address: string;
    readonly erp: LiveErp;
    readonly timeoutSeconds: number;
  },
): void {
  const { yaml, secrets } = at.erp.connection(longestTransactionSeconds);
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "descriptions/crm.yaml"), readFileSync(new URL("twin-crm.yaml", descriptions)));
  for (const [name, value] of Object.entries({ token: CRM_TOKEN, webhook: "live-webhook", ...secrets }))
    writeFileSync(join(folder, "secrets", name), value, { mode: 0o600 });
  const lines = [
    "store: { embedded: ./store }",
    "connections:",
    "  crm:",
    "    connector: http",
    "    role: crm",
    `    address: ${at.crm}`,
    "    timeoutSeconds: 10",
    "    options: { description: descriptions/crm.yaml }",
    '    secrets: { token: "file:secrets/token", webhook: "file:secrets/webhook" }',
    "  erp:",
    "    role: erp",
    `    address: ${at.address}`,
    `    timeoutSeconds: ${at.timeoutSeconds}`,
    "    concurrency: 2",
    ...yaml.map((line) => `    ${line}`),
  ];
  writeFileSync(join(folder, "crossfoot.yaml"), `${lines.join("\n")}\n`);
}

/** Starts and fills both systems. Nothing of it is left when it fails. */
export async function openLiveStage(system: LiveSystem, size: LoadSize): Promise<LiveStage> {
  const erp = await system.open();
  const ends: (() => Promise<void>)[] = [() => erp.stop()];
  const close = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const crm = createCrm({
      ...{ clock: () => Date.now(), seed: size.seed },
      customFields: { accounts: size.crmFields ?? [] },
    });
    seedCrm(crm, size);
    await erp.seedProducts(size.products);
    const up = await crm.listen();
    ends.push(() => up.close());
    const lines = {
      crm: await openRudeProxy(up.url, readsCrm),
      erp: await openRudeProxy(erp.url, erp.isReading),
    };
    ends.push(async () => {
      await lines.crm.close();
      await lines.erp.close();
    });
    const folder = tempFolder("disk");
    ends.push(async () => folder.remove());
    const { timeoutSeconds = 20 } = size;
    const at = { crm: lines.crm.url, address: lines.erp.url };
    writeProject(folder.path, { ...at, erp, timeoutSeconds });
    placeStore(folder.path);
    return { crm, erp, lines, folder: folder.path, close };
  } catch (error) {
    await close();
    throw error;
  }
}

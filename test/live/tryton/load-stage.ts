/** A CRM twin and a real Tryton, filled, each behind a rude line, and a project folder between them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CRM_TOKEN, createCrm } from "@crossfoot/twin";
import type { Crm } from "@crossfoot/twin";
import { loginAs, startTryton, tempFolder } from "crossfoot/testing";
import type { Admin, RunningTryton } from "crossfoot/testing";
import { contactEvery, seedCrm, seedProducts } from "./company.ts";
import { openRudeProxy, readsCrm, readsTryton } from "./rude-proxy.ts";
import type { RudeProxy } from "./rude-proxy.ts";

/** How much there is to load. */
export interface LoadSize {
  readonly seed: number;
  /** Customers that only the CRM knows. Every tenth has a contact. */
  readonly accounts: number;
  /** Products of Tryton, those of its own seed included. */
  readonly products: number;
}

/** The systems and the project between them. */
export interface LoadStage {
  readonly crm: Crm;
  readonly erp: RunningTryton;
  readonly admin: Admin;
  readonly lines: { readonly crm: RudeProxy; readonly erp: RudeProxy };
  readonly folder: string;
  close(): Promise<void>;
}

/** A time-out that a busy Tryton keeps when nothing goes wrong. */
const timeoutSeconds = 60;
/** Nobody else works on this database. What was given up is over this long after, and a minute more. */
const longestTransactionSeconds = 20;
const descriptions = new URL("../../../connectors/http/descriptions/", import.meta.url);

function writeProject(
  folder: string,
  at: { readonly crm: string; readonly erp: string; tryton: RunningTryton },
): void {
  const { tryton } = at;
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "descriptions/crm.yaml"), readFileSync(new URL("twin-crm.yaml", descriptions)));
  const secrets = { token: CRM_TOKEN, webhook: "live-webhook", password: tryton.password };
  for (const [name, value] of Object.entries(secrets))
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
    "    connector: tryton",
    "    role: erp",
    `    address: ${at.erp}`,
    `    timeoutSeconds: ${timeoutSeconds}`,
    "    concurrency: 2",
    "    options:",
    `      database: ${tryton.database}`,
    `      user: ${tryton.user}`,
    "      password: password",
    "      warehouse: WH",
    `      longestTransactionSeconds: ${longestTransactionSeconds}`,
    '    secrets: { password: "file:secrets/password" }',
  ];
  writeFileSync(join(folder, "crossfoot.yaml"), `${lines.join("\n")}\n`);
}

/** Starts and fills both systems. Nothing of it is left when it fails. */
export async function openLoadStage(
  place: Parameters<typeof startTryton>[0],
  size: LoadSize,
): Promise<LoadStage> {
  const erp = await startTryton(place);
  const ends: (() => Promise<void>)[] = [() => erp.stop()];
  const close = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
    const crm = createCrm({ clock: () => Date.now(), seed: size.seed });
    seedCrm(crm, { accounts: size.accounts, contactEvery });
    await seedProducts(admin, size.products);
    const up = await crm.listen();
    ends.push(() => up.close());
    const lines = {
      crm: await openRudeProxy(up.url, readsCrm),
      erp: await openRudeProxy(erp.url, readsTryton),
    };
    ends.push(async () => {
      await lines.crm.close();
      await lines.erp.close();
    });
    const folder = tempFolder("disk");
    ends.push(async () => folder.remove());
    writeProject(folder.path, { crm: lines.crm.url, erp: lines.erp.url, tryton: erp });
    return { crm, erp, admin, lines, folder: folder.path, close };
  } catch (error) {
    await close();
    throw error;
  }
}

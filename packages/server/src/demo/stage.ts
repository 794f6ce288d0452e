import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CRM_TOKEN, ERP_API_KEY, createCrm, createErp, randomStream, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents, Erp } from "@crossfoot/twin";
import { connectors, openEngine } from "../compose.ts";
import { loadProject } from "../config/load-project.ts";
import type { Project } from "../config/project.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Office } from "./work.ts";

/** The demo's stage: both systems up, a project folder, the engine over it. */
export interface Stage {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly office: Office;
  readonly folder: string;
  readonly project: Project;
  readonly engine: Engine;
  readonly addresses: { readonly crm: string; readonly erp: string };
  close(): Promise<void>;
}

const descriptions = new URL("../../../../connectors/http/descriptions/", import.meta.url);

/** One field under review, so that the demo has a conflict to show. */
const contract = `# The demo puts one field under review, so that there is a conflict to look at.
entities:
  accounts:
    fields:
      website: { policy: review }
`;

function projectText(addresses: { readonly crm: string; readonly erp: string }): string {
  return `store: { embedded: ./store }
connections:
  crm:
    connector: http
    role: crm
    address: ${addresses.crm}
    options: { description: descriptions/twin-crm.yaml }
    secrets: { token: "file:secrets/crm-token", webhook: "file:secrets/webhook" }
  erp:
    connector: http
    role: erp
    address: ${addresses.erp}
    options: { description: descriptions/twin-erp.yaml }
    secrets: { apiKey: "file:secrets/erp-key", webhook: "file:secrets/webhook" }
`;
}

function writeProject(folder: string, addresses: { readonly crm: string; readonly erp: string }): void {
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["twin-crm.yaml", "twin-erp.yaml"]) {
    writeFileSync(join(folder, "descriptions", name), readFileSync(new URL(name, descriptions)));
  }
  const secrets = { "crm-token": CRM_TOKEN, "erp-key": ERP_API_KEY, webhook: "demo-webhook-secret" };
  for (const [name, value] of Object.entries(secrets)) {
    writeFileSync(join(folder, "secrets", name), value, { mode: 0o600 });
  }
  writeFileSync(join(folder, "crossfoot.yaml"), projectText(addresses));
  writeFileSync(join(folder, "contract.yaml"), contract);
}

/** Starts both twins on loopback, seeds them, writes a project folder and opens the engine over it. */
export async function openStage(options: { readonly seed: number; readonly keeps: boolean }): Promise<Stage> {
  const { seed, keeps } = options;
  const clock = (): number => Date.now();
  const crm = createCrm({ clock, seed });
  const erp = createErp({ clock, seed });
  const contents: DemoContents = seedDemo({
    crm,
    erp,
    seed,
    accounts: 60,
    products: 40,
    history: 12,
    quotes: 12,
  });
  const crmUp = await crm.listen();
  const erpUp = await erp.listen();
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-demo-"));
  const addresses = { crm: crmUp.url, erp: erpUp.url };
  writeProject(folder, addresses);
  const loaded = loadProject(folder, { environment: {}, connectors });
  if (loaded.project === undefined) {
    throw new Error(loaded.problems.map(({ message }) => message).join("; "));
  }
  const engine = await openEngine(loaded.project);
  return {
    crm,
    erp,
    office: { crm, erp, contents, random: randomStream(seed, "people") },
    folder,
    project: loaded.project,
    engine,
    addresses,
    close: async () => {
      await engine.close();
      await crmUp.close();
      await erpUp.close();
      if (!keeps) rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CRM_TOKEN } from "@crossfoot/twin";
import { connectors, openEngine } from "../compose.ts";
import { loadProject } from "../config/load-project.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Office } from "./back-office.ts";

/** The demo's stage: both systems up, a project folder, the engine over it. */
export interface Stage {
  readonly office: Office;
  /** What each side is, and where it answers. */
  readonly sides: { readonly crm: Side; readonly erp: Side };
  readonly folder: string;
  readonly engine: Engine;
  /** How somebody who watches can change something on one side, in lines for the terminal. */
  readonly hint: readonly string[];
  /** Takes everything down; the project's folder goes too, unless it is kept. */
  close(): Promise<void>;
}

/** One of the two systems, for the terminal. */
interface Side {
  readonly title: string;
  readonly address: string;
}

/** How a stage is opened. */
export interface StageOptions {
  readonly seed: number;
  readonly keeps: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The demo's own part of a project: the ERP's connection, and the files that it needs. */
export interface ErpConnection {
  /** Lines of crossfoot.yaml below `erp:`, without their indent. */
  readonly yaml: readonly string[];
  /** Descriptions to copy from the HTTP connector. */
  readonly descriptions: readonly string[];
  readonly secrets: { readonly [name: string]: string };
}

const descriptions = new URL("../../../../connectors/http/descriptions/", import.meta.url);

/** One field under review, so that the demo has a conflict to show. */
const contract = `# The demo puts one field under review, so that there is a conflict to look at.
entities:
  accounts:
    fields:
      website: { policy: review }
`;

function projectText(crmAddress: string, { yaml }: ErpConnection): string {
  return `store: { embedded: ./store }
connections:
  crm:
    connector: http
    role: crm
    address: ${crmAddress}
    options: { description: descriptions/twin-crm.yaml }
    secrets: { token: "file:secrets/crm-token", webhook: "file:secrets/webhook" }
  erp:
${yaml.map((line) => `    ${line}\n`).join("")}`;
}

/** An engine over a project folder of its own, and how both end. */
export interface OpenProject {
  readonly folder: string;
  readonly engine: Engine;
  close(keeps: boolean): Promise<void>;
}

/** Writes a project folder for the CRM twin and an ERP, and opens the engine over it. */
export async function openProject(crmAddress: string, erp: ErpConnection): Promise<OpenProject> {
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-demo-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["twin-crm.yaml", ...erp.descriptions]) {
    writeFileSync(join(folder, "descriptions", name), readFileSync(new URL(name, descriptions)));
  }
  const secrets = { "crm-token": CRM_TOKEN, webhook: "demo-webhook-secret", ...erp.secrets };
  for (const [name, value] of Object.entries(secrets)) {
    writeFileSync(join(folder, "secrets", name), value, { mode: 0o600 });
  }
  writeFileSync(join(folder, "crossfoot.yaml"), projectText(crmAddress, erp));
  writeFileSync(join(folder, "contract.yaml"), contract);
  const loaded = loadProject(folder, { environment: {}, connectors });
  if (loaded.project === undefined) {
    remove();
    throw new Error(loaded.problems.map(({ message }) => message).join("; "));
  }
  const engine = await openEngine(loaded.project);
  const close = async (keeps: boolean): Promise<void> => {
    await engine.close();
    if (!keeps) remove();
  };
  return { folder, engine, close };
}

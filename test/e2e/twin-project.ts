/** A project folder between both twins, as a user has it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CRM_TOKEN, ERP_API_KEY } from "@crossfoot/twin";
import { placeStore } from "../prepared-store.ts";

/** The repository, where child programs run. */
export const root: string = join(import.meta.dirname, "../..");

/** What signs the deliveries of both twins. */
export const webhookSecret = "a secret of webhooks";

/** What a project is written with. */
export interface TwinProject {
  /** Addresses of the twins. */
  readonly crm: string;
  readonly erp: string;
  /** Address of a PostgreSQL; the store is in the folder when it is missing. */
  readonly storeUrl?: string;
  /** The store in the folder of which this one's is a copy; an empty one when it is missing. */
  readonly copyOf?: string;
  /** More lines of each connection. */
  readonly settings?: readonly string[];
  /** What becomes of the twins' descriptions; they stay as they are when it is missing. */
  readonly describe?: (text: string) => string;
  readonly contract?: string;
  /** More of crossfoot.yaml. */
  readonly more?: string;
}

/** Writes settings, descriptions, secrets and contract into an empty folder. */
export function writeTwinProject(folder: string, project: TwinProject): void {
  const {
    storeUrl,
    copyOf,
    settings = [],
    describe = (text: string): string => text,
    contract,
    more = "",
  } = project;
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name));
  for (const name of ["twin-crm.yaml", "twin-erp.yaml"]) {
    const text = readFileSync(join(root, "connectors/http/descriptions", name), "utf8");
    writeFileSync(join(folder, "descriptions", name), describe(text));
  }
  const secrets = {
    crm: CRM_TOKEN,
    erp: ERP_API_KEY,
    webhook: webhookSecret,
    store: storeUrl ?? "",
  };
  for (const [name, value] of Object.entries(secrets))
    writeFileSync(join(folder, "secrets", name), value, { mode: 0o600 });
  const connection = (name: "crm" | "erp", secret: string): string =>
    [
      `  ${name}:`,
      "connector: http",
      `role: ${name}`,
      `address: ${project[name]}`,
      ...settings,
      `options: { description: descriptions/twin-${name}.yaml }`,
      `secrets: { ${secret}: "file:secrets/${name}", webhook: "file:secrets/webhook" }`,
    ].join("\n    ");
  const home = storeUrl === undefined ? "embedded: ./store" : 'url: "file:secrets/store"';
  const lines = [
    `store: { ${home} }`,
    "connections:",
    connection("crm", "token"),
    connection("erp", "apiKey"),
  ];
  writeFileSync(join(folder, "crossfoot.yaml"), `${lines.join("\n")}\n${more}`);
  if (storeUrl === undefined) placeStore(folder, copyOf);
  if (contract !== undefined) writeFileSync(join(folder, "contract.yaml"), contract);
}

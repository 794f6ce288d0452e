/** Both twins in this process with quotas of their own, a project between them, and a count of refusals. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CRM_TOKEN, ERP_API_KEY, createCrm, createErp, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents, Erp, QuotaSettings } from "@crossfoot/twin";
import { connectors, loadProject, openEngine, migrated, openEphemeral, tempFolder } from "crossfoot/testing";
import type { Database, Engine } from "crossfoot/testing";
import { root } from "./twin-project.ts";

/** What the stage is set up with. */
export interface QuotaOptions {
  /** What the twins allow; null allows everything. */
  readonly quota: QuotaSettings | null;
  /** Lines below `limits:` of both connections; empty declares nothing. */
  readonly limits: string;
  /** Called after each answer of the ERP: another program may call it too. */
  readonly afterErp?: (erp: Erp, calls: number) => Promise<void>;
}

/** A stage that is up. */
export interface QuotaStage {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly contents: DemoContents;
  readonly database: Database;
  /** Answers by status, of both systems, to calls of ours. */
  readonly answers: Map<number, number>;
  /** An engine over the same store and systems, with other limits. */
  readonly open: (limits: string) => Promise<Engine>;
  close(): Promise<void>;
}

const descriptions = join(root, "connectors/http/descriptions");
const amount = { accounts: 30, products: 20, history: 4, quotes: 6 };

function projectText(limits: string): string {
  const connection = (name: string, secret: string): string => `  ${name}:
    connector: http
    role: ${name}
    address: http://${name}.invalid
    concurrency: 4
    options: { description: descriptions/twin-${name}.yaml }
    secrets: { ${secret}: "file:secrets/${name}", webhook: "file:secrets/webhook" }
${limits === "" ? "" : `    limits: { ${limits} }\n`}`;
  return `store: { embedded: ./store }
connections:
${connection("crm", "token")}${connection("erp", "apiKey")}`;
}

/** Small pages and batches, so that a first load takes many calls. */
function tightened(name: string): string {
  const text = readFileSync(join(descriptions, name), "utf8");
  return text
    .replaceAll(/^( +max:) (?:100|200)$/gm, "$1 2")
    .replaceAll(/pageSizeMax: (?:500|200)$/gm, "pageSizeMax: 10");
}

/** Fills both twins and writes the project; nothing has been called yet. */
export async function openQuotaStage(options: QuotaOptions): Promise<QuotaStage> {
  const clock = (): number => Date.now();
  const quota = options.quota === null ? {} : { quota: options.quota };
  const crm = createCrm({ clock, seed: 7, ...quota });
  const erp = createErp({ clock, seed: 7, ...quota });
  const contents = seedDemo({ crm, erp, seed: 7, ...amount, calm: true });
  const folder = tempFolder("memory");
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder.path, name), { recursive: true });
  for (const name of ["twin-crm.yaml", "twin-erp.yaml"])
    writeFileSync(join(folder.path, "descriptions", name), tightened(name));
  for (const [name, value] of Object.entries({ crm: CRM_TOKEN, erp: ERP_API_KEY, webhook: "a secret" }))
    writeFileSync(join(folder.path, "secrets", name), value, { mode: 0o600 });
  const database = await openEphemeral(migrated);
  const answers = new Map<number, number>();
  let calls = 0;
  const counted =
    (twin: Crm | Erp) =>
    async (request: Request): Promise<Response> => {
      const response = await twin.fetch(request);
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
      if (twin === erp) await options.afterErp?.(erp, (calls += 1));
      return response;
    };
  const open = (limits: string): Promise<Engine> => {
    writeFileSync(join(folder.path, "crossfoot.yaml"), projectText(limits));
    const loaded = loadProject(folder.path, { environment: {}, connectors });
    if (loaded.project === undefined)
      throw new Error(loaded.problems.map(({ message }) => message).join("; "));
    return openEngine(loaded.project, { database, fetch: { crm: counted(crm), erp: counted(erp) } });
  };
  return {
    crm,
    erp,
    contents,
    database,
    answers,
    open,
    close: async () => {
      await database.close();
      folder.remove();
    },
  };
}

/** A call by another program to the ERP. */
export async function foreignCall(erp: Erp): Promise<void> {
  const headers = { "x-api-key": ERP_API_KEY };
  await erp.fetch(new Request("http://erp.invalid/rest/v1/company", { headers }));
}

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectors } from "crossfoot/testing";
import { loadProject } from "crossfoot/testing";
import type { Project } from "crossfoot/testing";
import { openEmbedded } from "crossfoot/testing";
import { openServer } from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import { hookToken } from "./yard/talk.ts";
import type { YardPlace } from "./yard/talk.ts";

/** Where the store of a case is: a database of the PostgreSQL of this run, or a folder for PGlite. */
export type StoreAt =
  | { readonly home: "server"; readonly url: string }
  | { readonly home: "embedded"; readonly folder: string };

const yard = new URL("./yard/", import.meta.url);

/** A first load is as large as it is: the guard is set so high that nobody has to approve it. */
function projectText(place: YardPlace): string {
  const connection = (name: "crm" | "erp"): string => `  ${name}:
    connector: http
    role: ${name}
    address: ${place[name]}
    concurrency: 16
    options: { description: descriptions/${name}.yaml }
`;
  return `connections:
${connection("crm")}    secrets: { webhook: "file:secrets/webhook" }
${connection("erp")}guard:
  create: { countFree: 1000000, countMax: 1000000, shareMax: 1 }
  update: { countFree: 1000000, countMax: 1000000, shareMax: 1 }
`;
}

/** Writes a project over the yard into a folder, as a user would, and loads it. */
export function writeProject(folder: string, place: YardPlace): Project {
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["crm.yaml", "erp.yaml"]) {
    copyFileSync(new URL(name, yard), join(folder, "descriptions", name));
  }
  writeFileSync(join(folder, "secrets", "webhook"), hookToken, { mode: 0o600 });
  writeFileSync(join(folder, "crossfoot.yaml"), projectText(place));
  const loaded = loadProject(folder, { environment: {}, connectors });
  if (loaded.project !== undefined) return loaded.project;
  throw new Error(loaded.problems.map(({ file, message }) => `${file}: ${message}`).join("; "));
}

/** Opens the store of a case; durable on both homes. */
export function openStore(at: StoreAt): Promise<Database> {
  return at.home === "server" ? openServer(at.url) : openEmbedded(at.folder);
}

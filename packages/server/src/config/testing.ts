import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { httpConnector } from "@crossfoot/connector-http";
import type { Connector } from "@crossfoot/connector-sdk";
import type { JsonMap } from "@crossfoot/kernel";
import type { Environment } from "./environment.ts";
import { loadProject } from "./load-project.ts";
import type { LoadedProject } from "./load-project.ts";
import { describeProblem } from "./problem.ts";
import type { Connectors, Project } from "./project.ts";

/** A connector with one required option, for tests that need no system. */
const plainConnector: Connector = {
  system: "plain",
  checkOptions: (options: JsonMap) => [
    ...Object.keys(options)
      .filter((key) => key !== "database" && key !== "password")
      .map((path) => ({ path, problem: "unknown option; there are: database, password" })),
    ...(options["database"] === undefined ? [{ path: "database", problem: "this option is needed" }] : []),
  ],
  open: () => Promise.reject(new Error("no test opens it")),
  defaultMapping: () => ({ entities: { accounts: { fields: { name: "name", email: "email" } } } }),
};

/** The real declarative connector, and a plain one with a default mapping. */
export const testConnectors: Connectors = { http: httpConnector, plain: plainConnector };

/** A crossfoot.yaml that is in order, over two plain connections. */
export const plainProject = `connections:
  crm:
    connector: plain
    role: crm
    address: https://crm.example.com
    secrets:
      token: env:CRM_TOKEN
    options: { database: crm }
  erp:
    connector: plain
    role: erp
    address: https://erp.example.com
    secrets: { password: env:ERP_PASSWORD }
    options: { database: erp, password: password }
`;

/** The environment that the plain project needs. */
export const plainEnvironment: Environment = { CRM_TOKEN: "crm-secret-7", ERP_PASSWORD: "erp-secret-7" };

/** Writes files into a folder, by their path in it; a mode makes one private or not. */
export function writeFiles(folder: string, files: { readonly [name: string]: string }, mode = 0o644): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }
}

/** Loads a folder with the test connectors. */
function load(folder: string, environment: Environment = plainEnvironment): LoadedProject {
  return loadProject(folder, { environment, connectors: testConnectors });
}

/** What is wrong with a folder, one line per problem as a person reads it. */
export function problemsIn(folder: string, environment: Environment = plainEnvironment): readonly string[] {
  return (load(folder, environment).problems ?? []).map((problem) => describeProblem(problem));
}

/** The project in a folder; throws with its problems when it is not in order. */
export function projectIn(folder: string, environment: Environment = plainEnvironment): Project {
  const { project } = load(folder, environment);
  if (project === undefined) throw new Error(problemsIn(folder, environment).join("\n"));
  return project;
}

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { placeStore } from "../prepared-store.ts";
import { programFlags } from "./child-env.ts";
import type { Hillside } from "./unknown-hillside.ts";
import type { Quarry } from "./unknown-quarry.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
/** The program that `npx crossfoot` starts; it is run as a user runs it, never imported. */
const main = join(repository, "packages", "server", "src", "main.ts");

/** What a command answered: its exit code, the JSON document of `--json`, and what it said beside it. */
export interface Done<Document> {
  readonly code: number | null;
  readonly document: Document;
  readonly said: string;
}

/** `crossfoot up`, while it is up. */
interface Up {
  readonly url: string;
  /** What it said so far. */
  readonly said: () => string;
  /** Asks it to end, and gives its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** A project folder as a user writes it, and the command line over it. */
export interface ProjectFolder {
  readonly path: (name: string) => string;
  /** Rewrites a file of the folder. */
  readonly rewrite: (name: string, change: (text: string) => string) => void;
  readonly crossfoot: <Document>(...args: readonly string[]) => Promise<Done<Document>>;
  readonly up: () => Promise<Up>;
  readonly remove: () => void;
}

function projectText({ hillside, quarry }: Systems): string {
  return `store: { embedded: ./store }
connections:
  hillside:
    connector: http
    role: crm
    address: ${hillside.url}
    options: { description: descriptions/hillside.yaml }
    secrets: { user: "file:secrets/user", password: "file:secrets/password", webhook: "file:secrets/webhook" }
    timeoutSeconds: 2
  quarry:
    connector: http
    role: erp
    address: ${quarry.url}
    options: { description: descriptions/quarry.yaml }
    secrets: { key: "file:secrets/key" }
    timeoutSeconds: 2
entities: { pricebooks: off, invoices: off, inventory: off, shipments: off }
cadence: { accounts: 1h, contacts: 1h, products: 1h, quotes: 1h, orders: 1h }
retry: { delayMin: 100ms }
server: { port: 0 }
`;
}

interface Systems {
  readonly hillside: Hillside;
  readonly quarry: Quarry;
}

const besideThis = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Writes the project folder of this test: two descriptions, a contract, secrets in files. */
export function writeProject(systems: Systems): ProjectFolder {
  const { hillside, quarry } = systems;
  const folder = mkdtempSync(join(tmpdir(), "crossfoot-unknown-"));
  const path = (name: string): string => join(folder, name);
  for (const name of ["descriptions", "secrets"]) mkdirSync(path(name));
  const secrets = { user: hillside.user, password: hillside.password, webhook: hillside.webhookSecret };
  for (const [name, secret] of Object.entries({ ...secrets, key: quarry.key })) {
    writeFileSync(path(`secrets/${name}`), secret, { mode: 0o600 });
  }
  writeFileSync(path("descriptions/hillside.yaml"), besideThis("unknown-hillside.yaml"));
  writeFileSync(path("descriptions/quarry.yaml"), besideThis("unknown-quarry.yaml"));
  writeFileSync(path("contract.yaml"), besideThis("unknown-contract.yaml"));
  writeFileSync(path("crossfoot.yaml"), projectText(systems));
  placeStore(folder);
  const start = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [...programFlags, main, "--project", folder, "--json", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    path,
    rewrite: (name, change) => writeFileSync(path(name), change(readFileSync(path(name), "utf8"))),
    crossfoot: (...args) => ended(start(args)),
    up: () => upAs(start(["up"])),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function listen(child: ChildProcess): { readonly out: () => string; readonly said: () => string } {
  const texts = { out: "", said: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (texts.said += text));
  return { out: () => texts.out, said: () => texts.said };
}

function ended<Document>(child: ChildProcess): Promise<Done<Document>> {
  const { out, said } = listen(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      try {
        resolve({ code, document: JSON.parse(out()) as Document, said: said() });
      } catch (error) {
        reject(new Error(`exit ${code}, and no JSON document: ${out()}${said()}`, { cause: error }));
      }
    });
  });
}

function upAs(child: ChildProcess): Promise<Up> {
  const { said } = listen(child);
  const closed = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`up ended with ${code}: ${said()}`)));
    child.stderr?.on("data", () => {
      const url = /Status page: (\S+)/.exec(said())?.[1];
      if (url === undefined) return;
      resolve({
        url,
        said,
        stop: () => {
          child.kill("SIGTERM");
          return closed;
        },
      });
    });
  });
}

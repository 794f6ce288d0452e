/** A project between two systems of the canary test, and the command line over it; all output is kept. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  connectors,
  openEmbedded,
  openEngine,
  runCli,
  sleep,
  systemClock,
  tempFolder,
  rewriteStore,
  tryWebhook,
} from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import type { CanarySystem, SignIn } from "./canary-system.ts";
import { startUp } from "./up-child.ts";
import type { Up } from "./up-child.ts";

/** Where the secrets of the project are kept. */
export type Keeping = "env" | "file" | "sealed";

/** A project folder, and everything that was written so far. */
export interface CanaryProject {
  readonly folder: string;
  /** Output of every command, by its number and words. */
  readonly written: Map<string, Buffer>;
  /** Runs a command as the program does, and answers its exit code and what it said. */
  readonly run: (args: readonly string[], given?: string) => Promise<{ code: number | null; said: string }>;
  /** The store under all commands; closed before `up`. */
  readonly database: Database;
  /** `up` as a program of its own, until `stop` is called. */
  readonly up: () => Promise<Up>;
  /** Writes crossfoot.yaml with other addresses or another store. */
  readonly say: (other: { readonly erp?: string; readonly store?: string }) => void;
  readonly remove: () => void;
}

/** The database, but nobody else closes it. */
function lasting(database: Database): Database {
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "close") return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Names and values of the secrets of one system, as its description names them. */
function secretsOf(signIn: SignIn, hooks: readonly string[]): { readonly [name: string]: string } {
  const [hook = "", hookBefore = ""] = hooks;
  const own = {
    basic: () => (signIn.kind === "basic" ? { user: signIn.user, password: signIn.password } : {}),
    bearer: () => (signIn.kind === "bearer" ? { token: signIn.token } : {}),
    header: () => (signIn.kind === "header" ? { key: signIn.key } : {}),
    oauth2: () => (signIn.kind === "oauth2" ? { client: signIn.client, clientSecret: signIn.secret } : {}),
  };
  return { ...own[signIn.kind](), hook, hookBefore };
}

const othersOff =
  "entities: { contacts: off, products: off, pricebooks: off, quotes: off, orders: off, invoices: off, " +
  "inventory: off, shipments: off }";

/** Writes the project. `keeping` says of each system where its secrets are kept. */
export async function openCanaryProject(at: {
  readonly systems: readonly [CanarySystem, CanarySystem];
  readonly keeping: readonly [Keeping, Keeping];
  readonly hooks: readonly string[];
  /** Secrets that events are signed with, the second while they rotate. */
  readonly told: readonly [string, string];
}): Promise<CanaryProject> {
  const folder = tempFolder("memory");
  const written = new Map<string, Buffer>();
  const { PATH = "", HOME = "" } = process.env;
  const env: { [name: string]: string } = { PATH, HOME, TOLD: at.told[0] };
  const database = await openEmbedded(join(folder.path, "store"));
  const run: CanaryProject["run"] = async (args, given = "") => {
    const chunks: string[] = [];
    const screen = { write: (text: string) => chunks.push(text) };
    // Logs go where they go in the program.
    const stderr = process.stderr.write.bind(process.stderr);
    process.stderr.write = (chunk: string | Uint8Array): boolean => chunks.push(String(chunk)) > 0;
    try {
      const code = await runCli(["--project", folder.path, ...args], {
        ...{ connectors, environment: env, stdout: screen, stderr: screen, clock: systemClock, sleep },
        // One store under all commands, as long as the project says that it has one.
        openEngine: (project) =>
          project.store.home === "server"
            ? openEngine(project)
            : openEngine(project, { database: lasting(database) }),
        serve: () => Promise.reject(new Error("no test serves here")),
        rewriteStore,
        tryWebhook,
        demo: () => Promise.resolve(0),
        secretInput: () => Promise.resolve(given),
        onStop: () => () => undefined,
        ...{ ask: null, user: "ada", version: "0" },
      });
      return { code, said: chunks.join("") };
    } finally {
      process.stderr.write = stderr;
      written.set(`${written.size} crossfoot ${args.join(" ")}`, Buffer.from(chunks.join("")));
    }
  };
  const say: CanaryProject["say"] = (other) => {
    const connections = at.systems.map((system, side) => {
      const keeping = at.keeping[side] ?? "env";
      const role = side === 0 ? "crm" : "erp";
      const names = Object.keys(secretsOf(system.signIn, at.hooks)).map((name) => {
        const where = { env: `${role}_${name}`, file: `secrets/${role}-${name}`, sealed: `${role}-${name}` };
        return `${name}: "${keeping}:${where[keeping]}"`;
      });
      const address = side === 1 && other.erp !== undefined ? other.erp : system.url;
      return `  ${role}:
    connector: http
    role: ${role}
    address: ${address}
    options: { description: ${role}.yaml }
    secrets: { ${names.join(", ")} }
    timeoutSeconds: 5
`;
    });
    const told = `${at.systems[0].url}/told`;
    const store = other.store === undefined ? "{ embedded: ./store }" : `{ url: "${other.store}" }`;
    writeFileSync(
      join(folder.path, "crossfoot.yaml"),
      `store: ${store}\nsealed: { key: "file:sealed.key" }\n${othersOff}\nretry: { delayMin: 100ms, ` +
        `attemptsMax: 2 }\nserver: { port: 0 }\nsubscriptions: { mirror: { url: "${told}", ` +
        `secret: "env:TOLD", nextSecret: "file:secrets/told" } }\nconnections:\n${connections.join("")}`,
    );
  };
  say({});
  mkdirSync(join(folder.path, "secrets"));
  writeFileSync(join(folder.path, "secrets", "told"), at.told[1], { mode: 0o600 });
  await run(["secrets", "key", "sealed.key"]);
  for (const [side, system] of at.systems.entries()) {
    const role = side === 0 ? "crm" : "erp";
    writeFileSync(join(folder.path, `${role}.yaml`), system.description);
  }
  for (const [side, system] of at.systems.entries()) {
    const role = side === 0 ? "crm" : "erp";
    for (const [name, value] of Object.entries(secretsOf(system.signIn, at.hooks))) {
      if (at.keeping[side] === "env") env[`${role}_${name}`] = value;
      else if (at.keeping[side] === "sealed") await run(["secrets", "set", `${role}-${name}`], value);
      else writeFileSync(join(folder.path, "secrets", `${role}-${name}`), value, { mode: 0o600 });
    }
  }
  return {
    folder: folder.path,
    ...{ written, run, say, database },
    up: () => startUp(folder.path, { env, heard: (said) => written.set("crossfoot up", said) }),
    remove: () => folder.remove(),
  };
}

#!/usr/bin/env node
/** The command line of Crossfoot: puts its parts together and runs one command. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Ask } from "./cli/interview-questions.ts";
import type { CliDeps, DemoOptions, Served, ServeOptions } from "./cli/deps.ts";
import { runCli } from "./cli/program.ts";
import { exitCodes, Refusal } from "./cli/refusal.ts";
import { connectors, openEngine, openSubscriptions, storeSecrets, tryWebhook } from "./compose.ts";
import { readEnvironment } from "./config/environment.ts";
import { createApi } from "./http/api/api.ts";
import { createHttpApp } from "./http/app.ts";
import { startOutgoing } from "./http/outgoing/outgoing.ts";
import { createProvider } from "./http/people/oidc.ts";
import type { Provider } from "./http/people/oidc.ts";
import { createPeople } from "./http/people/people.ts";

import { listen, peerOf } from "./http/serve.ts";
import { systemClock } from "./platform/clock.ts";
import { createDeclaredFetch } from "./platform/declared-fetch.ts";
import { createLog } from "./platform/log.ts";
import { sleep } from "./platform/sleep.ts";
import type { Engine } from "./runtime/engine.ts";
import { factsOf } from "./runtime/subscriptions.ts";
import type { Log } from "./ports.ts";
import type { Project } from "./config/project.ts";

/** How long a provider of identities may take for an answer, ms. */
const providerMs = 10_000;

/** The provider of identities, and the only hosts that are asked for it. */
function providerOf({ people, server }: Project): {
  readonly provider: Provider | null;
  readonly close: () => Promise<void>;
} {
  const { oidc } = people;
  const { publicUrl } = server;
  if (oidc === null || publicUrl === null) return { provider: null, close: () => Promise.resolve() };
  const origins = [new URL(oidc.issuer).origin, ...oidc.hosts.map((host) => `https://${host}`)];
  const { fetch, close } = createDeclaredFetch({ origins, timeoutMs: providerMs, clock: systemClock });
  const clientSecret = oidc.clientSecret();
  return { provider: createProvider({ ...oidc, clientSecret, publicUrl, fetch }), close };
}

/** Tells events to whom the project says, beside everything else. */
function tellEvents(engine: Engine, project: Project, log: Log): { readonly close: () => Promise<void> } {
  const store = { ...engine.subscriptions(), ...engine.events() };
  const told = openSubscriptions(project, { clock: systemClock });
  const deps = { store, clock: systemClock, sleep, log, random: Math.random, holder: randomUUID() };
  return startOutgoing(told, { ...deps, keepMs: project.keepDeliveriesMs });
}

/** Webhooks, the status page and the API, at the address that the project says. */
async function serve(engine: Engine, { project, onHints, trouble }: ServeOptions): Promise<Served> {
  const { contractHash, entities, visibility, server } = project;
  const { publicUrl, trustedProxies, ratePerMinute } = server;
  const { now } = systemClock;
  const log = createLog({
    ...{ format: "plain", level: "warn" },
    secrets: () => [
      ...storeSecrets(project.store),
      ...(project.people.oidc === null ? [] : [project.people.oidc.clientSecret()]),
      ...project.connections.flatMap((connection) => connection.secrets()),
      ...project.subscriptions.flatMap((subscription) => subscription.secrets()),
    ],
  });
  const connections = project.connections.map(({ id }) => id);
  const { sessionIdleMs: idleMs, sessionLifeMs: lifeMs } = project.people;
  const api = createApi(engine, {
    ...{ connections, entities, visibility, ratePerMinute, now, sleep, log },
    sessionSpan: { idleMs, lifeMs },
    subscriptions: project.subscriptions.map((each) => factsOf(each)),
  });
  const { host } = server;
  const { isRequired } = project.people;
  const { provider, close: closeProvider } = providerOf(project);
  const access = engine.access();
  const people = createPeople(api, {
    ...{ access, visibility, now, host, publicUrl, trustedProxies, isRequired, provider },
  });
  const app = createHttpApp(engine, {
    connections: project.connections.map(({ id, hooks }) => ({ id, ...hooks })),
    ...{ publicUrl, trustedProxies, peerOf, contractHash, now, log, onHints, trouble, api },
    people,
  });
  const listening = await listen(app, server);
  const outgoing = tellEvents(engine, project, log);
  const close = async (): Promise<void> => {
    api.endStreams();
    await outgoing.close();
    await listening.close();
    await api.close();
    await closeProvider();
  };
  return { url: listening.url, close };
}

/** SIGINT and SIGTERM ask to stop; a second one is the system's again, and ends the program at once. */
function onStop(stop: () => void): () => void {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}

/** The demo is loaded when it is asked for: it brings both twins along. */
async function demo({ isOnce, keeps, isJson, erp, seed }: DemoOptions): Promise<number> {
  const { demoStage, runDemo } = await import("./demo/demo.ts");
  const opens = demoStage(erp, readEnvironment());
  if ("whyNot" in opens) {
    const message = `the demo against a real Tryton is not possible here: ${opens.whyNot}`;
    throw new Refusal(exitCodes.failed, message, { code: "unsupported" });
  }
  const stopping = new AbortController();
  const unsubscribe = onStop(() => stopping.abort());
  const screens = { stdout: process.stdout, stderr: process.stderr };
  const { signal } = stopping;
  const { openStage } = opens;
  try {
    const asked = { isOnce, keeps, isJson, erp, seed: seed ?? 1 };
    return await runDemo({ ...asked, ...screens, openStage, sleep, signal });
  } finally {
    unsubscribe();
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

function versionOf(): string {
  const file = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { readonly version: string }).version;
}

/** The prompts are loaded when somebody is asked. */
async function ask(...asked: Parameters<Ask>): ReturnType<Ask> {
  const { askTerminal } = await import("./cli/ask-terminal.ts");
  return askTerminal(...asked);
}

/** Longest secret that is taken from a pipe, bytes: one more than is kept. */
const secretBytesMax = 65_537;

/** A secret is asked for at a terminal; from a pipe all of it is taken. It never stands in the arguments. */
async function secretInput(asks: string): Promise<string | null> {
  if (process.stdin.isTTY) {
    const { askSecret } = await import("./cli/ask-terminal.ts");
    return askSecret(asks);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= secretBytesMax) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

const deps: CliDeps = {
  connectors,
  environment: readEnvironment(),
  openEngine,
  serve,
  tryWebhook,
  demo,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  sleep,
  onStop,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  secretInput,
  user: userName(),
  version: versionOf(),
};

// Whoever reads our output may stop reading (`crossfoot status | head`): that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  throw error;
});

/**
 * A command that has begun keeps the program alive until it has ended. Pauses do not, and a connection to a
 * store that has gone away does not either: a worker would end without a word when PostgreSQL is restarted.
 */
const awake = setInterval(() => undefined, 2 ** 30);
try {
  process.exitCode = await runCli(process.argv.slice(2), deps);
} finally {
  clearInterval(awake);
}

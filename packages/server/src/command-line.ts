/** The command line of Crossfoot: puts its parts together and runs one command. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Ask } from "./cli/interview-questions.ts";
import type { CliDeps, DemoOptions } from "./cli/deps.ts";
import { runCli } from "./cli/program.ts";
import { exitCodes, Refusal } from "./cli/refusal.ts";
import { connectors, openEngine, rewriteStore, tryWebhook } from "./compose.ts";
import { readEnvironment } from "./config/environment.ts";
import { systemClock } from "./platform/clock.ts";
import { sleep } from "./platform/sleep.ts";

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
  // What only servers need is loaded by them.
  serve: async (...asked) => (await import("./serving.ts")).serve(...asked),
  tryWebhook,
  rewriteStore,
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

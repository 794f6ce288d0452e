import { pino } from "pino";
import type { Log } from "../ports.ts";
import { createConcealer, type Conceal } from "./conceal.ts";

/** Options of {@link createLog}. */
export interface LogOptions {
  /** `error` shows errors only; "info" when left out. */
  readonly level?: "info" | "warn" | "error" | "silent";
  /** `json`: one JSON document per line, for machines. `plain`: one line for people. `json` when left out. */
  readonly format?: "json" | "plain";
  /** Secrets known to the program. None of them, however encoded, leaves in a line. Asked for every line. */
  readonly secrets?: () => Iterable<string>;
  /** Where a line goes, with its line end; standard error when left out. */
  readonly write?: (line: string) => void;
}

type Facts = { readonly [name: string]: unknown };
type Level = "info" | "warn" | "error";

/** Facts whose name says that they are secret, whatever they hold. */
const secretName =
  /pass(word|phrase)|secret|token|credential|authori[sz]ation|cookie|api[_-]?key|private[_-]?key|signature/i;
const hidden = "[secret]";
const depthMax = 6;

function shownError(error: Error): Facts {
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { name: error.name, ...code, message: error.message, stack: error.stack ?? "" };
}

/** A copy without the values of secret facts. Deeper than six levels nothing is shown. */
function redact(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return value;
  if (depth > depthMax) return "[deep]";
  if (value instanceof Error) return shownError(value);
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1));
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => [
    name,
    secretName.test(name) && each !== null && each !== undefined ? hidden : redact(each, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function plainValue(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? "undefined";
}

/** `14:52:03 warn  connection_stopped connection=crm reason="wrong credentials"`, for a terminal. */
function plainLine(at: Date, level: Level, event: { readonly name: string; readonly facts: Facts }): string {
  const time = at.toISOString().slice(11, 19);
  const facts = Object.entries(event.facts).map(([name, value]) => ` ${name}=${plainValue(value)}`);
  return `${time} ${level.padEnd(5)} ${event.name}${facts.join("")}\n`;
}

/**
 * Characters that steer a terminal or part lines for some readers, and that JSON leaves as they are: DEL and
 * C1, line and paragraph separators, and those that turn the direction of what follows.
 */
const steering = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const escaped = (line: string): string =>
  line.replaceAll(steering, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);

function writeToStderr(line: string): void {
  process.stderr.write(line);
}

/**
 * A structured log to standard error. Facts with a secret's name and known secrets are replaced by
 * `[secret]`. Callers never pass values of customers' fields. Never throws for what it is given.
 */
export function createLog(options: LogOptions = {}): Log {
  const { level = "info", format = "json", secrets = () => [], write = writeToStderr } = options;
  const conceal: Conceal = createConcealer(secrets);
  const stream = { write: (line: string): void => write(escaped(conceal(line))) };
  const base = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "event" };
  const formatters = { level: (label: string): { readonly level: string } => ({ level: label }) };
  const logger = pino({ ...base, formatters }, stream);
  const tell = (at: Level, name: string, facts: Facts): void => {
    if (!logger.isLevelEnabled(at)) return;
    const shown = redact(facts, 0) as Facts;
    if (format === "plain") stream.write(plainLine(new Date(), at, { name, facts: shown }));
    else logger[at](shown, name);
  };
  return {
    info: (event, facts = {}) => tell("info", event, facts),
    warn: (event, facts = {}) => tell("warn", event, facts),
    error: (event, facts = {}) => tell("error", event, facts),
  };
}

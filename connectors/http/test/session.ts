import { readFileSync } from "node:fs";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type {
  Connection,
  HttpAnswer,
  HttpRequest,
  NativeWrite,
  Session,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { parse } from "yaml";
import { httpConnector } from "../src/index.ts";
import type { ExternalId, Json, JsonMap } from "../src/wire.ts";

/** What answers a request of a test. */
export type Answering = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** An open connection over an in-memory system, with everything it asked for. */
export interface Opened {
  readonly connection: Connection;
  readonly requests: HttpRequest[];
  readonly tokens: Map<string, string>;
  readonly clock: { now: number };
}

const here = new URL("./", import.meta.url);

/** A parsed YAML file, by its path from this folder. */
export function yamlAt(path: string): JsonMap {
  return parse(readFileSync(new URL(path, here), "utf8")) as JsonMap;
}

/** A stored exchange with a real system. */
export interface Recording {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: { readonly [name: string]: string };
    readonly body?: Json;
    readonly rawBody?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: { readonly [name: string]: string };
    readonly body: Json;
  };
}

/** A recording by its path below `recordings`. */
export function recordingAt(path: string): Recording {
  return JSON.parse(readFileSync(new URL(`recordings/${path}.json`, here), "utf8")) as Recording;
}

/** The answer of a recording, as the session's `http` gives it. Text stands for a body that was no JSON. */
export function answerOf({ response }: Recording): HttpAnswer {
  const headers = Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const body = typeof response.body === "string" ? response.body : JSON.stringify(response.body);
  return { status: response.status, headers: Object.fromEntries(headers) as HttpAnswer["headers"], body };
}

/** A JSON answer. */
export function reply(
  status: number,
  body: Json,
  headers: { readonly [name: string]: string } = {},
): HttpAnswer {
  return { status, headers, body: JSON.stringify(body) };
}

/** An answer that is not what was asked for. */
export function page(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/html" }, body };
}

const secrets: { readonly [name: string]: string } = {
  token: "tok-1",
  key: "key-1",
  apiKey: "api-1",
  hook: "hook-1",
  hookBefore: "hook-0",
  webhook: "demo-webhook-secret-not-a-secret",
  password: "pa:ss",
  clientId: "client 1",
  clientSecret: "sec&ret",
};

/** A session over an answering function. */
export function sessionOf(
  options: JsonMap,
  answering: Answering,
): Omit<Opened, "connection"> & { readonly session: Session } {
  const requests: HttpRequest[] = [];
  const tokens = new Map<string, string>();
  const clock = { now: Date.parse("2026-03-02T09:00:00.000Z") };
  const session: Session = {
    options,
    secret: (name) => {
      const value = secrets[name];
      if (value === undefined) throw new Error(`no secret ${name}`);
      return value;
    },
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    now: () => clock.now,
    http: async (request) => {
      requests.push(request);
      return answering(request);
    },
  };
  return { session, requests, tokens, clock };
}

/** Opens a description over an answering function. */
export async function openWith(
  description: JsonMap,
  answering: Answering,
  more: JsonMap = {},
): Promise<Opened> {
  const { session, ...rest } = sessionOf({ description, ...more }, answering);
  return { connection: await httpConnector.open(session), ...rest };
}

/** The ConnectorError that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectorError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error("expected a rejection, and the call went well");
}

/** A write with the parts that a test cares for. */
export function writeOf(parts: Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">): NativeWrite {
  return {
    key: "k1",
    id: null,
    precondition: null,
    patch: {},
    current: {},
    reference: "cf-1",
    transition: null,
    ...parts,
  };
}

/** `done`, or the failure and code of an outcome. */
export function wordOf(outcome: WriteOutcome | undefined): string {
  if (outcome === undefined) return "none";
  return outcome.kind === "done"
    ? `done ${outcome.id}`
    : `${outcome.failure.failure} ${outcome.failure.code}`;
}

/** A variable as it is written in a template. */
export const variable = (name: string): string => `\${${name}}`;

/** Brands ids. */
export const ids = (...texts: readonly string[]): readonly ExternalId[] => texts as readonly ExternalId[];
/** Brands one id. */
export const id = (text: string): ExternalId => text as ExternalId;

/** Query of a request. */
export const queryOf = (request: HttpRequest | undefined): { readonly [name: string]: string } =>
  request?.query ?? {};
/** Parsed body of a request. */
export const bodyOf = (request: HttpRequest | undefined): Json => JSON.parse(request?.body ?? "null") as Json;

/** All pages of a reading. */
export async function readAll(
  connection: Connection,
  request: {
    readonly entity: string;
    readonly roots?: readonly string[];
    readonly since?: string;
    readonly pageSize?: number;
  },
): Promise<{
  readonly ids: readonly string[];
  readonly unreadable: readonly string[];
  readonly pages: number;
}> {
  const found: string[] = [];
  const unreadable: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const read = await connection.read({
      entity: request.entity,
      roots: request.roots ?? [],
      since: request.since ?? null,
      cursor,
      pageSize: request.pageSize ?? 5,
    });
    found.push(...read.records.map((record) => record.id));
    unreadable.push(...read.unreadable.map((row) => row.failure.code));
    cursor = read.next;
    pages += 1;
  } while (cursor !== null);
  return { ids: found, unreadable, pages };
}

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { YardFields, YardOutcome, YardRecord, YardTable } from "./table.ts";

/** Where a system answers, and how slowly. */
export interface ServeOptions {
  readonly table: YardTable;
  readonly tenant: string;
  /** Time between a request and its effect, ms; read for each call. */
  readonly latencyMs: () => number;
}

/** One system that listens on loopback. */
export interface YardServer {
  readonly url: string;
  /** Requests answered so far. */
  readonly requests: () => number;
  readonly close: () => void;
}

interface Operation {
  readonly method: "create" | "update";
  readonly id?: string;
  readonly ifVersion?: number;
  readonly body: YardFields;
}

interface Asked {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly body: unknown;
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const shown = ({ fields, ...rest }: YardRecord): object => ({ ...rest, ...fields });

const outcomeOf = (outcome: YardOutcome): Answered =>
  "record" in outcome
    ? { status: outcome.status, body: shown(outcome.record) }
    : { status: outcome.status, body: { error: { code: outcome.status === 412 ? "STALE" : "NOT_FOUND" } } };

function batch(table: YardTable, body: { readonly operations: readonly Operation[] }): Answered {
  const results = body.operations.map((operation) =>
    outcomeOf(
      operation.method === "create"
        ? table.create(operation.body)
        : table.update(operation.id ?? "", operation.body, operation.ifVersion ?? null),
    ),
  );
  return { status: 207, body: { results } };
}

function list(table: YardTable, query: URLSearchParams): Answered {
  const ids = query.get("ids");
  if (ids !== null) {
    const rows = ids.split(",").flatMap((id) => table.get(id) ?? []);
    return { status: 200, body: { results: rows.map(shown) } };
  }
  const limit = Number(query.get("limit") ?? "50");
  const page = table.page({ since: query.get("updatedSince"), after: query.get("after"), limit });
  return { status: 200, body: { results: page.rows.map(shown), next: page.next } };
}

function listIds(table: YardTable, query: URLSearchParams): Answered {
  const limit = Number(query.get("limit") ?? "500");
  const page = table.page({ since: null, after: query.get("after"), limit });
  return {
    status: 200,
    body: { results: page.rows.map(({ id, version }) => ({ id, version })), next: page.next },
  };
}

/** `/api/<collection>`, `/api/<collection>/ids|fields|batch|search`, `/api/<collection>/<id>`. */
function answer(options: ServeOptions, asked: Asked): Answered {
  const { table, tenant } = options;
  const { method, query } = asked;
  const [, collection, name] = asked.path;
  if (collection === "tenant") return { status: 200, body: { tenantId: tenant } };
  if (name === "fields") return { status: 200, body: { results: [] } };
  if (name === "ids") return listIds(table, query);
  if (name === "batch") return batch(table, asked.body as { readonly operations: readonly Operation[] });
  if (name === "search") {
    const { reference } = asked.body as { readonly reference: string };
    return { status: 200, body: { results: table.byReference(reference).map(shown) } };
  }
  if (name === undefined && method === "GET") return list(table, query);
  if (name === undefined) return outcomeOf(table.create(asked.body as YardFields));
  if (method === "PATCH") {
    const version = asked.ifMatch === undefined ? null : Number(asked.ifMatch.replaceAll('"', ""));
    return outcomeOf(table.update(name, asked.body as YardFields, version));
  }
  const found = table.get(name);
  return found === undefined ? { status: 404, body: {} } : { status: 200, body: shown(found) };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function respond(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const ms = options.latencyMs();
  if (ms > 0) await wait(ms);
  const [path = "", query = ""] = (request.url ?? "/").split("?");
  const ifMatch = request.headers["if-match"];
  const asked: Asked = {
    method: request.method ?? "GET",
    path: path.split("/").slice(1).map(decodeURIComponent),
    query: new URLSearchParams(query),
    ifMatch,
    body,
  };
  const answered = answer(options, asked);
  const text = JSON.stringify(answered.body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(answered.status, headers).end(text);
}

/** Serves one system on a free port of loopback. */
export async function serveYard(options: ServeOptions): Promise<YardServer> {
  let requests = 0;
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    requests += 1;
    respond(options, request, response).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.message : "unknown");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, requests: () => requests, close };
}

/**
 * The limit: the requests that the engine has to send, sent by a client that does nothing else. It keeps its
 * connections, knows every body beforehand, decides nothing, stores nothing.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { crmAccount, erpAccount } from "./yard/records.ts";
import type { YardPlace } from "./yard/talk.ts";

const pageSize = 200;
const batchSize = 100;

/** How the writes go out: so many records a call, so many calls at one time. */
export interface Width {
  readonly perCall: 1 | 100;
  readonly wide: number;
}

/** The two ways of sending that DESIGN.md section 12 compares with. */
export const batches: Width = { perCall: batchSize, wide: 16 };
/** One record a call. */
export const singles: Width = { perCall: 1, wide: 128 };

interface Sent {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly body?: unknown;
}

async function send(pool: Pool, request: Sent): Promise<unknown> {
  const { method, path, body } = request;
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const text = body === undefined ? null : JSON.stringify(body);
  const answer = await pool.request({ method, path, headers, body: text });
  const told: unknown = await answer.body.json();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}`);
  return told;
}

async function sendAll(pool: Pool, requests: readonly Sent[], wide: number): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      const request = requests[at];
      if (request !== undefined) await send(pool, request);
    }
  };
  await Promise.all(Array.from({ length: wide }, lane));
}

function pages(records: number, since: string | null): readonly Sent[] {
  const count = Math.max(Math.ceil(records / pageSize), 1);
  const stamp = since === null ? "" : `&updatedSince=${encodeURIComponent(since)}`;
  return Array.from({ length: count }, (_, at) => ({
    method: "GET",
    path: `/api/accounts?limit=${pageSize}&after=${at * pageSize}${stamp}`,
  }));
}

interface Write {
  readonly id: string | null;
  readonly body: { readonly [field: string]: string | null };
}

function writes(list: readonly Write[], { perCall }: Width): readonly Sent[] {
  if (perCall === 1) {
    return list.map(({ id, body }) =>
      id === null
        ? { method: "POST", path: "/api/accounts", body }
        : { method: "PATCH", path: `/api/accounts/${id}`, body },
    );
  }
  const sent: Sent[] = [];
  for (let from = 0; from < list.length; from += perCall) {
    const operations = list
      .slice(from, from + perCall)
      .map(({ id, body }) => (id === null ? { method: "create", body } : { method: "update", id, body }));
    sent.push({ method: "POST", path: "/api/accounts/batch", body: { operations } });
  }
  return sent;
}

async function withPools<T>(
  place: YardPlace,
  at: { readonly wide: number },
  work: (crm: Pool, erp: Pool) => Promise<T>,
): Promise<T> {
  const crm = new Pool(place.crm, { connections: at.wide });
  const erp = new Pool(place.erp, { connections: at.wide });
  try {
    return await work(crm, erp);
  } finally {
    await crm.close();
    await erp.close();
  }
}

/** Reads every account of the CRM and writes each to the ERP, which is empty. */
export function bareLoad(place: YardPlace, records: number, width: Width): Promise<void> {
  const list = Array.from({ length: records }, (_, at) => ({
    id: null,
    body: { ...erpAccount(crmAccount(at)), externalRef: `CF-${String(at).padStart(16, "0")}` },
  }));
  const requests = { reads: pages(records, null), empty: pages(0, null), writes: writes(list, width) };
  return withPools(place, width, async (crm, erp) => {
    await sendAll(crm, requests.reads, 16);
    await sendAll(erp, requests.empty, 1);
    await sendAll(erp, requests.writes, width.wide);
  });
}

/** Reads the accounts that changed and writes each change to the ERP. */
export function bareChanges(
  place: YardPlace,
  change: { readonly count: number; readonly mark: string; readonly since: string },
  width: Width,
): Promise<void> {
  const { count, mark, since } = change;
  const list = Array.from({ length: count }, (_, at) => ({
    id: `erp-${at + 1}`,
    body: { telephone: `${mark} ${at}` },
  }));
  const requests = { reads: pages(count, since), writes: writes(list, width) };
  return withPools(place, width, async (crm, erp) => {
    await sendAll(crm, requests.reads, 16);
    await sendAll(erp, pages(0, since), 1);
    await sendAll(erp, requests.writes, width.wide);
  });
}

/** A webhook receiver that reads the record it is told of and writes its phone to the ERP at once. */
export async function bareReceiver(
  place: YardPlace,
): Promise<{ readonly hook: string; close(): Promise<void> }> {
  const crm = new Pool(place.crm, { connections: 4 });
  const erp = new Pool(place.erp, { connections: 4 });
  const follow = async (id: string): Promise<void> => {
    const record = (await send(crm, { method: "GET", path: `/api/accounts?ids=${id}` })) as {
      readonly results: readonly { readonly phone: string }[];
    };
    const body = { telephone: record.results[0]?.phone ?? null };
    await send(erp, { method: "PATCH", path: `/api/accounts/${id.replace("crm", "erp")}`, body });
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.end("{}");
      const { id } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { readonly id: string };
      follow(id).catch(() => undefined);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await crm.close();
    await erp.close();
  };
  return { hook: `http://127.0.0.1:${port}/hooks/crm`, close };
}

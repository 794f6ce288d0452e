import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Any JSON value, as the small systems of this test hold it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** A JSON map. */
export type JsonMap = { readonly [key: string]: Json };

/** A request as a system sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** Parsed; null when there is none, a text where it is no JSON. */
  readonly body: Json;
  /** Our clock when it came in, ms. */
  readonly at: number;
}

/** An answer. A body that is text goes as HTML, anything else as JSON. */
export interface Told {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: Json;
}

/** What goes wrong with a request, once for each of `times`. */
interface Fault {
  readonly matches: (asked: Asked) => boolean;
  readonly times?: number;
  /** Runs before the system looks at the request. */
  readonly before?: (asked: Asked) => void;
  /** Answers instead of the system. */
  readonly instead?: (asked: Asked) => Told;
  /** Changes what the system answers. */
  readonly alters?: (told: Told, asked: Asked) => Told;
  /** The system does its work, and no answer leaves: `hold` stays silent, `cut` ends the connection. */
  readonly loses?: "hold" | "cut";
}

/** A fault that is planted, with what it met. */
interface Planted {
  readonly met: readonly Asked[];
  /** Takes it away, whether it fired or not. */
  readonly lift: () => void;
}

/** A small system over HTTP, with everything that was asked of it. */
export interface Wire {
  readonly url: string;
  readonly asked: readonly Asked[];
  plant(fault: Fault): Planted;
  close(): Promise<void>;
}

interface Plot {
  readonly fault: Fault;
  readonly met: Asked[];
}

/** Serves a system on a free port of the loopback. */
export async function serveSystem(answer: (asked: Asked) => Told): Promise<Wire> {
  const asked: Asked[] = [];
  const plots: Plot[] = [];
  const server: Server = createServer((request, response) => {
    readAsked(request).then(
      (one) => {
        asked.push(one);
        react({ one, answer, plots }, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    plant: (fault) => {
      const plot: Plot = { fault, met: [] };
      plots.push(plot);
      return { met: plot.met, lift: () => void plots.splice(plots.indexOf(plot), 1) };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", "http://system.invalid");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: parsed(text),
    at: Date.now(),
  };
}

function parsed(text: string): Json {
  if (text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

interface Turn {
  readonly one: Asked;
  readonly answer: (asked: Asked) => Told;
  readonly plots: readonly Plot[];
}

function react({ one, answer, plots }: Turn, response: ServerResponse): void {
  const plot = plots.find(({ fault, met }) => met.length < (fault.times ?? 1) && fault.matches(one));
  plot?.met.push(one);
  const fault = plot?.fault;
  fault?.before?.(one);
  const plain = fault?.instead === undefined ? answer(one) : fault.instead(one);
  const told = fault?.alters === undefined ? plain : fault.alters(plain, one);
  if (fault?.loses === "hold") return;
  if (fault?.loses === "cut") {
    response.socket?.destroy();
    return;
  }
  const isHtml = typeof told.body === "string";
  response.writeHead(told.status, {
    "content-type": isHtml ? "text/html" : "application/json",
    ...told.headers,
  });
  response.end(isHtml ? told.body : JSON.stringify(told.body));
}

/** True for a JSON map. */
export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as a map; an empty one when it is none. */
export const mapOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});

/** The value as a list; an empty one when it is none. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/** The value as text; empty when it is no text and no number. */
export const textOf = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/**
 * A server that answers JSON-RPC as Odoo 17 did in its recordings: envelopes, exceptions, values, and what
 * its methods do to its rows. It shares no code with the connector, and keeps everything in memory.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { computed } from "./computed.ts";
import { Database } from "./database.ts";
import { carryOutCall } from "./methods.ts";
import { accessDenied, Refusal, userError } from "./refusal.ts";
import { idOf, isList, isMap, numberIn, textIn } from "./values.ts";
import type { Json, Values } from "./values.ts";

/** A server, its database, and its address once it listens. */
export interface Odoo17 {
  readonly db: Database;
  /** Answers a body as the page `/jsonrpc` does. */
  readonly answer: (body: string) => { readonly status: number; readonly body: string };
  /** Carries out a call in the process itself, as a user. */
  readonly call: (user: number, called: Parameters<typeof carryOutCall>[1], context?: Values) => Json;
  readonly listen: () => Promise<{ readonly url: string; readonly close: () => Promise<void> }>;
}

/** Who may log in, each with a key. */
export interface Setup {
  readonly database: string;
  readonly keys: { readonly [login: string]: string };
  /** ms since 1970. */
  readonly clock: () => number;
}

const version = {
  server_version: "17.0",
  server_version_info: [17, 0, 0, "final", 0, ""],
  server_serie: "17.0",
  protocol_version: 1,
};

/** Wire names that are no words of ours. */
const failed = (refusal: Refusal): Values =>
  Object.fromEntries<Json>([
    ["code", 200],
    ["message", "Odoo Server Error"],
    [
      "data",
      {
        name: refusal.kind,
        debug: "<traceback trimmed>",
        message: refusal.message,
        arguments: [refusal.message],
        context: {},
      },
    ],
  ]);

/** Opens a server on an empty database. */
export function openOdoo17(setup: Setup): Odoo17 {
  const db = new Database(computed);
  const call: Odoo17["call"] = (user, called, context = {}) => {
    const company = numberIn(db.find("res.users", user), "company_id");
    return db.transact({ user, company, context, at: setup.clock() }, (tx) =>
      carryOutCall({ db, tx }, called),
    );
  };
  const answerTo = (params: Values): Json => {
    const args = isList(params["args"]) ? params["args"] : [];
    const isCommon = params["service"] === "common";
    if (isCommon && params["method"] === "version") return version;
    if (isCommon) return userOf(db, setup, args);
    refuseStranger(db, setup, args);
    const [, user, , model, method, places, given] = args;
    const { context, ...named } = isMap(given) ? given : {};
    const called = {
      model: typeof model === "string" ? model : "",
      method: typeof method === "string" ? method : "",
      places: isList(places) ? places : [],
      named,
    };
    return call(Number(user), called, isMap(context) ? context : {});
  };
  const answer: Odoo17["answer"] = (body) => {
    let asked: Values;
    try {
      asked = JSON.parse(body) as Values;
    } catch {
      return { status: 400, body: "Invalid JSON data" };
    }
    const head = { jsonrpc: "2.0", id: asked["id"] ?? null };
    try {
      const result = answerTo(isMap(asked["params"]) ? asked["params"] : {});
      return { status: 200, body: JSON.stringify(result === null ? head : { ...head, result }) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: 200, body: JSON.stringify({ ...head, error: failed(error) }) };
    }
  };
  return { db, answer, call, listen: () => listen(answer) };
}

/** `authenticate`: the user's id, or `false`, which is no exception. */
function userOf(db: Database, { keys, database }: Setup, args: readonly Json[]): Json {
  const [asked, login, key] = args.map(String);
  if (asked !== database) throw unknownDatabase(asked ?? "");
  const user = db.rows("res.users").find((row) => row["login"] === login);
  return user !== undefined && keys[login ?? ""] === key ? idOf(user) : false;
}

function refuseStranger(db: Database, { keys, database }: Setup, args: readonly Json[]): void {
  const [asked, user, key] = args;
  if (asked !== database) throw unknownDatabase(typeof asked === "string" ? asked : "");
  const login = textIn(db.find("res.users", user), "login");
  if (login === "" || keys[login] !== key) throw accessDenied();
  if (typeof args[3] !== "string") throw userError("Object undefined doesn't exist");
}

const unknownDatabase = (name: string): Refusal =>
  new Refusal(
    "psycopg2.OperationalError",
    'connection to server at "db.example.test", port 5432 failed: FATAL:  ' +
      `database "${name}" does not exist\n`,
  );

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function listen(answer: Odoo17["answer"]): ReturnType<Odoo17["listen"]> {
  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    // Version 17 has neither `/json/2` nor `/web/version`.
    if (incoming.url !== "/jsonrpc" || incoming.method !== "POST") {
      outgoing.writeHead(404, { "content-type": "text/html; charset=utf-8" }).end("<html>Not Found</html>");
      return;
    }
    const answered = answer(body);
    const kind = answered.status === 200 ? "application/json" : "text/html";
    outgoing.writeHead(answered.status, { "content-type": `${kind}; charset=utf-8` }).end(answered.body);
  };
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch((error: unknown) => {
      console.error(error);
      outgoing.writeHead(500).end();
    });
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

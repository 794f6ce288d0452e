import type { Session } from "@crossfoot/connector-sdk";
import { failureOfException, failureOfStatus, unreadable } from "./failures.ts";
import { isMap, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Options } from "./options.ts";
import { methodsByPlace } from "./rpc-places.ts";

/** One call of a method of a model. */
export interface Call {
  readonly model: string;
  readonly method: string;
  /** Records it is called on; left out for a method of the model itself. */
  readonly ids?: readonly number[];
  /** Arguments by their name in Odoo. */
  readonly args?: JsonMap;
  readonly context?: JsonMap;
  /** True when a lost answer leaves the effect unknown. */
  readonly isWrite?: boolean;
}

/** A value that was answered, and the server's clock at that moment (ms since 1970), where it said so. */
export interface Answered {
  readonly value: Json;
  readonly at: number | null;
}

/** Who calls, over which of the two protocols. */
export interface Caller {
  readonly protocol: "json2" | "jsonrpc";
  /** Id of the user; 0 over JSON-2, where the key alone tells. */
  readonly user: number;
}

interface Post {
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: JsonMap;
  readonly isWrite: boolean;
}

/** Sends one call in the form of its protocol, and brings both kinds of answer to one form. */
export async function callOver(
  session: Session,
  { options, caller }: { readonly options: Options; readonly caller: Caller },
  call: Call,
): Promise<Answered> {
  const key = session.secret(options.key);
  if (caller.protocol === "json2") return answer(session, bearerPost(options, key, call));
  const { ids, args = {}, context = {} } = call;
  const order = methodsByPlace[call.method] ?? [];
  const placed = order.flatMap((name) => (args[name] === undefined ? [] : [args[name]]));
  const named = Object.fromEntries(Object.entries(args).filter(([name]) => !order.includes(name)));
  const places: readonly Json[] = [...(ids === undefined ? [] : [[...ids]]), ...placed];
  const { database } = options;
  const parameters = [database, caller.user, key, call.model, call.method, places, { ...named, context }];
  return callRpc(session, {
    part: "object",
    method: "execute_kw",
    args: parameters,
    isWrite: call.isWrite === true,
  });
}

function bearerPost(options: Options, key: string, call: Call): Post {
  const { ids, args = {}, context = {} } = call;
  return {
    path: `/json/2/${call.model}/${call.method}`,
    headers: { authorization: `bearer ${key}`, "x-odoo-database": options.database },
    body: { ...args, ...(ids === undefined ? {} : { ids: [...ids] }), context },
    isWrite: call.isWrite === true,
  };
}

/** A call of JSON-RPC: `common` needs no login, `object` is a method of a model. */
export async function callRpc(
  session: Session,
  call: {
    readonly part: "common" | "object";
    readonly method: string;
    readonly args: readonly Json[];
    readonly isWrite: boolean;
  },
): Promise<Answered> {
  const { part, method, args, isWrite } = call;
  const params = Object.fromEntries([
    ["service", part],
    ["method", method],
    ["args", args],
  ]) as JsonMap;
  const body = { jsonrpc: "2.0", method: "call", id: 1, params };
  return answer(session, { path: "/jsonrpc", headers: {}, body, isWrite });
}

/** The version as version 19 and later tell it without a login; undefined where there is no such page. */
export async function askVersion(session: Session): Promise<string | undefined> {
  const { status, body } = await session.http({ method: "GET", path: "/web/version", isWrite: false });
  const said = status === 200 ? parsed(body) : undefined;
  return (isMap(said) ? text(said, "version") : null) ?? undefined;
}

async function answer(session: Session, { path, headers, body, isWrite }: Post): Promise<Answered> {
  const given = await session.http({
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    isWrite,
  });
  const failed = { isWrite, status: given.status, now: session.now(), headers: given.headers };
  const said = parsed(given.body);
  const isRpc = path === "/jsonrpc";
  if (given.status !== 200) throw failureOfException(said ?? null, failed) ?? failureOfStatus(failed);
  if (said === undefined) throw unreadable(failed);
  const at = clockOf(given.headers["date"]);
  if (!isRpc) return { value: said, at };
  if (!isMap(said)) throw unreadable(failed);
  const error = said["error"];
  if (error !== undefined) {
    // The number in it is 200 in version 17 and 0 in 19: only the name tells.
    const about = isMap(error) ? (error["data"] ?? null) : null;
    throw failureOfException(about, failed) ?? unreadable(failed);
  }
  // A method without a value is answered without a result.
  if (said["jsonrpc"] !== "2.0") throw unreadable(failed);
  return { value: said["result"] ?? null, at };
}

function parsed(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

function clockOf(date: string | undefined): number | null {
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? null : at;
}

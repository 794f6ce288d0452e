import { ConnectorError, wrongOption } from "@crossfoot/connector-sdk";
import type { HttpAnswer, Session } from "@crossfoot/connector-sdk";
import { failureOfError, failureOfStatus } from "./failures.ts";
import { isList, isMap } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Options } from "./options.ts";
import { decode } from "./wire.ts";

/** How a method is called, beside its arguments. */
interface CallHow {
  /** Added to the user's own context. */
  readonly context?: JsonMap;
  /** True when a lost answer leaves the effect unknown. */
  readonly isWrite?: boolean;
}

/** What a search asks for. */
export interface Search {
  readonly model: string;
  readonly domain: readonly Json[];
  readonly fields: readonly string[];
  readonly limit?: number;
  readonly context?: JsonMap;
}

/** Tryton's JSON-RPC over the runtime's `http`, in one database, as one user. Answers come in plain JSON. */
export interface Rpc {
  readonly options: Options;
  readonly session: Session;
  /** The user's own context: company, language, groups. */
  readonly context: () => Promise<JsonMap>;
  /** Calls `<model>.<method>`; the context goes last, as Tryton demands. */
  readonly call: (method: string, parameters: readonly Json[], how?: CallHow) => Promise<Json>;
  /** Calls `<wizard>.create`, `.execute` or `.delete`, as `call` does a method. */
  readonly wizard: Rpc["call"];
  /** Rows in the order of their ids, inactive ones included. */
  readonly search: (search: Search) => Promise<readonly Row[]>;
  /** Calls a method without database or user, such as `common.server.version`. */
  readonly common: (method: string) => Promise<Json>;
}

/** Key of a row that could not be read; no field of Tryton has such a name. */
export const brokenMark = "!unreadable";

/** Names of what is kept in the session's token store. */
export const tokens = { session: "session", context: "context", facts: "facts" } as const;

/** Largest number of rows that one search answers, when no smaller limit is asked for. */
const rowsMax = 10_000;

interface Post {
  readonly method: string;
  readonly parameters: readonly Json[];
  readonly authorization: string | null;
  readonly isWrite: boolean;
  readonly isLogin: boolean;
}

/** Opens no connection yet: the first call logs in when the session has no key. */
export function createRpc(session: Session, options: Options): Rpc {
  const callIn =
    (room: "model" | "wizard"): Rpc["call"] =>
    async (method, parameters, how = {}) => {
      const { authorization, context } = await openSession(session, options);
      const sent = [...parameters, { ...context, ...how.context }];
      const isWrite = how.isWrite === true;
      return post(session, options, {
        method: `${room}.${method}`,
        parameters: sent,
        authorization,
        isWrite,
        isLogin: false,
      });
    };
  const call = callIn("model");
  return {
    options,
    session,
    wizard: callIn("wizard"),
    context: async () => (await openSession(session, options)).context,
    call,
    async search({ model, domain, fields, limit = rowsMax, context = {} }) {
      const parameters: readonly Json[] = [domain, 0, limit, [["id", "ASC"]], fields];
      const rows = await call(`${model}.search_read`, parameters, {
        context: { active_test: false, ...context },
      });
      return rowsOf(rows);
    },
    async common(method) {
      const asked = { method, parameters: [], authorization: null, isWrite: false, isLogin: false };
      return post(session, { ...options, database: "" }, asked);
    },
  };
}

function rowsOf(rows: Json): readonly Row[] {
  if (isList(rows) && rows.every(isMap)) return rows;
  throw unreadable(false, 200);
}

const unreadable = (isWrite: boolean, status: number): ConnectorError =>
  new ConnectorError({
    failure: isWrite ? "in_doubt" : "transient",
    code: "answer_unreadable",
    message: "the answer is no JSON-RPC of Tryton; something else may stand at this address",
    status,
  });

async function openSession(
  session: Session,
  options: Options,
): Promise<{ authorization: string; context: JsonMap }> {
  const kept = session.token.load(tokens.session);
  const keptContext = session.token.load(tokens.context);
  if (kept !== undefined && kept !== "" && keptContext !== undefined && keptContext !== "") {
    return { authorization: kept, context: JSON.parse(keptContext) as JsonMap };
  }
  const authorization = await login(session, options);
  const context = await loadContext(session, options, authorization);
  session.token.store(tokens.session, authorization);
  session.token.store(tokens.context, JSON.stringify(context));
  return { authorization, context };
}

/** One login per session: Tryton slows down and then blocks a login name after wrong passwords. */
async function login(session: Session, options: Options): Promise<string> {
  const parameters: readonly Json[] = [options.user, { password: session.secret(options.password) }, "en"];
  const asked = { method: "common.db.login", parameters, authorization: null, isWrite: false, isLogin: true };
  const answer = await post(session, options, asked);
  const [userId, key] = isList(answer) ? answer : [];
  if (typeof userId !== "number" || typeof key !== "string")
    throw failureOfStatus(401, { ...asked, now: session.now(), headers: {} });
  const credentials = Buffer.from(`${options.user}:${userId}:${key}`, "utf8").toString("base64");
  return `Session ${credentials}`;
}

/** The user's own context (company, language, groups). Without it per-company fields answer null. */
async function loadContext(session: Session, options: Options, authorization: string): Promise<JsonMap> {
  const ask = async (method: string, parameters: readonly Json[]): Promise<Json> =>
    post(session, options, { method, parameters, authorization, isWrite: false, isLogin: false });
  const preferences = await ask("model.res.user.get_preferences", [true, {}]);
  const context: JsonMap = isMap(preferences) ? { ...preferences, language: "en" } : { language: "en" };
  if (options.company === null) return context;
  const named: Json = ["OR", ["party.name", "=", options.company], ["party.code", "=", options.company]];
  const found = await ask("model.company.company.search", [named, 0, 2, null, context]);
  const [company, second] = isList(found) ? found : [];
  if (typeof company === "number" && second === undefined) return { ...context, company };
  const message = "the option company names no company of this user, or more than one";
  throw wrongOption("company", message);
}

async function post(session: Session, options: Options, asked: Post): Promise<Json> {
  const answer = await session.http({
    method: "POST",
    path: options.database === "" ? "/" : `/${options.database}/`,
    headers: {
      "content-type": "application/json",
      ...(asked.authorization === null ? {} : { authorization: asked.authorization }),
    },
    // Exactly these three keys, or Tryton changes the form of its errors.
    body: JSON.stringify({ id: 1, method: asked.method, params: asked.parameters }),
    isWrite: asked.isWrite,
  });
  return read(session, asked, answer);
}

function read(session: Session, asked: Post, answer: HttpAnswer): Json {
  if (answer.status !== 200) {
    if (answer.status === 401) for (const name of Object.values(tokens)) session.token.store(name, "");
    throw failureOfStatus(answer.status, { ...asked, now: session.now(), headers: answer.headers });
  }
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    throw unreadable(asked.isWrite, answer.status);
  }
  const map = body as Json;
  if (!isMap(map)) throw unreadable(asked.isWrite, answer.status);
  if (map["error"] !== undefined) throw failureOfError(map["error"], asked.isWrite);
  if (map["result"] === undefined) throw unreadable(asked.isWrite, answer.status);
  try {
    return isList(map["result"]) ? map["result"].map(decodeRow) : decode(map["result"]);
  } catch {
    throw unreadable(asked.isWrite, answer.status);
  }
}

/** One row in a form nobody knows does not take its page along: it comes back with its id and a mark. */
function decodeRow(row: Json): Json {
  try {
    return decode(row);
  } catch (error) {
    if (isMap(row) && typeof row["id"] === "number") return { id: row["id"], [brokenMark]: true };
    throw error;
  }
}

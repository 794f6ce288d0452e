import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Session } from "@crossfoot/connector-sdk";
import { companyOf } from "./company.ts";
import { unreadable } from "./failures.ts";
import { isList, isMap, odooId, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Options } from "./options.ts";
import { askVersion, callOver, callRpc } from "./wire.ts";
import type { Answered, Call, Caller } from "./wire.ts";

/** What a search asks for. */
export interface Search {
  readonly model: string;
  readonly domain: readonly Json[];
  readonly fields: readonly string[];
  /** Most rows that are wanted; all of them without. */
  readonly limit?: number;
  readonly context?: JsonMap;
}

/** Rows that were found, and the server's clock (ms since 1970), where it said so. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly at: number | null;
}

/** Odoo over the runtime's `http`: one database, one user, one company, either protocol. */
export interface Odoo {
  readonly options: Options;
  readonly session: Session;
  /** Who calls, in which company, on which version; found out at the first call. */
  readonly open: () => Promise<Login>;
  /** Calls a method in the connection's company and language. */
  readonly call: (call: Call) => Promise<Json>;
  /** Rows in the order of their ids, archived ones included. */
  readonly search: (search: Search) => Promise<readonly Row[]>;
  readonly searchAt: (search: Search) => Promise<Rows>;
  /** Rows by id; Odoo leaves out those that are gone, and refuses all when one is hidden. */
  readonly read: (
    model: string,
    ids: readonly number[],
    fields: readonly string[],
  ) => Promise<readonly Row[]>;
}

/** What the first calls found out. */
export interface Login extends Caller {
  /** Major version, such as 17 or 19. */
  readonly version: number;
  readonly versionText: string;
  readonly userId: number;
  readonly company: number;
  /** All companies that the user may work in. */
  readonly companies: readonly number[];
}

/** Names of what is kept in the session's token store. */
export const tokens = { login: "login", facts: "facts" } as const;

/** Rows that one call answers where all are wanted. */
const rowsAtOnce = 5000;
/** Ids in one `read`. */
const idsAtOnce = 1000;

/** How a connection comes to its company: `own` takes the user's, for calls that are about none. */
interface Opening {
  readonly company: "one" | "own";
}

/** Opens no connection yet: the first call finds out version, user and company. */
export function createOdoo(session: Session, options: Options, opening: Opening = { company: "one" }): Odoo {
  const open = async (): Promise<Login> => openLogin(session, options, opening);
  const callAt = async (call: Call): Promise<Answered> => {
    const login = await open();
    const context = { ...contextOf(options, login.company), ...call.context };
    return guarded(session, callOver(session, { options, caller: login }, { ...call, context }));
  };
  const searchAt: Odoo["searchAt"] = async ({ model, domain, fields, limit = rowsAtOnce, context }) => {
    const args = { domain, fields, limit, order: "id asc" };
    const answered = await callAt({
      ...{ model, method: "search_read", args },
      context: { active_test: false, ...context },
    });
    return { rows: rowsOf(answered.value), at: answered.at };
  };
  return {
    options,
    session,
    open,
    call: async (call) => (await callAt(call)).value,
    searchAt,
    search: async (search) =>
      search.limit === undefined ? searchAll(searchAt, search) : (await searchAt(search)).rows,
    read: async (model, ids, fields) => {
      const found: Row[] = [];
      for (let at = 0; at < ids.length; at += idsAtOnce) {
        const some = ids.slice(at, at + idsAtOnce);
        const context = { active_test: false };
        const answered = await callAt({ model, method: "read", ids: some, args: { fields }, context });
        found.push(...rowsOf(answered.value));
      }
      return found;
    },
  };
}

/** Every row of a search, page by page: a list that ends at a limit would be taken for the whole. */
async function searchAll(searchAt: Odoo["searchAt"], search: Search): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let after = 0; ;) {
    const domain: readonly Json[] = [["id", ">", after], ...search.domain];
    const { rows } = await searchAt({ ...search, domain: after === 0 ? search.domain : domain });
    found.push(...rows);
    const last = odooId(rows.at(-1)?.["id"]);
    if (rows.length < rowsAtOnce || last === undefined) return found;
    after = last;
  }
}

/** What goes with every call. A context without the company shows records of others, or none. */
const contextOf = (options: Options, company: number): JsonMap => ({
  lang: options.language,
  allowed_company_ids: [company],
});

function rowsOf(rows: Json): readonly Row[] {
  if (isList(rows) && rows.every(isMap)) return rows;
  throw unreadable({ isWrite: false, status: 200 });
}

/** A key that is refused is asked about anew: what was found out with it does not hold any more. */
async function guarded(session: Session, answered: Promise<Answered>): Promise<Answered> {
  try {
    return await answered;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unauthorised")
      for (const name of Object.values(tokens)) session.token.store(name, "");
    throw error;
  }
}

async function openLogin(session: Session, options: Options, opening: Opening): Promise<Login> {
  const kept = session.token.load(tokens.login);
  if (kept !== undefined && kept !== "") return JSON.parse(kept) as Login;
  const { version, versionText } = await versionOf(session, options);
  const hasJson2 = version >= 19 && options.protocol !== "jsonrpc";
  const protocol = hasJson2 || options.protocol === "json2" ? "json2" : "jsonrpc";
  const userId =
    protocol === "json2" ? await userByKey(session, options) : await userByLogin(session, options);
  const caller: Caller = { protocol, user: userId };
  const ask = async (call: Call): Promise<readonly Row[]> =>
    rowsOf((await callOver(session, { options, caller }, call)).value);
  const { company, companies } = await companyOf(ask, { options, user: userId, ...opening });
  const login: Login = { ...caller, version, versionText, userId, company, companies };
  session.token.store(tokens.login, JSON.stringify(login));
  return login;
}

/** The server's version: from the options, or as it says without a login. */
async function versionOf(
  session: Session,
  options: Options,
): Promise<{ readonly version: number; readonly versionText: string }> {
  if (options.version !== null) return { version: options.version, versionText: `${options.version}.0` };
  const versionText = (await askVersion(session)) ?? (await versionByRpc(session));
  // Hosted databases are numbered `saas~18.2`.
  const version = Number(/\d+/.exec(versionText ?? "")?.[0] ?? Number.NaN);
  if (versionText !== null && version >= 17) return { version, versionText };
  throw new ConnectorError({
    failure: "unsupported",
    code: "version_unknown",
    message: "Odoo 17 or later is expected at this address; the option version may name it",
  });
}

/** The version as 17 and 18 tell it; JSON-RPC is to go, so it is asked last. */
async function versionByRpc(session: Session): Promise<string | null> {
  const call = { part: "common", method: "version", args: [], isWrite: false } as const;
  const { value } = await callRpc(session, call);
  return isMap(value) ? text(value, "server_version") : null;
}

/** JSON-2 knows the user by the key. */
async function userByKey(session: Session, options: Options): Promise<number> {
  const caller = { protocol: "json2", user: 0 } as const;
  const call = { model: "res.users", method: "context_get" };
  const { value } = await callOver(session, { options, caller }, call);
  const id = isMap(value) ? odooId(value["uid"]) : undefined;
  if (id !== undefined) return id;
  throw unreadable({ isWrite: false, status: 200 });
}

/** JSON-RPC answers `false`, and no error, when login or key is wrong. */
async function userByLogin(session: Session, options: Options): Promise<number> {
  const args = [options.database, options.user, session.secret(options.key), {}];
  const { value } = await callRpc(session, {
    part: "common",
    method: "authenticate",
    args,
    isWrite: false,
  });
  const id = odooId(value);
  if (id !== undefined) return id;
  const message = "Odoo refuses this login or API key; it is not tried again by itself";
  throw new ConnectorError({ failure: "unauthorised", code: "wrong_credentials", message, status: 200 });
}

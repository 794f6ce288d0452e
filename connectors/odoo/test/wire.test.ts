import type { Session } from "@crossfoot/connector-sdk";
import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { createOdoo } from "../src/odoo.ts";
import { readOptions } from "../src/options.ts";
import { callOver } from "../src/wire.ts";
import type { Call } from "../src/wire.ts";
import { fakeOdoo } from "./fake-odoo.ts";
import type { FakeOdoo, Reply } from "./fake-odoo.ts";
import { bodyOf, recorded } from "./recorded.ts";
import type { Exchange } from "./recorded.ts";

type Json = NonNullable<Call["args"]>[string];
type Body = { readonly [name: string]: Json };

const options = readOptions({ database: "cf", user: "crossfoot", key: "k" });
const places: { readonly [method: string]: readonly string[] } = {
  create: ["vals_list"],
  search_read: ["domain"],
  search_count: ["domain"],
};

/** What a recorded request asks, in the form of a call of ours; undefined for one that is no such call. */
function askedIn({ request: { path, body } }: Exchange, isWrite: boolean): Call | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const [, , , model, method] = path.split("/");
  if (model !== undefined && method !== undefined) {
    const { ids, context, ...args } = body as Body;
    return callFrom({ model, method, ids, context, args, isWrite });
  }
  const { params } = body as {
    readonly params?: { readonly service: string; readonly args: readonly Json[] };
  };
  if (params?.service !== "object") return undefined;
  const [, , , named, name, given, more = {}] = params.args as [
    ...[Json, Json, Json, string, string],
    readonly Json[],
    Body?,
  ];
  const { context, ...args } = more;
  const ofModel = places[name];
  const names = ofModel ?? { read: ["fields"], write: ["vals"], onchange: onchangePlaces }[name] ?? [];
  const [ids, rest] = ofModel === undefined ? [given[0], given.slice(1)] : [undefined, given];
  const placed = Object.fromEntries(rest.map((value, at) => [names[at] ?? "?", value]));
  return callFrom({
    model: named,
    method: name,
    ids,
    context,
    args: { ...placed, ...args },
    isWrite,
  });
}

const onchangePlaces = ["values", "field_names", "fields_spec"];

function callFrom(from: {
  readonly model: string;
  readonly method: string;
  readonly ids: Json | undefined;
  readonly context: Json | undefined;
  readonly args: Body;
  readonly isWrite: boolean;
}): Call {
  const { ids, context, ...rest } = from;
  return {
    ...rest,
    ...(ids === undefined ? {} : { ids: ids as readonly number[] }),
    ...(context === undefined ? {} : { context: context as Body }),
  };
}

/** A session that answers one recorded exchange, and keeps what was sent. */
function playing(exchange: Exchange): { readonly session: Session; readonly sent: { body?: Body } } {
  const sent: { body?: Body } = {};
  const session = {
    ...fakeOdoo(() => undefined),
    http: async ({ body = "" }: { readonly body?: string }) => {
      sent.body = JSON.parse(body) as Body;
      return { status: exchange.response.status, headers: {}, body: bodyOf(exchange) };
    },
  };
  return { session, sent };
}

/** What each exchange comes to when it is played: the failure it means, or nothing. */
async function outcomes(version: "v17" | "v19"): Promise<{ readonly [title: string]: string }> {
  const found: Record<string, string> = {};
  for (const exchange of recorded(version)) {
    const { session, sent } = playing(exchange);
    const isRpc = exchange.request.path === "/jsonrpc";
    const call = askedIn(exchange, true);
    if (call === undefined) continue;
    const caller = { protocol: isRpc ? "jsonrpc" : "json2", user: 6 } as const;
    let end = "";
    try {
      const { value } = await callOver(session, { options, caller }, call);
      const body = exchange.response.body as Body;
      expect(value).toEqual(isRpc ? (body["result"] ?? null) : body);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      end = `${error.failure}/${error.code}`;
    }
    expect([exchange.title, plain(sent.body)]).toEqual([
      exchange.title,
      plain(exchange.request.body as Body),
    ]);
    if (end !== "") found[exchange.title] = end;
  }
  return found;
}

/** A request without what differs between users: key and user, empty contexts and empty named arguments. */
function plain(body: Body | undefined): unknown {
  const params = body?.["params"] as { readonly args: readonly Json[] } | undefined;
  if (params === undefined) {
    const { context = {}, ...rest } = body ?? {};
    return { ...rest, context };
  }
  const [, , , model, method, given, { context = {}, ...named } = {}] = params.args as [
    ...[Json, Json, Json, Json, Json, Json],
    Body?,
  ];
  return { model, method, given, named: { ...named, context } };
}

const wordsOf = (error: unknown): string => failureRecord(error).message;

describe("the wire", () => {
  it("says each recorded call of version 19 as it was said, and tells what its answer means", async () => {
    expect(await outcomes("v19")).toEqual({
      "jsonrpc wrong key": "unauthorised/wrong_credentials",
      "jsonrpc access error is http 200": "unsupported/not_permitted",
      "json2 wrong key 401": "unauthorised/wrong_credentials",
      "json2 wrong database header gives an HTML 404": "unauthorised/database_unknown",
      "json2 unknown model 404": "unsupported/unknown_name",
      "json2 unknown field in domain is a 500": "unsupported/unknown_name",
      "json2 access error low rights 403": "unsupported/not_permitted",
      "account create without name": "invalid/required",
      "account create with dangling many2one": "invalid/reference_missing",
      "product create duplicate barcode refused": "invalid/duplicate",
      "x2many value without a command is a 500": "invalid/value_refused",
      "order confirm twice": "stale/wrong_state",
      "confirmed order line delete refused": "invalid/document_closed",
      "posted invoice line change through the move is refused": "invalid/document_closed",
      "write deleted record 404": "stale/record_gone",
      "batch create with one bad record is all or nothing": "invalid/reference_missing",
      "datetime format 2026-12-01T10:00:00Z": "invalid/value_refused",
    });
  });

  it("says each recorded call of version 17 as it was said, and tells what its answer means", async () => {
    expect(await outcomes("v17")).toEqual({
      "v17 wrong key": "unauthorised/wrong_credentials",
      "v17 unknown database": "unauthorised/database_unknown",
      "v17 unknown field": "unsupported/unknown_name",
      "v17 unknown field in read": "unsupported/unknown_name",
      "v17 dangling many2one": "invalid/reference_missing",
      "v17 required field missing": "invalid/required",
      "v17 access error": "unsupported/not_permitted",
      "v17 write missing record": "stale/record_gone",
      "v17 unknown method": "unsupported/unknown_name",
      "v17 private method": "unsupported/method_not_offered",
      "v17 order confirm twice": "stale/wrong_state",
    });
  });

  it("passes on no traceback, path, host name or value of a customer", async () => {
    const said: string[] = [];
    const texts = [
      'Albatros GmbH owes 1,234.50 to "Ida" (see S00010 at ida@example.com)',
      "/opt/odoo/x.py failed",
    ];
    for (const message of texts) {
      const session = fakeOdoo(() => ({ exception: "odoo.exceptions.UserError", message }));
      const call = createOdoo(session, readOptions(session.options)).call({ model: "m", method: "x" });
      said.push(await call.then(String, wordsOf));
    }
    for (const exchange of recorded("v17").filter(({ title }) => title.includes("database"))) {
      const { session } = playing(exchange);
      const caller = { protocol: "jsonrpc", user: 6 } as const;
      const call = callOver(session, { options, caller }, { model: "m", method: "x" });
      said.push(await call.then(String, wordsOf));
    }
    expect(said.join("\n")).not.toMatch(/Traceback|opt|Albatros|Ida|1,234|S0001|ida@|example|nosuchdb/);
    expect(said[0]).toMatch(/^Odoo refused: … owes/);
  });
});

const at = { model: "res.partner", method: "write", ids: [1], args: { vals: {} } } as const;

async function codeOf(reply: Reply, isWrite: boolean): Promise<string> {
  const session = fakeOdoo(({ model }) => (model === "res.partner" ? reply : undefined));
  try {
    await createOdoo(session, readOptions(session.options)).call({ ...at, isWrite });
    return "done";
  } catch (error) {
    const { failure, code } = failureRecord(error);
    return `${failure}/${code}`;
  }
}

describe("an answer that says nothing certain", () => {
  it("leaves a write in doubt, and a read to be tried again", async () => {
    const replies: readonly (readonly [Reply, string])[] = [
      [{ status: 502, body: "<html></html>" }, "http_502"],
      [{ status: 200, body: "<html>sign in</html>" }, "answer_unreadable"],
      [
        { exception: "psycopg2.OperationalError", message: "server closed the connection", status: 500 },
        "server_error",
      ],
      [{ exception: "some.module.Odd", message: "?", status: 500 }, "server_error"],
    ];
    for (const [reply, code] of replies) {
      expect(await codeOf(reply, true)).toBe(`in_doubt/${code}`);
      expect(await codeOf(reply, false)).toBe(`transient/${code}`);
    }
  });

  it("is not one where Odoo names its exception: a bad value is refused, a lock tried again", async () => {
    const named = async (exception: string): Promise<string> =>
      codeOf({ exception, message: "", status: 500 }, true);
    expect(await named("builtins.ValueError")).toBe("invalid/value_refused");
    expect(await named("builtins.KeyError")).toBe("invalid/server_error");
    expect(await named("psycopg2.errors.InvalidTextRepresentation")).toBe("invalid/value_refused");
    expect(await named("psycopg2.errors.SerializationFailure")).toBe("transient/serialization");
    expect(await named("psycopg2.errors.LockNotAvailable")).toBe("transient/lock");
  });
});

describe("a server that takes no more calls", () => {
  it("is left alone for as long as it says, and otherwise for half a minute", async () => {
    const waits = [{ "retry-after": "1" }, {}].map(async (headers) => {
      const session = fakeOdoo(({ model }) =>
        model === "res.partner" ? { status: 429, body: "", headers } : undefined,
      );
      const asked = createOdoo(session, readOptions(session.options)).call(at);
      return asked.catch((error: unknown) => failureRecord(error));
    });
    const throttled = { failure: "throttled", code: "throttled" };
    expect(await Promise.all(waits)).toMatchObject([
      { ...throttled, retryAt: 1_000 },
      { ...throttled, retryAt: 30_000 },
    ]);
  });
});

/** The protocol and context of the last call that a connection makes under these options. */
async function lastCall(session: FakeOdoo): Promise<unknown> {
  await createOdoo(session, readOptions(session.options)).call(at);
  return [session.requests.at(-1)?.path, session.asked.at(-1)?.context];
}

describe("a connection", () => {
  const written = ({ model }: { readonly model: string }): Reply | undefined =>
    model === "res.partner" ? { value: true } : undefined;

  it("speaks JSON-2 to version 19 and JSON-RPC to 17 and 18, in the user's own company", async () => {
    const context = { lang: "en_US", allowed_company_ids: [1] };
    expect(await lastCall(fakeOdoo(written))).toEqual(["/json/2/res.partner/write", context]);
    for (const version of ["17.0", "18.0", "saas~18.2"])
      expect(await lastCall(fakeOdoo(written, { version }))).toEqual(["/jsonrpc", context]);
    const forced = fakeOdoo(written, { options: { protocol: "jsonrpc" } });
    expect(await lastCall(forced)).toEqual(["/jsonrpc", context]);
  });

  it("needs no JSON-RPC for version 19, which is to go", async () => {
    const session = fakeOdoo(written);
    await lastCall(session);
    expect(session.requests.map(({ path }) => path)).not.toContain("/jsonrpc");
  });

  it("asks who and where it is once, and again only after its key was refused", async () => {
    let isRefused = false;
    const session = fakeOdoo((asked) =>
      isRefused && asked.model === "res.partner"
        ? { exception: "odoo.exceptions.AccessDenied", message: "Access Denied", status: 401 }
        : written(asked),
    );
    const odoo = createOdoo(session, readOptions(session.options));
    await odoo.call(at);
    const first = session.requests.length;
    await odoo.call(at);
    expect(session.requests.length).toBe(first + 1);
    isRefused = true;
    await expect(odoo.call(at)).rejects.toMatchObject({ failure: "unauthorised" });
    expect(session.tokens.get("login")).toBe("");
  });

  it("refuses a wrong login, another user's key, an unknown company, an old version", async () => {
    const open = async (session: FakeOdoo): Promise<unknown> =>
      createOdoo(session, readOptions(session.options)).open();
    const wrong = fakeOdoo(written, { version: "17.0", options: { user: "somebody" } });
    await expect(open(wrong)).rejects.toMatchObject({ code: "wrong_credentials" });
    const other = fakeOdoo(written, { options: { user: "somebody" } });
    await expect(open(other)).rejects.toMatchObject({ failure: "unauthorised", code: "user_mismatch" });
    const lost = fakeOdoo(({ model }) => (model === "res.company" ? { value: [] } : undefined), {
      options: { company: "Elsewhere" },
    });
    await expect(open(lost)).rejects.toMatchObject({ code: "option_company" });
    await expect(open(fakeOdoo(written, { version: "16.0" }))).rejects.toMatchObject({
      code: "version_unknown",
    });
  });
});

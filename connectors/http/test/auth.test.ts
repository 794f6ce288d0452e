import type { AccessToken, HttpRequest, TokenRequest } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { httpConnector } from "../src/index.ts";
import type { JsonMap } from "../src/wire.ts";
import { checkPlain } from "./plain.ts";
import { failureOf, openWith, page, readAll, reply, sessionOf, wordOf, writeOf, yamlAt } from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");
const secret = (name: string): string => `\${secret.${name}}`;
const oauth: JsonMap = {
  kind: "oauth2",
  tokenPath: "/login/token",
  client: secret("clientId"),
  secret: secret("clientSecret"),
  scope: "read write",
};
const list = (): ReturnType<typeof reply> => reply(200, { results: [] });

/** Headers of the first request of a reading under one way to log in. */
async function headersUnder(auth: JsonMap): Promise<HttpRequest["headers"]> {
  const { connection, requests } = await openWith({ ...alder, auth }, list);
  await readAll(connection, { entity: "accounts" });
  return requests[0]?.headers;
}

describe("how the system knows us", () => {
  it("is a bearer token", async () => {
    expect(await headersUnder({ kind: "bearer", token: secret("token") })).toEqual({
      authorization: "Bearer tok-1",
    });
  });

  it("is user and password", async () => {
    const headers = await headersUnder({ kind: "basic", user: "ada", password: secret("password") });
    expect(headers).toEqual({ authorization: `Basic ${Buffer.from("ada:pa:ss").toString("base64")}` });
  });

  it("is any number of headers", async () => {
    const headers = await headersUnder({
      kind: "header",
      headers: { "x-key": secret("key"), "x-who": `key ${secret("apiKey")}` },
    });
    expect(headers).toEqual({ "x-key": "key-1", "x-who": "key api-1" });
  });

  it("is nothing", async () => {
    expect(await headersUnder({ kind: "none" })).toEqual({});
  });

  it("is not known without its secret: the connection stops, and a write has not left", async () => {
    const { connection, requests } = await openWith(
      { ...alder, auth: { kind: "bearer", token: secret("unset") } },
      list,
    );
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.code]).toEqual(["unauthorised", "secret_missing"]);
    expect(wordOf((await connection.write([writeOf({ entity: "contacts", kind: "create" })]))[0])).toBe(
      "unauthorised secret_missing",
    );
    expect(requests).toHaveLength(0);
  });
});

describe("OAuth 2 client credentials", () => {
  const token = (more: JsonMap = {}): ReturnType<typeof reply> =>
    reply(200, { access_token: "at-1", expires_in: 3600, ...more });

  it("take a token once, keep it in the session, and tell when it ends", async () => {
    const { connection, requests, tokens, clock } = await openWith({ ...alder, auth: oauth }, ({ path }) =>
      path === "/login/token" ? token() : list(),
    );
    await readAll(connection, { entity: "accounts" });
    await readAll(connection, { entity: "accounts" });
    expect(requests.map(({ path }) => path)).toEqual(["/login/token", "/api/companies", "/api/companies"]);
    expect(requests[0]).toMatchObject({
      method: "POST",
      isWrite: false,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "client 1",
      client_secret: "sec&ret",
      scope: "read write",
    });
    expect(requests[1]?.headers?.["authorization"]).toBe("Bearer at-1");
    expect(Number(tokens.get("access_token_expires_at"))).toBe(clock.now + 3_600_000);
  });

  it("may stand in the Authorization header, with more fields in the form", async () => {
    const auth = { ...oauth, sends: "basic", fields: { audience: "x" } };
    const { connection, requests } = await openWith({ ...alder, auth }, ({ path }) =>
      path === "/login/token" ? token() : list(),
    );
    await readAll(connection, { entity: "accounts" });
    const basic = Buffer.from("client%201:sec%26ret").toString("base64");
    expect(requests[0]?.headers?.["authorization"]).toBe(`Basic ${basic}`);
    expect(requests[0]?.body).toBe("grant_type=client_credentials&audience=x&scope=read+write");
  });

  it("are taken again shortly before the token ends", async () => {
    const { connection, requests, clock } = await openWith({ ...alder, auth: oauth }, ({ path }) =>
      path === "/login/token" ? token({ expires_in: "100" }) : list(),
    );
    await readAll(connection, { entity: "accounts" });
    clock.now += 45_000;
    await readAll(connection, { entity: "accounts" });
    expect(requests.filter(({ path }) => path === "/login/token")).toHaveLength(2);
  });

  it("refused early are dropped, and the call may be tried again", async () => {
    const { connection, tokens, clock } = await openWith({ ...alder, auth: oauth }, ({ path }) =>
      path === "/login/token" ? token() : page(401, ""),
    );
    const first = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([first.failure, first.code]).toEqual(["unauthorised", "http_401"]);
    tokens.set("access_token", "at-1");
    clock.now += 600_000;
    const second = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([second.failure, second.code, tokens.get("access_token")]).toEqual([
      "transient",
      "token_ended",
      "",
    ]);
  });

  it("refused late, when another call has taken the next one already, are not dropped again", async () => {
    const { connection, tokens } = await openWith({ ...alder, auth: oauth }, ({ path }) => {
      if (path === "/login/token") return token();
      tokens.set("access_token", "at-2");
      return page(401, "");
    });
    const late = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([late.failure, late.code, tokens.get("access_token")]).toEqual([
      ...["transient", "token_ended", "at-2"],
    ]);
  });

  it("are shared where the runtime shares them, and a refused one is told", async () => {
    const world = sessionOf({ description: { ...alder, auth: oauth } }, ({ path }) =>
      path === "/login/token" ? token() : page(401, ""),
    );
    const asked: TokenRequest[] = [];
    const { session, clock, requests } = world;
    const share = (request: TokenRequest): Promise<AccessToken> => {
      asked.push(request);
      const takenAt = clock.now - 600_000;
      return Promise.resolve({ token: `shared-${asked.length}`, takenAt, expiresAt: clock.now + 600_000 });
    };
    const connection = await httpConnector.open({ ...session, token: { ...session.token, share } });
    for (const code of ["token_ended", "token_ended"])
      expect((await failureOf(readAll(connection, { entity: "accounts" }))).code).toBe(code);
    expect(asked.map(({ refused }) => refused)).toEqual([null, "shared-1"]);
    expect(requests.map(({ path }) => path)).not.toContain("/login/token");
  });

  it.each([
    [reply(400, { error: "invalid_client" }), "unauthorised", "token_refused"],
    [reply(401, {}), "unauthorised", "token_refused"],
    [reply(429, {}), "throttled", "token_unavailable"],
    [reply(500, {}), "transient", "token_unavailable"],
    [page(200, "<html>"), "transient", "token_unavailable"],
    [reply(200, { token: "x" }), "transient", "token_unavailable"],
  ])("answered %j give no token", async (answer, failure, code) => {
    const { connection } = await openWith({ ...alder, auth: oauth }, () => answer);
    const error = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([error.failure, error.code]).toEqual([failure, code]);
    checkPlain(error);
  });
});

describe("options", () => {
  it("are checked with their paths", () => {
    const problems = httpConnector.checkOptions({
      descripton: 1,
      description: { ...alder, titel: 1 },
      variables: { sit: "x", site: {} },
      tenant: {},
    });
    expect(problems).toEqual([
      { path: "descripton", problem: "unknown key; did you mean description?" },
      { path: "description.titel", problem: "unknown key; did you mean title?" },
      { path: "tenant", problem: "needs text" },
      { path: "variables.sit", problem: "did you mean site?" },
      { path: "variables.site", problem: "needs text or a number" },
    ]);
    expect(httpConnector.checkOptions({})).toEqual([
      { path: "description", problem: "is missing; name a description file" },
    ]);
    expect(httpConnector.checkOptions({ description: alder, tenant: "t", variables: { site: "x" } })).toEqual(
      [],
    );
  });

  it("with a problem never open a connection", async () => {
    const failure = await failureOf(httpConnector.open(sessionOf({ description: {} }, list).session));
    expect([failure.failure, failure.code]).toEqual(["invalid", "description_invalid"]);
  });

  it("give the default mapping of the description", () => {
    expect(httpConnector.defaultMapping({ description: { mapping: { entities: {} } } })).toEqual({
      entities: {},
    });
    expect(httpConnector.defaultMapping({})).toEqual({});
  });

  it("fill variables of templates", async () => {
    const birch = yamlAt("descriptions/birch.yaml");
    const { connection, requests } = await openWith(birch, () => reply(200, { count: 0, rows: [] }), {
      variables: { branch: "north" },
    });
    await readAll(connection, { entity: "accounts" });
    expect(requests[0]?.headers).toEqual({ "x-key": "key-1", "x-site": "north" });
  });
});

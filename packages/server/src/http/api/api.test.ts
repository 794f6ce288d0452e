import { keyRoles, problemKinds, problemsOf, routes } from "@crossfoot/api";
import type { ProblemAnswer } from "@crossfoot/api";
import { describe, expect, it } from "vitest";
import { fakeEngine } from "../../cli/testing.ts";
import { keyRoles as configured } from "../../config/key-roles.ts";
import { apiWorld, someMoment, someRequests, tokenOf } from "../testing/api-world.ts";

const problem = async (response: Response): Promise<ProblemAnswer> =>
  (await response.json()) as ProblemAnswer;
const codeOf = async (response: Response): Promise<string> => (await problem(response)).code;
/** A problem without what differs from request to request. */
const bodyOf = async (response: Response): Promise<object> => ({
  ...(await problem(response)),
  requestId: "",
});

describe("roles and keys, on every route", () => {
  it("roles are the same everywhere", () => {
    expect([...configured]).toEqual([...keyRoles]);
  });

  it("every route lets in exactly the roles of the table, and answers as it says", async () => {
    const { ask, tokens, sessions } = await apiWorld(fakeEngine(), { moment: someMoment });
    const kinds = ["key", "session"] as const;
    const matrix = someRequests.flatMap((request) =>
      keyRoles.flatMap((role) => kinds.map((kind) => ({ ...request, role, kind }))),
    );
    expect(matrix).toHaveLength(routes.length * keyRoles.length * kinds.length);
    for (const { route, method, path, body, role, kind } of matrix) {
      const shown = kind === "key" ? { token: tokens[role] } : { token: null, headers: sessions[role] };
      const response = await ask(method, path, { ...shown, ...(body === undefined ? {} : { body }) });
      const isLetIn = route.roles.includes(role);
      const told = `${role} by ${kind} ${method} ${path}: ${response.status}`;
      {
        if (response.status < 400) {
          const answer = route.answers.find(({ status }) => status === response.status);
          const { error } = answer?.schema.safeParse(await response.json()) ?? { error: "no such status" };
          expect([told, isLetIn, error]).toEqual([told, true, undefined]);
        } else {
          const code = await codeOf(response);
          const isListed = problemsOf(route).some((each) => each === code) && code !== "defect";
          expect([told, code === "role_refused", isListed]).toEqual([told, !isLetIn, true]);
        }
      }
    }
  });

  it("no route answers to a session that is over, or changes anything without its token", async () => {
    const engine = fakeEngine();
    const { ask, sessions } = await apiWorld(engine, { moment: someMoment });
    const own = sessions.administrator;
    const other = { ...own, "x-csrf-token": sessions.operator["x-csrf-token"] ?? "" };
    const bad = [
      ["session_over", { ...own, cookie: `crossfoot=${"A".repeat(43)}` }],
      ["session_over", { ...own, cookie: "crossfoot=nonsense" }],
      ["session_over", { ...own, cookie: `${own["cookie"] ?? ""}; ${own["cookie"] ?? ""}` }],
      // Over a way that others can read.
      ["session_over", { ...own, "x-forwarded-for": "203.0.113.9" }],
      // Over TLS the cookie has another name.
      ["key_missing", { ...own, "x-forwarded-proto": "https" }],
    ] as const;
    const forged = [
      { ...own, "x-csrf-token": "" },
      other,
      { ...own, "sec-fetch-site": "cross-site" },
      { ...own, "sec-fetch-site": "same-site" },
    ];
    const before = engine.asked.length;
    for (const { method, path, body } of someRequests) {
      const more = body === undefined ? {} : { body };
      for (const [code, headers] of bad) {
        const refused = await ask(method, path, { token: null, headers, ...more });
        expect([method, path, refused.status, await codeOf(refused)]).toEqual([method, path, 401, code]);
      }
      if (method === "GET") continue;
      for (const headers of forged) {
        const refused = await ask(method, path, { token: null, headers, ...more });
        expect([method, path, await codeOf(refused)]).toEqual([method, path, "csrf_refused"]);
      }
    }
    expect(engine.asked.length).toBe(before);
  });

  it("no route answers without a key, or with a bad one; all bad ones are told the same", async () => {
    const engine = fakeEngine();
    const { ask, access, tokens } = await apiWorld(engine, { moment: someMoment });
    const expired = await tokenOf(access, { role: "administrator", expiresInMs: 0 });
    const revoked = await tokenOf(access, { role: "administrator" });
    await access.revokeKey(revoked.slice(3, 15), "root");
    const wrong = `${tokens.administrator.slice(0, -1)}${tokens.administrator.endsWith("A") ? "B" : "A"}`;
    const unknown = `cf_000000000000_${tokens.administrator.slice(16)}`;
    const bad = [wrong, unknown, expired, revoked, "nonsense", "cf_x_y", `${tokens.viewer} x`];
    const before = engine.asked.length;
    for (const { method, path, body } of someRequests) {
      const more = body === undefined ? {} : { body };
      const missing = await ask(method, path, { token: null, ...more });
      expect([missing.status, await codeOf(missing)]).toEqual([401, "key_missing"]);
      expect(missing.headers.get("www-authenticate")).toBe("Bearer");
      const bodies = [];
      for (const token of bad) {
        const refused = await ask(method, path, { token, ...more });
        expect([method, path, refused.status]).toEqual([method, path, 401]);
        bodies.push(await bodyOf(refused));
      }
      expect(new Set(bodies.map((each) => JSON.stringify(each))).size).toBe(1);
    }
    expect(engine.asked.length).toBe(before);
  });

  it("a key without the route's scope is refused, whatever its role", async () => {
    const { ask, access } = await apiWorld(fakeEngine(), { moment: someMoment });
    const token = await tokenOf(access, { role: "administrator", scopes: [] });
    for (const { route, method, path, body } of someRequests) {
      const response = await ask(method, path, { token, ...(body === undefined ? {} : { body }) });
      if (route.scope === null) expect(response.status).toBe(200);
      else expect(await codeOf(response)).toBe("scope_missing");
    }
  });

  it("a refusal names whoever asked, as trusted proxies say, and nobody where nobody is known", async () => {
    const { ask, access, later } = await apiWorld(fakeEngine());
    const headers = { "x-forwarded-for": "203.0.113.9" };
    await ask("GET", "/me", { token: "bad", headers });
    await ask("GET", "/status", { token: "bad" });
    await later.find(({ ms }) => ms === 60_000)?.work();
    const told = (await access.listAudit(0, 10)).map(({ body }) => body);
    expect(told.map((each) => (each as { readonly from?: unknown }).from)).toEqual(["203.0.113.9", null]);
  });

  it("refusals come into the audit log counted, once a minute, without any secret", async () => {
    const { ask, access, tokens, later, api } = await apiWorld(fakeEngine());
    for (let turn = 0; turn < 500; turn += 1) await ask("GET", "/me", { token: "cf_000000000000_x" });
    await ask("GET", "/status", { token: tokens.sales });
    expect(await access.listAudit(0, 10)).toEqual([]);
    const flush = later.find(({ ms }) => ms === 60_000);
    expect(later.filter(({ ms }) => ms === 60_000)).toHaveLength(1);
    await flush?.work();
    const rows = await access.listAudit(0, 10);
    expect(rows.map(({ kind, body }) => [kind, body])).toMatchObject([
      ["key_refused", { why: "malformed", count: 500, route: "me", key: null }],
      ["role_refused", { why: "sales", count: 1, route: "status", key: tokens.sales.slice(3, 15) }],
    ]);
    expect(JSON.stringify(rows)).not.toContain(tokens.sales.slice(16));
    await ask("GET", "/me", { token: null });
    await api.close();
    expect(await access.listAudit(2, 10)).toMatchObject([{ kind: "key_missing" }]);
  });

  it("the use of a key is noted once a minute", async () => {
    let now = 0;
    const { ask, access, tokens } = await apiWorld(fakeEngine(), { now: () => now });
    const noted: string[] = [];
    const plain = access.noteKeyUse;
    Object.assign(access, {
      noteKeyUse: (id: string, ms: number) => {
        noted.push(id);
        return plain(id, ms);
      },
    });
    for (const at of [0, 1, 59_999, 60_000]) {
      now = at;
      await ask("GET", "/me", { token: tokens.viewer });
    }
    expect(noted).toHaveLength(2);
    expect((await access.findKey(tokens.viewer.slice(3, 15)))?.usedAt).not.toBeNull();
  });
});

describe("requests", () => {
  it("have a name: the caller's where it is sane, in answers and problems", async () => {
    const { ask } = await apiWorld(fakeEngine());
    const sane = await ask("GET", "/me", { headers: { "x-request-id": "web.2026-01_a" } });
    expect(sane.headers.get("x-request-id")).toBe("web.2026-01_a");
    const odd = await ask("GET", "/nothing", { headers: { "x-request-id": "a b<script>" } });
    const made = odd.headers.get("x-request-id") ?? "";
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    expect(await problem(odd)).toMatchObject({ code: "route_unknown", requestId: made });
  });

  it("of another method are told which there are", async () => {
    const { ask } = await apiWorld(fakeEngine());
    const response = await ask("DELETE", "/quotes/crm:1/order");
    expect([response.status, response.headers.get("allow"), await codeOf(response)]).toEqual([
      405,
      "POST, GET",
      "method_unknown",
    ]);
  });

  it("that are wrong are told where, and never what they said", async () => {
    const { ask } = await apiWorld(fakeEngine(), { moment: someMoment });
    const secret = "s3cr3t-canary";
    const cases: readonly (readonly [string, string, unknown, string])[] = [
      [
        "POST",
        "/prices",
        { account: "crm:1", lines: [{ product: "erp:1", quantity: secret }] },
        "body.lines.0.quantity",
      ],
      ["POST", "/prices", { account: "crm:1", lines: [], [secret]: 1 }, "body"],
      ["POST", "/prices", { account: 5, lines: secret }, "body.account"],
      ["POST", "/undo", { what: secret }, "body.what"],
      ["GET", `/runs?limit=${secret}`, undefined, "query.limit"],
      ["GET", `/runs?${secret}=1`, undefined, "query"],
      ["GET", `/records/${secret}`, undefined, "params.entity"],
      ["GET", `/links/${secret}`, undefined, "params.id"],
    ];
    for (const [method, path, body, where] of cases) {
      const response = await ask(method, path, body === undefined ? {} : { body });
      const text = await response.text();
      expect([response.status, text]).toEqual([422, text]);
      expect(text).not.toContain(secret);
      const { faults = [] } = JSON.parse(text) as ProblemAnswer;
      expect(faults.map((fault) => fault.path)).toContain(where);
    }
  });

  it("whose bodies are too large, too deep, no JSON, or aim at prototypes are refused", async () => {
    const { ask } = await apiWorld(fakeEngine());
    const deep = `${"[".repeat(17)}${"]".repeat(17)}`;
    const cases: readonly (readonly [string, string, string])[] = [
      ["x".repeat(262_145), "body_too_large", "application/json"],
      [deep, "body_malformed", "application/json"],
      ["[".repeat(200_000), "body_malformed", "application/json"],
      [`{"a": [${"1,".repeat(20_001)}1]}`, "body_malformed", "application/json"],
      ['{"__proto__": {"isAdmin": true}}', "body_malformed", "application/json"],
      ['{"a": {"constructor": 1}}', "body_malformed", "application/json"],
      [String.raw`{"what": "run", "id": "a\u0000b"}`, "body_malformed", "application/json"],
      [String.raw`{"what": "run", "id": "\ud800"}`, "body_malformed", "application/json"],
      ["{", "body_malformed", "application/json"],
      ["what=run", "media_type", "application/x-www-form-urlencoded"],
      ["null", "request_invalid", "application/json; charset=utf-8"],
    ];
    for (const [body, code, type] of cases) {
      const response = await ask("POST", "/undo", { body, headers: { "content-type": type } });
      expect([await codeOf(response), response.status]).toEqual([code, problemKinds[code as "held"].status]);
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it("beyond the rate of their key are told when to come back; other keys are not touched", async () => {
    let now = 0;
    const { ask, tokens } = await apiWorld(fakeEngine(), { ratePerMinute: 3, now: () => now });
    const token = tokens.viewer;
    const first = await ask("GET", "/me", { token });
    expect(first.headers.get("ratelimit-policy")).toBe('"key";q=3;w=60');
    expect(first.headers.get("ratelimit")).toBe('"key";r=2;t=20');
    await ask("GET", "/me", { token });
    await ask("GET", "/me", { token });
    const over = await ask("GET", "/me", { token });
    expect([over.status, over.headers.get("retry-after"), await codeOf(over)]).toEqual([
      429,
      "20",
      "rate_limited",
    ]);
    expect((await ask("GET", "/me", { token: tokens.sales })).status).toBe(200);
    now = 19_000;
    expect((await ask("GET", "/me", { token })).status).toBe(429);
    now = 20_000;
    expect((await ask("GET", "/me", { token })).status).toBe(200);
  });

  it("that read are answered with an ETag, and 304 when nothing changed", async () => {
    const { ask } = await apiWorld(fakeEngine());
    const first = await ask("GET", "/status");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const again = await ask("GET", "/status", { headers: { "if-none-match": known } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    expect((await ask("GET", "/status", { headers: { "if-none-match": '"x"' } })).status).toBe(200);
  });

  it("are never kept by anybody on the way, and failures of ours say nothing", async () => {
    const engine = fakeEngine({ status: () => Promise.reject(new Error("password of postgres://me")) });
    const { ask, logged } = await apiWorld(engine);
    const response = await ask("GET", "/status");
    expect([response.status, response.headers.get("cache-control")]).toEqual([500, "no-store"]);
    expect(await response.text()).not.toContain("postgres://");
    expect(logged.join("\n")).toContain(response.headers.get("x-request-id") ?? "none");
  });

  it("every route is done by somebody", () => {
    expect(routes.length).toBe(someRequests.length);
    for (const { route, body } of someRequests)
      expect([route.id, route.body?.safeParse(body).success ?? true]).toEqual([route.id, true]);
  });
});

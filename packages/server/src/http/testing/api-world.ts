import { keyRoles, routes, scopes } from "@crossfoot/api";
import type { KeyRole } from "@crossfoot/api";
import type { CreditAnswer } from "@crossfoot/connector-sdk";
import type { FailureRecord } from "@crossfoot/kernel";
import { entityNames } from "@crossfoot/model";
import { makeKey } from "../../runtime/api-key.ts";
import type { Moment } from "../../runtime/moment-port.ts";
import type { AccessStore } from "../../store/port.ts";
import { createApi } from "../api/api.ts";
import type { Api, ApiEngine, ApiOptions } from "../api/api.ts";

/** What a test waits for itself: nothing happens later unless it says so. */
interface Later {
  readonly ms: number;
  readonly work: () => Promise<void>;
}

/** The API over an engine, with a key for every role. */
export interface ApiWorld {
  readonly api: Api;
  readonly access: AccessStore;
  /** A whole key by its role, with every scope. */
  readonly tokens: { readonly [role in KeyRole]: string };
  /** Headers of a session that is good, with its token, of a person of that role. */
  readonly sessions: { readonly [role in KeyRole]: { readonly [header: string]: string } };
  readonly later: Later[];
  /** What was logged, a line each. */
  readonly logged: string[];
  /** Asks with the key of an administrator unless `token` says otherwise; null sends none. */
  readonly ask: (method: string, path: string, more?: Asked) => Promise<Response>;
}

/** What a request carries. */
interface Asked {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

let requests = 0;

/** Opens it. What the options do not say is as in a usual project, with a limit that no test meets. */
export async function apiWorld(
  engine: ApiEngine,
  { moment = engine.moment, ...options }: Partial<ApiOptions> & { readonly moment?: Moment } = {},
): Promise<ApiWorld> {
  const later: Later[] = [];
  const logged: string[] = [];
  const log = (event: string, facts?: object): void =>
    void logged.push(`${event} ${JSON.stringify(facts ?? {})}`);
  const limitsHidden = { accounts: ["creditLimit"] };
  const api = createApi(
    { ...engine, moment },
    {
      connections: ["crm", "erp"],
      entities: entityNames,
      visibility: { viewer: limitsHidden, sales: limitsHidden, agent: limitsHidden },
      subscriptions: [
        { name: "quotes", host: "hooks.example.com", role: "viewer", kinds: null, entities: ["quotes"] },
      ],
      ratePerMinute: 1_000_000,
      sessionSpan: { idleMs: 1_800_000, lifeMs: 28_800_000 },
      now: () => Date.UTC(2026, 0, 31, 10),
      later: (ms, work) => void later.push({ ms, work }),
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      log: { info: log, warn: log, error: log },
      ...options,
    },
  );
  const access = engine.access();
  const tokens: Partial<Record<KeyRole, string>> = {};
  for (const role of keyRoles) tokens[role] = await tokenOf(access, { role });
  const sessions: Partial<Record<KeyRole, ApiWorld["sessions"][KeyRole]>> = {};
  for (const role of keyRoles) sessions[role] = await sessionOf(api, access, role);
  const ask: ApiWorld["ask"] = async (method, path, { token, body, headers = {} } = {}) => {
    const used = token === undefined ? tokens.administrator : token;
    requests += 1;
    return api.fetch(
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: {
          ...(used === null || used === undefined ? {} : { authorization: `Bearer ${used}` }),
          ...(method === "POST" ? { "idempotency-key": `request-${requests}` } : {}),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  };
  return {
    ...{ api, access, later, logged, ask },
    tokens: tokens as ApiWorld["tokens"],
    sessions: sessions as ApiWorld["sessions"],
  };
}

/** What a page of ours sends for a person of a role who has signed in. */
async function sessionOf(
  api: Api,
  access: AccessStore,
  role: KeyRole,
): Promise<ApiWorld["sessions"][KeyRole]> {
  const draft = { id: `of-${role}`, name: `a.${role}`, role, by: "root" };
  await access.savePerson(draft);
  const way = { "x-forwarded-for": "127.0.0.1", "sec-fetch-site": "same-origin" };
  const person = await access.findPerson(draft.name);
  if (person === null) throw new Error(`${draft.name} is not there`);
  const [cookie = ""] = ((await api.sessions.begin(person, new Headers(way))) ?? "").split(";");
  const found = await api.sessions.find(new Headers({ ...way, cookie }));
  return { ...way, cookie, "x-csrf-token": found?.csrfToken ?? "" };
}

/** A key in the store. */
export async function tokenOf(
  access: AccessStore,
  wanted: { readonly role: KeyRole; readonly scopes?: readonly string[]; readonly expiresInMs?: number },
): Promise<string> {
  const { draft, token } = makeKey({
    ...{ name: `a ${wanted.role}`, role: wanted.role, by: "root" },
    scopes: wanted.scopes ?? scopes,
    expiresInMs: wanted.expiresInMs ?? null,
  });
  await access.saveKey(draft);
  return token;
}

/** A path of a route with something in the place of every parameter. */
const somePath = (path: string): string =>
  path
    .replace("{entity}", "accounts")
    .replace("{kind}", "entity")
    .replace("{name}", "quotes")
    .replaceAll(/\{[^}]+\}/g, "l-1");

/** A body that the schema of each route takes. */
const someBodies: { readonly [id: string]: unknown } = {
  orderQuote: {},
  cancelOrder: { reason: "ordered twice" },
  changeOrder: { reason: "one less", lines: [{ line: "erp:1", quantity: "1" }] },
  previewChange: {},
  preflightQuote: { quote: "crm:1" },
  askPrices: { account: "crm:1", lines: [{ product: "erp:2", quantity: "3" }] },
  askAvailability: { rows: [{ product: "erp:2" }] },
  checkCredit: { account: "crm:1" },
  decideConflict: { take: "crm" },
  redriveDeadLetters: { ids: ["p1"] },
  decideCandidate: { entity: "accounts", connection: "crm", id: "1", with: null },
  undecideCandidate: { entity: "accounts", connection: "crm", id: "1" },
  decideDuplicate: { word: "apart" },
  makePlan: {},
  applyPlan: {},
  invitePerson: { name: "somebody@acme.example", role: "viewer" },
  changePerson: { role: "operator" },
  planUndo: { what: "run", id: "run-1" },
};

/** Every route as one request that its schemas take. */
export const someRequests: readonly {
  readonly route: (typeof routes)[number];
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}[] = routes.map((route) => ({
  route,
  method: route.method.toUpperCase(),
  path: somePath(route.path),
  ...(route.body === null ? {} : { body: someBodies[route.id] }),
}));

const failure: FailureRecord = {
  failure: "transient",
  code: "timeout",
  message: "the ERP did not answer",
  ...{ status: null, retryAt: null, requestId: null, field: null },
};
const credit: CreditAnswer = {
  ...{ currency: "EUR", limit: "5000", openOrders: "10", notHeld: "0", openInvoices: "20", overdue: "0" },
  ...{ exposure: "30", free: "4970", isRefused: false, isHeld: false },
  verdict: "within",
};

/** Something that answers in the moment: an answer of every form. */
export const someMoment: Moment = {
  price: () =>
    Promise.resolve({
      kind: "stale",
      answer: { currency: "EUR", pricebook: null, rows: [{ ok: false, failure }], totals: null },
      ageMs: 61_400,
      why: failure,
    }),
  availability: () => Promise.resolve({ kind: "now", answer: { rows: [] } }),
  credit: () => Promise.resolve({ kind: "now", answer: credit }),
  orderStatus: () =>
    Promise.resolve({
      kind: "refused",
      refusal: { code: "not_in_erp", message: "the order is not in the ERP yet", failure: null },
    }),
  preflight: () =>
    Promise.resolve({
      kind: "now",
      answer: {
        verdict: "blocked",
        findings: [
          {
            ...{ verdict: "blocked", code: "credit_over", message: "the limit of 5000 is passed" },
            ...{ quoted: "6000", found: "5000", fix: "ask finance" },
          },
        ],
        lines: [],
        totals: null,
        currency: "EUR",
        credit,
      },
    }),
  quoteToOrder: () => Promise.resolve({ kind: "pending", message: "the ERP makes it" }),
  orderOf: () =>
    Promise.resolve({
      kind: "ordered",
      order: { names: ["erp:9"], number: "SO9" },
      isMadeNow: false,
      rest: null,
    }),
  cancelOrder: () =>
    Promise.resolve({
      kind: "refused",
      refusal: { code: "order_bound", message: "the order is delivered in erp", failure: null },
    }),
  cancellationOf: () => Promise.resolve({ kind: "possible", state: "open" }),
  changeOrder: () => Promise.resolve({ kind: "pending", message: "not known yet" }),
  wouldChange: () =>
    Promise.resolve({
      ...{ kind: "possible", state: "open", version: "1", changes: [] },
      refusals: [{ line: "erp:1", code: "below_done", why: "2 of line erp:1 are delivered" }],
    }),
  changeOf: () =>
    Promise.resolve({
      ...{ kind: "standing", order: { names: ["erp:9"], number: "SO9" }, state: "open", version: "1" },
      ...{ isUnderWay: false, bound: null, requestedDate: null, customerOrderNumber: null },
      lines: [{ line: "erp:1", product: "erp:2", quantity: "3", unit: "pcs", done: "2" }],
    }),
};

import { createHash } from "node:crypto";
import { entityNames } from "@crossfoot/model";
import type { Hono } from "hono";
import { fakeEngine } from "../../cli/testing.ts";
import { giveLink } from "../../runtime/people.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { AccessStore, KeyRole } from "../../store/port.ts";
import { createApi } from "../api/api.ts";
import type { Api } from "../api/api.ts";
import { createHttpApp } from "../app.ts";
import { createPeople } from "../people/people.ts";
import type { PeopleSetup } from "../people/people.ts";

/** A server as `up` puts it together, over a store in memory and a clock that stands still. */
export interface PeopleWorld {
  readonly app: Hono;
  readonly api: Api;
  readonly access: AccessStore;
  /** Lets time pass, ms. */
  readonly pass: (ms: number) => void;
  readonly logged: readonly string[];
  /** Everything that the audit log holds, refusals that were gathered included. */
  readonly audited: () => Promise<readonly { readonly kind: string; readonly body: unknown }[]>;
  readonly browser: (more?: BrowserWays) => TestBrowser;
  /** A person with {@link goodPassword}. */
  readonly person: (name: string, role: KeyRole) => Promise<void>;
}

/** How a browser reaches the server. */
interface BrowserWays {
  readonly address?: string;
  readonly isSecure?: boolean;
  /** What it says of the page that a form comes from. */
  readonly site?: string;
}

/** A browser: it keeps cookies and follows nothing on its own. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: { readonly [name: string]: string }) => Promise<Response>;
  readonly post: (path: string, fields: { readonly [name: string]: string }) => Promise<Response>;
  /** Signs in by name and password. */
  readonly signIn: (name: string, password?: string) => Promise<Response>;
  /** Posts a form of the account page, with its token. */
  readonly leave: (path: "/sign-out" | "/sign-out-everywhere") => Promise<Response>;
}

/** A password that is taken. */
export const goodPassword = "four sheep, nine crates";

const sessionSpan = { idleMs: 1_800_000, lifeMs: 28_800_000 };

/** Opens it. Passwords are hashed at the lowest cost that there is. */
export async function peopleWorld(setup: Partial<PeopleSetup> = {}): Promise<PeopleWorld> {
  let now = Date.UTC(2026, 0, 31, 10);
  const clock = { now: () => now, monotonic: () => now };
  let ids = 0;
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  const store = createMemoryStore({ clock, entropy: { digest, uuid: () => `u${(ids += 1)}` } });
  const engine = { ...fakeEngine(), access: () => store };
  const logged: string[] = [];
  const log = (event: string, facts?: object): void =>
    void logged.push(`${event} ${JSON.stringify(facts ?? {})}`);
  const visibility = { viewer: { accounts: ["*"] } };
  const api = createApi(engine, {
    ...{
      connections: ["crm", "erp"],
      entities: entityNames,
      visibility,
      subscriptions: [],
      sessionSpan,
      now: clock.now,
    },
    ...{ ratePerMinute: 1_000_000, later: () => undefined, sleep: () => Promise.resolve() },
    log: { info: log, warn: log, error: log },
  });
  const people = createPeople(api, {
    ...{ access: store, visibility, now: clock.now, host: "127.0.0.1", publicUrl: null, trustedProxies: [] },
    ...{ isRequired: false, provider: null, cost: { ln: 4, r: 1, p: 1 } },
    ...setup,
  });
  const app = createHttpApp(engine, {
    ...{ connections: [], contractHash: "c".repeat(64), now: clock.now, api, people },
    log: { info: log, warn: log, error: log },
  });
  const browser = (ways: BrowserWays = {}): TestBrowser => browserAt(app, ways);
  return {
    ...{ app, api, access: store, logged, browser },
    pass: (ms) => void (now += ms),
    async audited() {
      await api.refusals.flush();
      return store.listAudit(0, 1_000);
    },
    async person(name, role) {
      await store.savePerson({ id: `id-${name}`, name, role, by: "root" });
      const link = await giveLink(store, { person: `id-${name}`, by: "root" });
      await browser().post("/join", { link, password: goodPassword });
    },
  };
}

function browserAt(app: Hono, ways: BrowserWays): TestBrowser {
  const { address = "127.0.0.1", isSecure = false, site = "same-origin" } = ways;
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-for", address);
    headers.set("x-forwarded-proto", isSecure ? "https" : "http");
    headers.set("sec-fetch-site", site);
    const held = [...cookies].map(([name, value]) => `${name}=${value}`);
    if (held.length > 0) headers.set("cookie", held.join("; "));
    const response = await app.request(path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (cookie.includes("Max-Age=0")) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const browser: TestBrowser = {
    cookies,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, fields) =>
      ask(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(fields).toString(),
      }),
    signIn: (name, password = goodPassword) => browser.post("/sign-in", { name, password }),
    async leave(path) {
      const page = await (await browser.get("/account")).text();
      const [, csrf = ""] = /name="csrf" value="([^"]*)"/.exec(page) ?? [];
      return browser.post(path, { csrf });
    },
  };
  return browser;
}

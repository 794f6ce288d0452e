/** Somebody who signs in through a real provider at a real `up`, behind a proxy that ends TLS. */
import { appendFileSync, writeFileSync } from "node:fs";
import { createCrm, createErp } from "@crossfoot/twin";
import { tempFolder, testProvider } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";
import { startUp } from "./up-child.ts";
import type { Up } from "./up-child.ts";

type Provider = Awaited<ReturnType<typeof testProvider>>;

/** A browser that keeps cookies and follows nothing on its own; the proxy says how it came. */
function browserOf(up: Up): {
  readonly cookies: ReadonlyMap<string, string>;
  readonly ask: (path: string, fields?: { readonly [name: string]: string }) => Promise<Response>;
} {
  const cookies = new Map<string, string>();
  return {
    cookies,
    ask: async (path, fields) => {
      const response = await fetch(new URL(path, up.url), {
        redirect: "manual",
        method: fields === undefined ? "GET" : "POST",
        ...(fields === undefined ? {} : { body: new URLSearchParams(fields) }),
        headers: {
          ...{ "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" },
          ...{ "sec-fetch-site": "same-origin", origin: "https://crossfoot.example.com" },
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
        if (cookie.includes("Max-Age=0")) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}

describe("people of a provider, at a program of its own", () => {
  const folder = tempFolder("memory");
  const [crm, erp] = [
    createCrm({ clock: () => Date.now(), seed: 1 }),
    createErp({ clock: () => Date.now(), seed: 1 }),
  ];
  let provider: Provider;
  let up: Up;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
    ends.push(
      () => crmUp.close(),
      () => erpUp.close(),
    );
    provider = await testProvider();
    writeTwinProject(folder.path, { crm: crmUp.url, erp: erpUp.url });
    const { issuer, options } = provider;
    writeFileSync(`${folder.path}/secrets/oidc`, options.clientSecret, { mode: 0o600 });
    const settings = [
      "server:",
      "  port: 0",
      `  publicUrl: ${options.publicUrl}`,
      "  trustedProxies: 127.0.0.1",
      "people:",
      "  required: true",
      "  oidc:",
      `    issuer: ${issuer}`,
      `    clientId: ${options.clientId}`,
      '    clientSecret: "file:secrets/oidc"',
      "    roles: { administrator: [erp-admins], operator: [erp-team] }",
    ];
    appendFileSync(`${folder.path}/crossfoot.yaml`, `${settings.join("\n")}\n`);
    up = await startUp(folder.path);
  }, 120_000);
  afterAll(async () => {
    await up.kill();
    await provider.close();
    await Promise.all(ends.map((end) => end()));
    folder.remove();
  });

  it(
    "sign in, see a page and the API by their role, and are out once they sign out",
    { timeout: 120_000 },
    async () => {
      const { cookies, ask } = browserOf(up);
      const statusOf = async (path: string): Promise<number> => (await ask(path)).status;
      expect([await statusOf("/account"), await statusOf("/api/v1/status")]).toEqual([303, 401]);
      const there = await ask("/sign-in/oidc");
      const back = await provider.visit(there.headers.get("location") ?? "");
      expect(back.origin).toBe(provider.options.publicUrl);
      expect(await statusOf(`${back.pathname}${back.search}`)).toBe(200);
      const page = await (await ask("/account")).text();
      expect(page).toMatch(/ada@acme\.example.*role operator/s);
      expect([await statusOf("/"), await statusOf("/api/v1/status")]).toEqual([200, 200]);
      const kept = new Map(cookies);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
      await ask("/sign-out", { csrf });
      expect([...cookies.keys()]).toEqual([]);
      // The cookie that the browser had is worth nothing any more, wherever it was kept.
      const thief = await fetch(new URL("/api/v1/status", up.url), {
        headers: {
          ...{
            "x-forwarded-for": "203.0.113.9",
            "x-forwarded-proto": "https",
            "sec-fetch-site": "same-origin",
          },
          cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; "),
        },
      });
      expect(thief.status).toBe(401);
      expect((await up.stop()).code).toBe(0);
      const { stdout } = await runCli(folder.path, ["audit-log", "export"]);
      for (const word of ["signed_in", "signed_out", "session_over"]) expect(stdout).toContain(word);
      for (const secret of [provider.options.clientSecret, ...kept.values(), csrf])
        expect(stdout).not.toContain(secret);
    },
  );
});

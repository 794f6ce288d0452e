import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import type { Configuration } from "oidc-provider";
import type { OidcOptions } from "../people/oidc.ts";

/** A provider of identities from npm, on a port of this machine. */
export interface TestProvider {
  readonly issuer: string;
  /** Claims of the next account that signs in; its id is their `sub`. */
  claims: { readonly sub: string; readonly [claim: string]: unknown };
  /** What a server of ours needs to use it. */
  readonly options: OidcOptions;
  /** A token of it with other claims: signed anew, or with the signature that it had. */
  readonly rewrite: (token: string, to: { readonly change: object; readonly isSigned: boolean }) => string;
  /** Goes where our server sends a browser, signs in there, and answers where the browser is sent back to. */
  readonly visit: (to: string) => Promise<URL>;
  readonly close: () => Promise<void>;
}

const publicUrl = "https://crossfoot.example.com";
const client = {
  client_id: "crossfoot",
  client_secret: "a secret of the client that is long",
  redirect_uris: [`${publicUrl}/sign-in/oidc/callback`],
  response_types: ["code" as const],
  grant_types: ["authorization_code"],
};
const scopes = "openid email profile";

/** Opens one. `more` changes how it behaves. */
export async function testProvider(more: Configuration = {}): Promise<TestProvider> {
  const server = createServer();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened: TestProvider = {
    issuer,
    claims: { sub: "77", email: "ada@acme.example", email_verified: true, groups: ["erp-team"] },
    options: {
      ...{ issuer, clientId: client.client_id, clientSecret: client.client_secret, publicUrl },
      ...{ claim: "groups", domains: [], fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }) },
      roles: [
        ["administrator", ["erp-admins"]],
        ["operator", ["erp-team"]],
      ],
    },
    rewrite: (token, { change, isSigned }) => {
      const [head = "", payload = "", before = ""] = token.split(".");
      const told = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
      const claims = Buffer.from(JSON.stringify({ ...told, ...change })).toString("base64url");
      const signature = sign("sha256", Buffer.from(`${head}.${claims}`), privateKey).toString("base64url");
      return `${head}.${claims}.${isSigned ? signature : before}`;
    },
    visit: (to) => visit(issuer, to),
    close: () => closed(server),
  };
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["a key of the provider's cookies"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ ...opened.claims }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope(scopes);
      await grant.save();
      return grant;
    },
    ...more,
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/") !== true) return void answer(request, response);
    const login = { accountId: opened.claims.sub };
    provider.interactionFinished(request, response, { login }).catch(() => response.destroy());
  });
  return opened;
}

/** A browser at the provider: keeps its cookies, and follows it until it is sent elsewhere. */
async function visit(issuer: string, to: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(to);
  for (let step = 0; step < 10 && at.origin === issuer; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const each of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (each.split(";")[0] ?? "").split("=");
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) throw new Error(`the provider stays at ${response.status} of ${at.pathname}`);
    at = new URL(location, at);
  }
  return at;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}

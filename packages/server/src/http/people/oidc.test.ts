import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testProvider } from "../testing/oidc-world.ts";
import type { TestProvider } from "../testing/oidc-world.ts";
import { goodPassword, peopleWorld } from "../testing/people-world.ts";
import type { PeopleWorld, TestBrowser } from "../testing/people-world.ts";
import { createProvider } from "./oidc.ts";
import type { Errand, OidcOptions } from "./oidc.ts";

const opened: TestProvider[] = [];
let usual: TestProvider;
let claims: TestProvider["claims"];
beforeAll(async () => {
  usual = await testProvider();
  ({ claims } = usual);
});
afterEach(async () => {
  usual.claims = claims;
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(() => usual.close());

interface World extends PeopleWorld {
  readonly at: TestProvider;
  /** A browser over TLS. */
  readonly own: TestBrowser;
  /** The way there and through the provider: where it sends the browser back to, as a path. */
  readonly sentBack: () => Promise<string>;
}

const errandName = "__Host-crossfoot-errand";

async function world(
  options: Partial<OidcOptions> = {},
  more: Parameters<typeof testProvider>[0] | null = null,
): Promise<World> {
  const at = more === null ? usual : await testProvider(more);
  if (more !== null) opened.push(at);
  const provider = createProvider({ ...at.options, ...options });
  const people = await peopleWorld({ provider });
  const own = people.browser({ isSecure: true, address: "203.0.113.9" });
  return {
    ...{ ...people, at, own },
    async sentBack() {
      const there = await own.get("/sign-in/oidc");
      const { pathname, search } = await at.visit(there.headers.get("location") ?? "");
      return `${pathname}${search}`;
    },
  };
}

/** Why somebody was not let in, as the audit log has it. */
async function whyNot({ own, audited }: World, path: string): Promise<unknown> {
  const response = await own.get(path);
  expect(own.cookies.has("__Host-crossfoot")).toBe(false);
  expect(own.cookies.has(errandName)).toBe(false);
  expect(response.status).toBe(403);
  const last = (await audited()).findLast(({ kind }) => kind === "sign_in_failed");
  return (last?.body as { readonly why?: unknown } | undefined)?.why;
}

describe("a provider of identities", () => {
  it("lets in whom it knows, with the role that its claim makes at each sign-in", async () => {
    const { own, sentBack, access, at, audited } = await world();
    expect(await (await own.get("/sign-in")).text()).toContain('href="/sign-in/oidc"');
    const first = await own.get(await sentBack());
    const cookies = first.headers.getSetCookie();
    expect(cookies.find((each) => each.startsWith("__Host-crossfoot="))).toMatch(/SameSite=Strict; Secure$/);
    // A redirect would leave the Strict cookie behind: the page goes on by itself.
    expect([first.status, await first.text()]).toEqual([200, expect.stringContaining("0;url=/")]);
    expect(await (await own.get("/account")).text()).toMatch(/ada@acme\.example.*role operator/s);
    at.claims = { ...at.claims, groups: "erp-admins", email: "ada.l@acme.example" };
    await own.get(await sentBack());
    const subject = `${at.issuer} 77`;
    expect(await access.listPeople()).toMatchObject([
      { name: "ada@acme.example", role: "administrator", subject, passwordHash: null },
    ]);
    expect((await audited()).map(({ kind }) => kind)).toEqual(["signed_in", "signed_in"]);
    // Nobody comes in beside the provider: there is no password.
    expect((await own.signIn("ada@acme.example")).status).toBe(403);
  });

  it("sends back to a browser that set out itself, with a code challenge, state and nonce", async () => {
    const { own } = await world();
    const there = await own.get("/sign-in/oidc");
    const { searchParams } = new URL(there.headers.get("location") ?? "");
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    for (const name of ["code_challenge", "state", "nonce"])
      expect(searchParams.get(name)?.length).toBeGreaterThanOrEqual(32);
    const [cookie = ""] = there.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-crossfoot-errand=.*; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
    );
    expect(searchParams.get("redirect_uri")).toBe("https://crossfoot.example.com/sign-in/oidc/callback");
  });

  it("is not believed when state, nonce or verifier are not those of the errand", async () => {
    for (const part of ["state", "nonce", "verifier"] as const) {
      const at = await world();
      const path = await at.sentBack();
      const errand = JSON.parse(
        Buffer.from(at.own.cookies.get(errandName) ?? "", "base64url").toString("utf8"),
      ) as Errand;
      const other = { ...errand, [part]: "A".repeat(43) };
      at.own.cookies.set(errandName, Buffer.from(JSON.stringify(other)).toString("base64url"));
      expect([part, await whyNot(at, path)]).toEqual([part, expect.stringMatching(/^oidc OAUTH_/)]);
      expect(await at.access.listPeople()).toEqual([]);
    }
  });

  it("is not believed without an errand, or with one that is none", async () => {
    for (const planted of [null, "", "x", Buffer.from("null").toString("base64url"), "A".repeat(2_000)]) {
      const at = await world();
      const path = await at.sentBack();
      if (planted === null) at.own.cookies.delete(errandName);
      else at.own.cookies.set(errandName, planted);
      expect(await whyNot(at, path)).toBe("oidc no errand");
    }
  });

  it("lets a code in once", async () => {
    const at = await world();
    const path = await at.sentBack();
    const errand = at.own.cookies.get(errandName) ?? "";
    expect((await at.own.get(path)).status).toBe(200);
    at.own.cookies.clear();
    at.own.cookies.set(errandName, errand);
    expect(await whyNot(at, path)).toMatch(/^oidc OAUTH_RESPONSE_BODY_ERROR/);
  });

  it("is refused when the answer names another issuer, or its own word does", async () => {
    const at = await world();
    const path = (await at.sentBack()).replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example");
    expect(path).toContain("evil.example");
    expect(await whyNot(at, path)).toMatch(/^oidc OAUTH_/);
    const other = await world({ issuer: at.at.issuer.replace("127.0.0.1", "localhost") });
    const there = await other.own.get("/sign-in/oidc");
    expect([there.status, there.headers.get("location")]).toEqual([503, null]);
  });

  it("is refused when its token is over, or was changed on the way", async () => {
    const rewritten = (rewrite: (token: string) => string): Promise<World> =>
      world({
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (!url.endsWith("/token")) return response;
          const body = (await response.json()) as { readonly id_token: string };
          return Response.json({ ...body, id_token: rewrite(body.id_token) });
        },
      });
    const seconds = Math.floor(Date.now() / 1_000);
    const cases: readonly (readonly [object, boolean, RegExp | null])[] = [
      // The same token, signed anew, is good: so it is what was changed that is refused.
      [{}, true, null],
      [{ exp: seconds - 600, iat: seconds - 900 }, true, /OAUTH_JWT_TIMESTAMP/],
      [{ iss: "https://evil.example" }, true, /OAUTH_JWT_CLAIM/],
      [{ aud: "another" }, true, /OAUTH_JWT_CLAIM/],
      [{ nonce: "another" }, true, /OAUTH_/],
      [{ groups: ["erp-admins"] }, false, /OAUTH_INVALID_RESPONSE/],
    ];
    for (const [change, isSigned, why] of cases) {
      const at = await rewritten((token) => usual.rewrite(token, { change, isSigned }));
      const path = await at.sentBack();
      if (why === null) expect((await at.own.get(path)).status).toBe(200);
      else expect([change, await whyNot(at, path)]).toEqual([change, expect.stringMatching(why)]);
    }
  });

  it("lets nobody in without a role, of another domain, disabled, or with somebody's name", async () => {
    const unmapped = await world();
    unmapped.at.claims = { ...unmapped.at.claims, groups: ["others"] };
    expect(await whyNot(unmapped, await unmapped.sentBack())).toBe("oidc unmapped");
    for (const changed of [
      { email: "ada@evil.example" },
      { email_verified: false },
      { email: "acme.example" },
      { email: "ada@evil.example@acme.example" },
    ]) {
      const at = await world({ domains: ["acme.example"] });
      at.at.claims = { ...claims, ...changed };
      const why = await whyNot(at, await at.sentBack());
      expect([changed, why]).toEqual([changed, "oidc domain"]);
    }
    usual.claims = claims;
    const taken = await world();
    await taken.access.savePerson({ id: "p", name: "ada@acme.example", role: "administrator", by: "root" });
    expect(await whyNot(taken, await taken.sentBack())).toBe("oidc name taken");
    usual.claims = { ...claims, email_verified: false };
    const unchecked = await world();
    expect(await whyNot(unchecked, await unchecked.sentBack())).toBe("oidc nameless");
    usual.claims = claims;
    const disabled = await world();
    await disabled.own.get(await disabled.sentBack());
    const [person] = await disabled.access.listPeople();
    await disabled.access.changePerson(person?.id ?? "", { isDisabled: true }, "root");
    disabled.own.cookies.clear();
    expect(await whyNot(disabled, await disabled.sentBack())).toBe("oidc disabled");
  });

  it("is asked again for claims that its token does not hold", async () => {
    const { own, sentBack, access } = await world({}, { conformIdTokenClaims: true });
    await own.get(await sentBack());
    expect(await access.listPeople()).toMatchObject([{ name: "ada@acme.example", role: "operator" }]);
  });

  it("leaves none of its codes, tokens or secrets in the audit log or the log", async () => {
    const at = await world();
    const path = await at.sentBack();
    const code = new URLSearchParams(path.split("?")[1]).get("code") ?? "none";
    const errand = Buffer.from(at.own.cookies.get(errandName) ?? "", "base64url").toString("utf8");
    const { state, nonce, verifier } = JSON.parse(errand) as Errand;
    await at.own.get(path);
    at.own.cookies.set(errandName, Buffer.from(errand).toString("base64url"));
    await at.own.get(path);
    const written = JSON.stringify([await at.audited(), at.logged]);
    for (const secret of [code, state, nonce, verifier, at.at.options.clientSecret, goodPassword])
      expect(written).not.toContain(secret);
  });
});

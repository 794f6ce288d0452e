import type { Context, Hono } from "hono";
import { makePersonId, personNameOf } from "../../runtime/person-secrets.ts";
import { browserOf, cookieOf, setCookie } from "./browser.ts";
import type { Browser } from "./browser.ts";
import { formPage } from "./form.ts";
import { callbackPath, IdentityRefused } from "./oidc.ts";
import type { Errand, Provider } from "./oidc.ts";
import { onwardPage, wordPage } from "./pages.ts";
import { auditOf, landingOf } from "./routes.ts";
import type { PeopleOptions } from "./routes.ts";

/** How long somebody may take at the provider, seconds. */
const errandSeconds = 600;

const errandName = ({ cookieName }: Browser): string => `${cookieName}-errand`;

/** Signing in with a provider of identities: there, and back. */
export function addOidc(app: Hono, options: PeopleOptions, provider: Provider): void {
  app.get("/sign-in/oidc", (context) => there(options, provider, context));
  app.get(callbackPath, (context) => back(options, provider, context));
}

/**
 * The cookie of the errand is SameSite=Lax: the provider's page sends the browser back, and a Strict one
 * would stay behind. It holds nothing but what this browser needs to prove that it set out itself.
 */
function errandCookie(browser: Browser, errand: Errand | null): string {
  const value = errand === null ? "" : Buffer.from(JSON.stringify(errand)).toString("base64url");
  const maxAge = errand === null ? 0 : errandSeconds;
  return setCookie({ browser, name: errandName(browser), value, sameSite: "Lax", maxAge });
}

function errandOf(headers: Headers): Errand | null {
  const value = cookieOf(headers, errandName(browserOf(headers)));
  if (value === null || !/^[\w-]{1,1000}$/.test(value)) return null;
  try {
    const told = JSON.parse(Buffer.from(value, "base64url").toString("utf8")) as Partial<Errand> | null;
    const { state, nonce, verifier } = told ?? {};
    const isWhole = [state, nonce, verifier].every((each) => typeof each === "string" && each.length >= 32);
    return isWhole ? (told as Errand) : null;
  } catch {
    return null;
  }
}

function refuse(options: PeopleOptions, context: Context, error: unknown): Response {
  if (!(error instanceof IdentityRefused)) throw error;
  const browser = browserOf(context.req.raw.headers);
  const { why } = error;
  const from = browser.address;
  options.refusals.note({ kind: "sign_in_failed", why: `oidc ${why}`, key: null, route: "oidc", from });
  const isAway = why.startsWith("provider_away");
  const text = isAway
    ? "The provider of identities does not answer; try again in a moment."
    : "You are not let in with this account. Whoever runs this server finds the reason in its audit log.";
  context.header("set-cookie", errandCookie(browser, null));
  return formPage(context, wordPage("Not signed in", text), { status: isAway ? 503 : 403 });
}

async function there(options: PeopleOptions, provider: Provider, context: Context): Promise<Response> {
  const browser = browserOf(context.req.raw.headers);
  try {
    if (!browser.isFit) throw new IdentityRefused("not over TLS");
    const { to, errand } = await provider.begin();
    context.header("set-cookie", errandCookie(browser, errand));
    return context.redirect(to, 303);
  } catch (error) {
    return refuse(options, context, error);
  }
}

async function back(options: PeopleOptions, provider: Provider, context: Context): Promise<Response> {
  const { access, sessions } = options;
  const { headers, url } = context.req.raw;
  const browser = browserOf(headers);
  try {
    const errand = errandOf(headers);
    if (errand === null) throw new IdentityRefused("no errand");
    const { subject, name: told, role } = await provider.end(new URL(url).search, errand);
    const name = personNameOf(told);
    if (name === null) throw new IdentityRefused("nameless");
    const by = `provider ${provider.host}`;
    const person = await access.enterPerson({ id: makePersonId(), name, role, by, subject });
    if (person === null) throw new IdentityRefused("name taken");
    const cookie = await sessions.begin(person, headers);
    if (cookie === null) throw new IdentityRefused("disabled");
    await auditOf(options, "signed_in", { person: person.name, from: browser.address, by: "provider" });
    context.header("set-cookie", errandCookie(browser, null));
    context.header("set-cookie", cookie, { append: true });
    return formPage(context, onwardPage(landingOf(options, person)));
  } catch (error) {
    return refuse(options, context, error);
  }
}

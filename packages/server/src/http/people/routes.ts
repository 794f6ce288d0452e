import type { Context, Hono } from "hono";
import { hashPassword, passwordCost, PasswordsBusy, whyNoPassword } from "../../runtime/password.ts";
import type { PasswordCost } from "../../runtime/password.ts";
import { isSecretForm, makePersonId, personNameOf, secretHashOf } from "../../runtime/person-secrets.ts";
import type { AccessStore, PersonRow } from "../../store/port.ts";
import type { Refusals } from "../api/refusals.ts";
import { browserOf, isOwnPage } from "./browser.ts";
import { accountPage, joinPage, signInPage, wordPage } from "./pages.ts";
import { formPage, onward, readForm } from "./form.ts";
import type { Fields } from "./form.ts";
import { isCsrfToken } from "./sessions.ts";
import type { FoundSession, Sessions } from "./sessions.ts";
import { nameCount, signIn } from "./sign-in.ts";

/** What signing in needs. */
export interface PeopleOptions {
  readonly access: AccessStore;
  readonly sessions: Sessions;
  readonly refusals: Refusals;
  /** Our clock, ms since 1970. */
  readonly now: () => number;
  /** Host of the provider of identities, or null. */
  readonly provider: string | null;
  /** Whether a role sees the status page. */
  readonly seesStatus: (role: string) => boolean;
  /** What a hash of a password costs; a test's own. */
  readonly cost?: PasswordCost;
}

/** Tells the audit log of something that was done, with who and whence. */
export function auditOf(
  { access, now }: Pick<PeopleOptions, "access" | "now">,
  kind: string,
  told: {
    readonly person: string;
    readonly from: string | null;
    readonly [more: string]: string | number | null;
  },
): Promise<void> {
  return access.appendAudit([{ at: new Date(now()).toISOString(), kind, body: told }]);
}

/** Where one lands after signing in. */
export const landingOf = (options: PeopleOptions, { role }: PersonRow): string =>
  options.seesStatus(role) ? "/" : "/account";

/** The pages on which people sign in and out. Nothing of them is sent to another host. */
export function addPeople(app: Hono, options: PeopleOptions): void {
  const { provider } = options;
  app.get("/sign-in", (context) => formPage(context, signInPage({ trouble: null, provider })));
  app.post("/sign-in", (context) => posted(options, context, signInPosted));
  app.get("/join", (context) => joinShown(options, context));
  app.post("/join", (context) => posted(options, context, joinPosted));
  app.get("/account", async (context) => {
    const found = await options.sessions.find(context.req.raw.headers);
    if (found === null) return context.redirect("/sign-in", 303);
    const seesStatus = options.seesStatus(found.person.role);
    return formPage(context, accountPage({ ...found, seesStatus }));
  });
  app.post("/sign-out", (context) => posted(options, context, signOut));
  app.post("/sign-out-everywhere", (context) => posted(options, context, signOutEverywhere));
}

type Posted = (options: PeopleOptions, context: Context, fields: Fields) => Promise<Response>;

/** A form that came from a page of ours, over a way that a session may travel. */
async function posted(options: PeopleOptions, context: Context, work: Posted): Promise<Response> {
  const { headers } = context.req.raw;
  const { isFit, address } = browserOf(headers);
  if (!isOwnPage(headers)) {
    options.refusals.note({ kind: "csrf_refused", why: "origin", key: null, route: "page", from: address });
    return formPage(context, wordPage("Not from here", "This form was not sent by a page of this server."), {
      status: 403,
    });
  }
  if (!isFit) {
    const text = "Signing in needs HTTPS, or a browser on this machine. See docs/guide/people.md.";
    return formPage(context, wordPage("Not over this way", text), { status: 403 });
  }
  const fields = await readForm(context.req.raw);
  if (fields === null)
    return formPage(context, wordPage("Not understood", "That is no form of ours."), { status: 400 });
  try {
    return await work(options, context, fields);
  } catch (error) {
    if (!(error instanceof PasswordsBusy)) throw error;
    const text = "Too many people sign in just now; try again in a moment.";
    return formPage(context, wordPage("Busy", text), { status: 503, headers: { "retry-after": "5" } });
  }
}

/** How long somebody waits, in words. */
function waitWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

const signInPosted: Posted = async (options, context, fields) => {
  const { provider, sessions } = options;
  const { headers } = context.req.raw;
  const { address } = browserOf(headers);
  const [name, password] = [fields.get("name") ?? "", fields.get("password") ?? ""];
  const outcome = await signIn(options, { name, password, address });
  if (outcome.kind === "in") {
    const cookie = await sessions.begin(outcome.person, headers);
    if (cookie !== null) {
      await auditOf(options, "signed_in", { person: outcome.person.name, from: address, by: "password" });
      return onward(context, cookie, landingOf(options, outcome.person));
    }
  }
  const waitMs = outcome.kind === "in" ? 0 : outcome.waitMs;
  const wait = waitMs === 0 ? "" : ` Try again in ${waitWords(waitMs)}.`;
  const isLocked = outcome.kind === "locked";
  const trouble = isLocked ? `Too many tries.${wait}` : `Name or password is not right.${wait}`;
  return formPage(context, signInPage({ trouble, provider }), {
    status: isLocked ? 429 : 403,
    headers: waitMs === 0 ? {} : { "retry-after": String(Math.ceil(waitMs / 1_000)) },
  });
};

const linkOver = "This link is not good: it was used, it is older than a day, or another one was made.";

/** Shows what a link is for. It is used only by what is posted: mail programs open links on their own. */
async function joinShown({ access }: PeopleOptions, context: Context): Promise<Response> {
  const link = context.req.query("link") ?? "";
  const found = isSecretForm(link) ? await access.findLink(secretHashOf(link)) : null;
  if (found === null) return formPage(context, wordPage("Link", linkOver), { status: 403 });
  const name = found.person?.name ?? null;
  return formPage(context, joinPage({ link, name, trouble: null }));
}

const joinPosted: Posted = async (options, context, fields) => {
  const { access, sessions, refusals, cost = passwordCost } = options;
  const { headers } = context.req.raw;
  const { address } = browserOf(headers);
  const link = fields.get("link") ?? "";
  const found = isSecretForm(link) ? await access.findLink(secretHashOf(link)) : null;
  const over = (): Response => {
    refusals.note({ kind: "link_refused", why: "", key: null, route: "join", from: address });
    return formPage(context, wordPage("Link", linkOver), { status: 403 });
  };
  if (found === null) return over();
  const name = found.person?.name ?? personNameOf(fields.get("name") ?? "");
  const password = fields.get("password") ?? "";
  const why =
    name === null
      ? "A name begins with a letter or digit, and has two to a hundred of those and `._@+-`."
      : whyNoPassword(password, name);
  if (name === null || why !== null) {
    const text = `${(why ?? "").slice(0, 1).toUpperCase()}${(why ?? "").slice(1)}.`.replace("..", ".");
    const shown = joinPage({ link, name: found.person?.name ?? null, trouble: text });
    return formPage(context, shown, { status: 422 });
  }
  const passwordHash = await hashPassword(password, cost);
  const first = { id: makePersonId(), name, role: "administrator", by: "the first link" } as const;
  const person = await access.useLink({ hash: secretHashOf(link), passwordHash, first });
  const cookie = person === null ? null : await sessions.begin(person, headers);
  if (person === null || cookie === null) return over();
  await access.settleTry({ clear: nameCount(person.name), release: null });
  await auditOf(options, "signed_in", { person: person.name, from: address, by: "link" });
  return onward(context, cookie, landingOf(options, person));
};

/** The session of a form that carries its token; null notes a refusal. */
async function sessionOf(
  { sessions, refusals }: PeopleOptions,
  context: Context,
  fields: Fields,
): Promise<FoundSession | null> {
  const found = await sessions.find(context.req.raw.headers);
  if (found === null || isCsrfToken(found, fields.get("csrf") ?? null)) return found;
  const from = browserOf(context.req.raw.headers).address;
  const person = found.person.name;
  refusals.note({ kind: "csrf_refused", why: "token", key: null, person, route: "page", from });
  return null;
}

const signOut: Posted = async (options, context, fields) => {
  const { headers } = context.req.raw;
  const found = await sessionOf(options, context, fields);
  if (found === null) return context.redirect("/sign-in", 303);
  const cookie = await options.sessions.end(headers);
  await auditOf(options, "signed_out", { person: found.person.name, from: browserOf(headers).address });
  return onward(context, cookie, "/sign-in");
};

const signOutEverywhere: Posted = async (options, context, fields) => {
  const { headers } = context.req.raw;
  const found = await sessionOf(options, context, fields);
  if (found === null) return context.redirect("/sign-in", 303);
  const { id, name: person } = found.person;
  const sessions = await options.access.endSessions(id);
  const cookie = await options.sessions.end(headers);
  await auditOf(options, "signed_out_everywhere", { person, from: browserOf(headers).address, sessions });
  return onward(context, cookie, "/sign-in");
};

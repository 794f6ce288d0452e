import { ConnectorError } from "@crossfoot/connector-sdk";
import type { AccessToken, HttpRequest, Session } from "@crossfoot/connector-sdk";
import { parseJson } from "./json.ts";
import type { Auth, OAuth2 } from "./language.ts";
import { both, render, renderPath, renderTexts } from "./template.ts";
import type { Scope } from "./template.ts";
import { isMap, textOf } from "./wire.ts";

/**
 * Names under which a token lives in the session; the runtime may read the expiry, or drop both to force
 * another.
 */
export const tokenNames = {
  token: "access_token",
  expiresAt: "access_token_expires_at",
  takenAt: "access_token_taken_at",
  refused: "access_token_refused",
};

/** A token is replaced this long before it ends, so that it does not end under way. */
const renewBeforeMs = 60_000;
/** A refused token younger than this was no better when it was given: the credentials are wrong. */
const youngMs = 30_000;
const lifeDefaultMs = 3_600_000;

/** Variables of `auth` and of webhook secrets: `secret.x` is asked of the session. */
export function secretScope(session: Session, scope: Scope): Scope {
  return both((name) => {
    if (!name.startsWith("secret.")) return undefined;
    const secret = name.slice("secret.".length);
    try {
      return session.secret(secret);
    } catch (cause) {
      const message = `the secret ${secret} cannot be read; set it and try again`;
      throw new ConnectorError({ failure: "unauthorised", code: "secret_missing", message }, cause);
    }
  }, scope);
}

/** Headers that make us known, or a ConnectorError `unauthorised` when a secret is missing. */
export async function authHeaders(
  auth: Auth,
  session: Session,
  scope: Scope,
): Promise<Record<string, string>> {
  const known = secretScope(session, scope);
  const text = (template: string): string => textOf(render(template, known)) ?? missingSecret();
  switch (auth.kind) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer ${text(auth.token)}` };
    case "basic":
      return { authorization: basic(text(auth.user), text(auth.password)) };
    case "header":
      return renderTexts(auth.headers, known);
    case "oauth2":
      return { authorization: bearer(await accessToken(auth, session, known)) };
  }
}

function missingSecret(): never {
  throw new ConnectorError({
    failure: "unauthorised",
    code: "secret_missing",
    message: "a credential has no value; set the secret or the variable it names",
  });
}

const bearer = (token: string): string => `Bearer ${token}`;
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;

async function accessToken(auth: OAuth2, session: Session, scope: Scope): Promise<string> {
  const kept = session.token.load(tokenNames.token) ?? "";
  const expiresAt = Number(session.token.load(tokenNames.expiresAt) ?? "0");
  if (kept !== "" && expiresAt - renewBeforeMs > session.now()) return kept;
  const take = (): Promise<AccessToken> => takeToken(auth, session, scope);
  const refused = session.token.load(tokenNames.refused) ?? null;
  const given = await (session.token.share?.({ take, refused, renewBeforeMs }) ?? take());
  session.token.store(tokenNames.token, given.token);
  session.token.store(tokenNames.expiresAt, String(given.expiresAt));
  session.token.store(tokenNames.takenAt, String(given.takenAt));
  return given.token;
}

async function takeToken(auth: OAuth2, session: Session, scope: Scope): Promise<AccessToken> {
  const answer = await session.http(tokenRequest(auth, scope));
  const body = parseJson(answer.body);
  const token = isMap(body) ? textOf(body["access_token"]) : undefined;
  if (answer.status < 200 || answer.status > 299 || token === undefined || !isMap(body)) {
    const isRefusal =
      answer.status >= 400 && answer.status < 500 && answer.status !== 429 && answer.status !== 408;
    throw new ConnectorError({
      failure: isRefusal ? "unauthorised" : answer.status === 429 ? "throttled" : "transient",
      code: isRefusal ? "token_refused" : "token_unavailable",
      status: answer.status,
      message: `the token endpoint answered ${answer.status} without a token; check client, secret and scope`,
    });
  }
  const seconds = Number(textOf(body["expires_in"]) ?? Number.NaN);
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : lifeDefaultMs;
  const takenAt = session.now();
  return { token, takenAt, expiresAt: takenAt + lifeMs };
}

function tokenRequest(auth: OAuth2, scope: Scope): HttpRequest {
  const text = (template: string): string => textOf(render(template, scope)) ?? missingSecret();
  const form = new URLSearchParams({ grant_type: "client_credentials", ...renderTexts(auth.fields, scope) });
  if (auth.scope !== undefined) form.set("scope", text(auth.scope));
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  if (auth.sends === "basic") {
    const encoded = [auth.client, auth.secret].map((one) => encodeURIComponent(text(one)));
    headers["authorization"] = basic(encoded[0] ?? "", encoded[1] ?? "");
  } else {
    form.set("client_id", text(auth.client));
    form.set("client_secret", text(auth.secret));
  }
  const path = renderPath(auth.tokenPath, scope) ?? missingSecret();
  return { method: "POST", path, headers, body: form.toString(), isWrite: false };
}

/**
 * What a 401 means: with a token that was given some time ago, that it ended early; it is dropped and the
 * call may be tried again. Anything else is a wrong credential. `sent` is the Authorization header of the
 * call, where it is known. A 401 proves that nothing was written.
 */
export function refusedLogin(
  auth: Auth,
  session: Session,
  { error, sent }: { readonly error: ConnectorError; readonly sent: string | undefined },
): ConnectorError {
  if (auth.kind !== "oauth2") return error;
  const ended = new ConnectorError({
    failure: "transient",
    code: "token_ended",
    status: error.status,
    message: "the access token ended before its time; another is taken with the next call",
    requestId: error.requestId,
  });
  const token = session.token.load(tokenNames.token) ?? "";
  // Another call was refused before, and the token that this one had is dropped already.
  if (sent !== undefined && sent !== bearer(token)) return ended;
  const takenAt = Number(session.token.load(tokenNames.takenAt) ?? "0");
  session.token.store(tokenNames.refused, token);
  session.token.store(tokenNames.token, "");
  if (session.now() - takenAt < youngMs) return error;
  return ended;
}

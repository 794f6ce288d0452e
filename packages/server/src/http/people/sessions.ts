import { hash, timingSafeEqual } from "node:crypto";
import { isSecretForm, makeSecret, secretHashOf } from "../../runtime/person-secrets.ts";
import type { PersonRow, PersonStore, SessionRow } from "../../store/port.ts";
import { browserOf, cookieOf, cookiesOf, setCookie } from "./browser.ts";

/** How long sessions last. */
export interface SessionSpan {
  /** Without use, ms. */
  readonly idleMs: number;
  /** Whatever happens, ms. */
  readonly lifeMs: number;
}

/** A session that a request belongs to. */
export interface FoundSession extends SessionRow {
  /** What its unsafe requests carry. */
  readonly csrfToken: string;
}

/** Sessions as browsers hold them. */
export interface Sessions {
  /** Whether a request carries a session, good or not. */
  readonly isCarried: (headers: Headers) => boolean;
  /** The session of a request, null when it carries none that is good. Notes its use unless told not to. */
  readonly find: (headers: Headers, isUse?: boolean) => Promise<FoundSession | null>;
  /** Begins one, ends the one that the request carried. The Set-Cookie; null when the person may not. */
  readonly begin: (person: PersonRow, headers: Headers) => Promise<string | null>;
  /** Ends the one that the request carries. The Set-Cookie that forgets it. */
  readonly end: (headers: Headers) => Promise<string>;
}

/** How often the use of a session is noted at most, ms. */
const noteMs = 60_000;

/**
 * What unsafe requests of a session carry: known to whoever holds the session alone, and no way back to it.
 */
const csrfTokenOf = (secret: string): string => hash("sha256", `csrf ${secret}`, "base64url");

/** Whether a token is the session's. */
export function isCsrfToken(found: FoundSession, token: string | null): boolean {
  const [given, own] = [Buffer.from(token ?? ""), Buffer.from(found.csrfToken)];
  return given.length === own.length && timingSafeEqual(given, own);
}

/** Sessions over the store. */
export function createSessions(access: PersonStore, span: SessionSpan): Sessions {
  const secretOf = (headers: Headers): string | null => {
    const { isFit, cookieName } = browserOf(headers);
    const value = isFit ? cookieOf(headers, cookieName) : null;
    return value !== null && isSecretForm(value) ? value : null;
  };
  return {
    isCarried: (headers) => cookiesOf(headers, browserOf(headers).cookieName).length > 0,
    async find(headers, isUse = true) {
      const secret = secretOf(headers);
      const found = secret === null ? null : await access.findSession(secretHashOf(secret));
      if (secret === null || found === null) return null;
      const everyMs = Math.min(noteMs, span.idleMs / 4);
      if (isUse) await access.noteSessionUse(secretHashOf(secret), { idleMs: span.idleMs, everyMs });
      return { ...found, csrfToken: csrfTokenOf(secret) };
    },
    async begin(person, headers) {
      const before = secretOf(headers);
      if (before !== null) await access.endSession(secretHashOf(before));
      const browser = browserOf(headers);
      const { secret, hash: kept } = makeSecret();
      if (!browser.isFit || !(await access.startSession({ hash: kept, person: person.id, ...span })))
        return null;
      const name = browser.cookieName;
      return setCookie({ browser, name, value: secret, sameSite: "Strict", maxAge: null });
    },
    async end(headers) {
      const secret = secretOf(headers);
      if (secret !== null) await access.endSession(secretHashOf(secret));
      const browser = browserOf(headers);
      return setCookie({ browser, name: browser.cookieName, value: "", sameSite: "Strict", maxAge: 0 });
    },
  };
}

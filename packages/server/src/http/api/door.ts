import { hash, timingSafeEqual } from "node:crypto";
import { scopes } from "@crossfoot/api";
import type { Route } from "@crossfoot/api";
import type { AccessStore, KeyRow } from "../../store/port.ts";
import { isOwnPage } from "../people/browser.ts";
import { isCsrfToken } from "../people/sessions.ts";
import type { FoundSession, Sessions } from "../people/sessions.ts";
import { Problem } from "./problem.ts";
import type { Refusals } from "./refusals.ts";
import { markOf } from "./visitor.ts";
import type { Visitor } from "./visitor.ts";

/** How often the use of a key is noted, ms. */
const useMs = 60_000;
const keyForm = /^Bearer cf_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const nobody = hash("sha256", "nobody", "hex");
/** Methods that change nothing (RFC 9110, section 9.2.1): all others of a session need its token. */
const safe: readonly string[] = ["GET", "HEAD"];

/** A request at the door. */
export interface Knock {
  readonly route: Pick<Route, "id" | "roles" | "scope">;
  readonly method: string;
  readonly headers: Headers;
  /** Whether a session goes on for longer by it; true when missing. A page that renews itself does not. */
  readonly isUse?: boolean;
}

/** Whence a request came, as far as is known. */
export const fromOf = (headers: Headers): string | null => headers.get("x-forwarded-for");

/** Finds out who asks. */
export interface Door {
  /**
   * Throws a Problem: `key_missing`; `key_refused` or `session_over` without a hint why; `csrf_refused` for
   * an unsafe request of a session that was not made by a page of ours. A key goes before a session.
   */
  readonly authenticate: (knock: Knock) => Promise<Visitor>;
  /** Throws a Problem when role or scopes do not cover the route. */
  readonly authorise: (knock: Knock, visitor: Visitor) => void;
}

type Note = (knock: Knock, kind: string, more: { why: string; key: string | null; person?: string }) => void;

/** The door of the API and of the pages. Every refusal is noted. */
export function createDoor(deps: {
  readonly access: Pick<AccessStore, "findKey" | "noteKeyUse">;
  readonly sessions: Sessions;
  readonly refusals: Refusals;
  readonly now: () => number;
}): Door {
  const { sessions, refusals } = deps;
  const note: Note = ({ route, headers }, kind, more) =>
    refusals.note({ kind, ...more, route: route.id, from: fromOf(headers) });
  const byKey = keyDoor(deps, note);
  return {
    async authenticate(knock) {
      const authorization = knock.headers.get("authorization");
      if (authorization !== null) return byKey(knock, authorization);
      if (sessions.isCarried(knock.headers))
        return bySession(knock, await sessions.find(knock.headers, knock.isUse), note);
      note(knock, "key_missing", { why: "", key: null });
      throw new Problem("key_missing", "send `Authorization: Bearer cf_...`, or sign in", {
        headers: bearer,
      });
    },
    authorise(knock, visitor) {
      const { route } = knock;
      if (!route.roles.includes(visitor.role)) {
        note(knock, "role_refused", { why: visitor.role, ...markOf(visitor) });
        throw new Problem("role_refused", `the role ${visitor.role} may not do this`);
      }
      if (route.scope !== null && !visitor.scopes.includes(route.scope)) {
        note(knock, "scope_missing", { why: route.scope, ...markOf(visitor) });
        throw new Problem("scope_missing", `the key needs the scope ${route.scope}`);
      }
    },
  };
}

const bearer = { "www-authenticate": "Bearer" };

function keyDoor(
  deps: { readonly access: Pick<AccessStore, "findKey" | "noteKeyUse">; readonly now: () => number },
  note: Note,
): (knock: Knock, authorization: string) => Promise<Visitor> {
  const { access, now } = deps;
  const notedAt = new Map<string, number>();
  return async (knock, authorization) => {
    const [, id = "", secret = ""] = keyForm.exec(authorization) ?? [];
    const key = id === "" ? null : await access.findKey(id);
    // Compared also when there is no such key, so that both take the same time.
    const isRight = isSame(hash("sha256", secret, "hex"), key?.secretHash ?? nobody);
    const why = whyRefused({ id, key, isRight });
    if (key === null || why !== null) {
      note(knock, "key_refused", { why: why ?? "unknown", key: key?.id ?? null });
      throw new Problem("key_refused", "the key is not good here; ask who gave it to you", {
        headers: bearer,
      });
    }
    const at = now();
    if (at - (notedAt.get(key.id) ?? Number.NEGATIVE_INFINITY) >= useMs) {
      notedAt.set(key.id, at);
      await access.noteKeyUse(key.id, useMs);
    }
    const { name, role, expiresAt } = key;
    return { kind: "key", id: key.id, name, role, scopes: key.scopes, expiresAt, csrfToken: null };
  };
}

/** A person has every scope: their role alone says what they may do. */
function bySession(knock: Knock, found: FoundSession | null, note: Note): Visitor {
  if (found === null) {
    note(knock, "session_over", { why: "", key: null });
    throw new Problem("session_over", "sign in again", { headers: bearer });
  }
  const { person, overAt: expiresAt, csrfToken } = found;
  const { name, role } = person;
  const { method, headers } = knock;
  const isOurs = isOwnPage(headers) && isCsrfToken(found, headers.get("x-csrf-token"));
  if (!safe.includes(method) && !isOurs) {
    const why = isOwnPage(headers) ? "token" : "origin";
    note(knock, "csrf_refused", { why, key: null, person: name });
    throw new Problem("csrf_refused", "a session needs its `x-csrf-token`, from a page of this server");
  }
  return { kind: "person", id: `person-${person.id}`, name, role, scopes, expiresAt, csrfToken };
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Why a key is refused, for the audit log alone; null when it is good. */
function whyRefused(at: {
  readonly id: string;
  readonly key: KeyRow | null;
  readonly isRight: boolean;
}): string | null {
  const { id, key, isRight } = at;
  if (id === "") return "malformed";
  if (key === null) return "unknown";
  if (!isRight) return "wrong";
  if (key.isLive) return null;
  return key.revokedAt === null ? "expired" : "revoked";
}

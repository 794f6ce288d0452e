import { hash, timingSafeEqual } from "node:crypto";
import type { Route } from "@crossfoot/api";
import type { AccessStore, KeyRow } from "../../store/port.ts";
import { Problem } from "./problem.ts";
import type { Refusals } from "./refusals.ts";

/** How often the use of a key is noted, ms. */
const useMs = 60_000;
const keyForm = /^Bearer cf_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const nobody = hash("sha256", "nobody", "hex");

/** A request at the door. */
export interface Knock {
  readonly route: Route;
  readonly authorization: string | null;
  readonly from: string | null;
}

/** Finds out who asks. */
export interface Door {
  /** Throws a Problem: `key_missing`, or `key_refused` without a hint why. */
  readonly authenticate: (knock: Knock) => Promise<KeyRow>;
  /** Throws a Problem when the key's role or scopes do not cover the route. */
  readonly authorise: (knock: Knock, key: KeyRow) => void;
}

/** The door of the API. Every refusal is noted. */
export function createDoor(deps: {
  readonly access: Pick<AccessStore, "findKey" | "noteKeyUse">;
  readonly refusals: Refusals;
  readonly now: () => number;
}): Door {
  const { access, refusals, now } = deps;
  const notedAt = new Map<string, number>();
  const note = (knock: Knock, kind: string, more: { why: string; key: string | null }): void =>
    refusals.note({ kind, ...more, route: knock.route.id, from: knock.from });
  return {
    async authenticate(knock) {
      const { authorization } = knock;
      const headers = { "www-authenticate": "Bearer" };
      if (authorization === null) {
        note(knock, "key_missing", { why: "", key: null });
        throw new Problem("key_missing", "send `Authorization: Bearer cf_...`", { headers });
      }
      const [, id = "", secret = ""] = keyForm.exec(authorization) ?? [];
      const key = id === "" ? null : await access.findKey(id);
      // Compared also when there is no such key, so that both take the same time.
      const isRight = isSame(hash("sha256", secret, "hex"), key?.secretHash ?? nobody);
      const why = whyRefused({ id, key, isRight });
      if (key === null || why !== null) {
        note(knock, "key_refused", { why: why ?? "unknown", key: key?.id ?? null });
        throw new Problem("key_refused", "the key is not good here; ask who gave it to you", { headers });
      }
      const at = now();
      if (at - (notedAt.get(key.id) ?? Number.NEGATIVE_INFINITY) >= useMs) {
        notedAt.set(key.id, at);
        await access.noteKeyUse(key.id, useMs);
      }
      return key;
    },
    authorise(knock, key) {
      const { route } = knock;
      if (!route.roles.includes(key.role)) {
        note(knock, "role_refused", { why: key.role, key: key.id });
        throw new Problem("role_refused", `the role ${key.role} may not do this`);
      }
      if (route.scope !== null && !key.scopes.includes(route.scope)) {
        note(knock, "scope_missing", { why: route.scope, key: key.id });
        throw new Problem("scope_missing", `the key needs the scope ${route.scope}`);
      }
    },
  };
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

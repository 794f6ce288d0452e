import { chainAudit } from "../audit-chain.ts";
import { standing } from "../kept-answers.ts";
import { keyNotes } from "../keys.ts";
import type { AccessStore, AuditRow, KeyDraft, KeyRow } from "../port.ts";
import { inOrder, instant, instantOrNull } from "./basics.ts";
import type { AuditTable, KeyTable } from "./columns-access.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

const isLive = (row: KeyTable, now: number): boolean =>
  row.revoked_at === null && (row.expires_at === null || row.expires_at > now);

const keyOf = (row: KeyTable, now: number): KeyRow => ({
  id: row.id,
  name: row.name,
  role: row.role,
  scopes: row.scopes as readonly string[],
  secretHash: row.secret_hash,
  by: row.created_by,
  createdAt: instant(row.created_at),
  expiresAt: instantOrNull(row.expires_at),
  usedAt: instantOrNull(row.used_at),
  revokedAt: instantOrNull(row.revoked_at),
  revokedBy: row.revoked_by,
  replacedBy: row.replaced_by,
  isLive: isLive(row, now),
});

function rowOf(draft: KeyDraft, now: number): KeyTable {
  const { id, name, role, scopes, secretHash: secret_hash, by: created_by, expiresInMs } = draft;
  return {
    ...{ id, name, role, scopes: jsonb([...scopes]), secret_hash, created_by, created_at: now },
    expires_at: expiresInMs === null ? null : now + expiresInMs,
    ...{ used_at: null, revoked_at: null, revoked_by: null, replaced_by: null },
  };
}

/** Keys of the HTTP API (see the SQL store). */
export function keyPart(
  state: State,
): Pick<AccessStore, "saveKey" | "findKey" | "listKeys" | "revokeKey" | "rotateKey" | "noteKeyUse"> {
  const { apiKey } = state.tables;
  return {
    async saveKey(draft) {
      return state.commit((now) => {
        if (apiKey.get(draft.id) !== undefined) return false;
        apiKey.insert(rowOf(draft, now));
        writeNotes(state, [keyNotes.made(draft)], null);
        return true;
      });
    },
    async findKey(id) {
      const row = apiKey.get(id);
      return row === undefined ? null : keyOf(row, state.now());
    },
    async listKeys() {
      const now = state.now();
      return inOrder(apiKey.all(), (row) => [row.created_at, row.id]).map((row) => keyOf(row, now));
    },
    async revokeKey(id, by) {
      return state.commit((now) => {
        const row = apiKey.get(id);
        if (row === undefined || row.revoked_at !== null) return false;
        apiKey.change(row, { revoked_at: now, revoked_by: by });
        writeNotes(state, [keyNotes.revoked(id, by)], null);
        return true;
      });
    },
    async rotateKey(id, draft, overlapMs) {
      return state.commit((now) => {
        const row = apiKey.get(id);
        if (row === undefined || !isLive(row, now) || apiKey.get(draft.id) !== undefined) return false;
        apiKey.insert(rowOf(draft, now));
        const expires_at = Math.min(row.expires_at ?? Number.POSITIVE_INFINITY, now + overlapMs);
        apiKey.change(row, { expires_at, replaced_by: draft.id });
        writeNotes(state, [keyNotes.rotated(id, draft)], null);
        return true;
      });
    },
    async noteKeyUse(id, everyMs) {
      state.commit((now) => {
        const row = apiKey.get(id);
        if (row === undefined || (row.used_at !== null && row.used_at > now - everyMs)) return;
        apiKey.change(row, { used_at: now });
      });
    },
  };
}

/** Answers to repeated requests (see the SQL store). */
export function answerPart(state: State): Pick<AccessStore, "claimAnswer" | "endAnswer" | "forgetAnswers"> {
  const { apiAnswer } = state.tables;
  return {
    async claimAnswer({ key, name, route, digest, holder, holdMs, keepMs }) {
      return state.commit((now) => {
        const row = apiAnswer.get(key, name, route);
        const times = { until_at: now + holdMs, forget_at: now + keepMs };
        const claimed = { digest, holder, ...times, answer: null };
        if (row === undefined) {
          apiAnswer.insert({ key_id: key, name, route, ...claimed });
          return { kind: "mine" } as const;
        }
        const isOpen = row.answer === null && row.digest === digest;
        if (row.forget_at <= now || (isOpen && (row.holder === holder || row.until_at <= now))) {
          apiAnswer.change(row, claimed);
          return { kind: "mine" } as const;
        }
        return standing({ digest: row.digest, answer: row.answer, forMs: row.until_at - now }, digest);
      });
    },
    async endAnswer({ key, name, route, holder }, answer) {
      state.commit(() => {
        const row = apiAnswer.get(key, name, route);
        if (row?.holder !== holder) return;
        if (answer === null) apiAnswer.remove(row);
        else apiAnswer.change(row, { answer: jsonb(answer) });
      });
    },
    async forgetAnswers() {
      return state.commit((now) => {
        const over = apiAnswer.all().filter(({ forget_at }) => forget_at <= now);
        for (const row of over) apiAnswer.remove(row);
        return over.length;
      });
    },
  };
}

const eventOf = ({ at, before_hash: beforeHash, ...row }: AuditTable): AuditRow => ({
  ...row,
  at: new Date(at).toISOString(),
  beforeHash,
});

/** The audit log (see the SQL store). */
export function auditPart(state: State): Pick<AccessStore, "appendAudit" | "listAudit"> {
  const { auditEvent } = state.tables;
  const inPlace = (): readonly AuditTable[] => inOrder(auditEvent.all(), ({ number }) => [number]);
  return {
    async appendAudit(drafts) {
      state.commit(() => {
        const last = inPlace().at(-1) ?? null;
        const { digest } = state.entropy;
        for (const { at, beforeHash: before_hash, ...row } of chainAudit(drafts, { last, digest }))
          auditEvent.insert({ ...row, body: jsonb(row.body), at: Date.parse(at), before_hash });
      });
    },
    async listAudit(after, limit) {
      return inPlace()
        .filter(({ number }) => number > after)
        .slice(0, limit)
        .map((row) => eventOf(row));
    },
  };
}

import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { AccessStore, KeyDraft, KeyRole, KeyRow } from "./port.ts";
import { inMs } from "./rows.ts";

/** What the journal tells of keys. Never anything of the secret part. */
export const keyNotes = {
  made: ({ id, name, role, scopes, by }: KeyDraft): Note =>
    note("key_made", { id, name, role, scopes: [...scopes], by }),
  revoked: (id: string, by: string): Note => note("key_revoked", { id, by }),
  rotated: (id: string, draft: KeyDraft): Note =>
    note("key_rotated", { id, replacedBy: draft.id, by: draft.by }),
};

const note = (kind: string, body: Note["body"]): Note => ({ kind, entity: null, link: null, body });

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly scopes: readonly string[];
  readonly secret_hash: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly used_at: string | null;
  readonly revoked_at: string | null;
  readonly revoked_by: string | null;
  readonly replaced_by: string | null;
  readonly is_live: boolean;
  readonly [column: string]: unknown;
}

const isLive = "(revoked_at is null and (expires_at is null or expires_at > now()))";
const columns =
  "id, name, role, scopes, secret_hash, created_by, created_at, expires_at, used_at, revoked_at, " +
  `revoked_by, replaced_by, ${isLive} as is_live`;

const keyOf = (row: Row): KeyRow => ({
  id: row.id,
  name: row.name,
  role: row.role,
  scopes: row.scopes,
  secretHash: row.secret_hash,
  by: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usedAt: row.used_at,
  revokedAt: row.revoked_at,
  revokedBy: row.revoked_by,
  replacedBy: row.replaced_by,
  isLive: row.is_live,
});

async function insert(tx: Queryable, draft: KeyDraft): Promise<boolean> {
  const { id, name, role, scopes, secretHash, by, expiresInMs } = draft;
  const rows = await tx.query(
    "insert into api_key (id, name, role, scopes, secret_hash, created_by, expires_at) values ($1, $2, $3, " +
      `$4::jsonb, $5, $6, ${inMs("$7")}) on conflict do nothing returning id`,
    [id, name, role, JSON.stringify(scopes), secretHash, by, expiresInMs],
  );
  return rows.length > 0;
}

/** Keys of the HTTP API in SQL. */
export function keyStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): Pick<AccessStore, "saveKey" | "findKey" | "listKeys" | "revokeKey" | "rotateKey" | "noteKeyUse"> {
  const { database, journal } = deps;
  return {
    async saveKey(draft) {
      return database.transaction(async (tx) => {
        const isMade = await insert(tx, draft);
        if (isMade) await journal.write(tx, [keyNotes.made(draft)], null);
        return isMade;
      });
    },
    async findKey(id) {
      const [row] = await database.query<Row>(`select ${columns} from api_key where id = $1`, [id]);
      return row === undefined ? null : keyOf(row);
    },
    async listKeys() {
      const rows = await database.query<Row>(`select ${columns} from api_key order by created_at, id`);
      return rows.map((row) => keyOf(row));
    },
    async revokeKey(id, by) {
      return database.transaction(async (tx) => {
        const rows = await tx.query(
          "update api_key set revoked_at = now(), revoked_by = $2 where id = $1 and revoked_at is null " +
            "returning id",
          [id, by],
        );
        if (rows.length > 0) await journal.write(tx, [keyNotes.revoked(id, by)], null);
        return rows.length > 0;
      });
    },
    async rotateKey(id, draft, overlapMs) {
      return database.transaction(async (tx) => {
        const live = await tx.query(`select id from api_key where id = $1 and ${isLive} for update`, [id]);
        if (live.length === 0 || !(await insert(tx, draft))) return false;
        await tx.query(
          `update api_key set expires_at = least(expires_at, ${inMs("$3")}), replaced_by = $2 where id = $1`,
          [id, draft.id, overlapMs],
        );
        await journal.write(tx, [keyNotes.rotated(id, draft)], null);
        return true;
      });
    },
    async noteKeyUse(id, everyMs) {
      await database.query(
        "update api_key set used_at = now() where id = $1 and (used_at is null or used_at <= now() - " +
          "$2::float8 * interval '1 millisecond')",
        [id, everyMs],
      );
    },
  };
}

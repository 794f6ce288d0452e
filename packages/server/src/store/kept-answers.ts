import type { Json } from "@crossfoot/kernel";
import type { Database, Entropy } from "../ports.ts";
import { chainAudit } from "./audit-chain.ts";
import type { AccessStore, AuditRow, ClaimedAnswer } from "./port.ts";
import { inMs } from "./rows.ts";

/**
 * One statement: a request that is not known, whose time is over, that its holder has lost or that is its
 * own is claimed; of any other it is told how it stands. Two at a time: the second waits for the first's row,
 * finds that it holds, and changes nothing.
 */
const claimSql =
  "insert into api_answer (key_id, name, route, digest, holder, until_at, forget_at) values ($1, $2, $3, " +
  `$4, $5, ${inMs("$6")}, ${inMs("$7")}) on conflict (key_id, name, route) do update set digest = ` +
  "excluded.digest, holder = excluded.holder, until_at = excluded.until_at, forget_at = " +
  "excluded.forget_at, answer = null where api_answer.forget_at <= now() or (api_answer.answer is null " +
  "and api_answer.digest = excluded.digest and (api_answer.holder = excluded.holder or " +
  "api_answer.until_at <= now())) returning holder";

const standsSql =
  "select digest, answer, extract(epoch from until_at - now()) * 1000 as for_ms from api_answer where " +
  "key_id = $1 and name = $2 and route = $3";

/** Answers to repeated requests in SQL. */
export function answerStore(
  database: Database,
): Pick<AccessStore, "claimAnswer" | "endAnswer" | "forgetAnswers"> {
  return {
    async claimAnswer({ key, name, route, digest, holder, holdMs, keepMs }) {
      const claimed = await database.query(claimSql, [key, name, route, digest, holder, holdMs, keepMs]);
      if (claimed.length > 0) return { kind: "mine" };
      const [row] = await database.query<{ digest: string; answer: Json; for_ms: string }>(standsSql, [
        ...[key, name, route],
      ]);
      // Forgotten between the two statements: whoever asks again finds the place free.
      return row === undefined
        ? { kind: "running", forMs: 0 }
        : standing({ digest: row.digest, answer: row.answer, forMs: Number(row.for_ms) }, digest);
    },
    async endAnswer({ key, name, route, holder }, answer) {
      const parameters = [key, name, route, holder];
      const where = "where key_id = $1 and name = $2 and route = $3 and holder = $4";
      await (answer === null
        ? database.query(`delete from api_answer ${where}`, parameters)
        : database.query(`update api_answer set answer = $5::jsonb ${where}`, [
            ...parameters,
            JSON.stringify(answer),
          ]));
    },
    async forgetAnswers() {
      const rows = await database.query("delete from api_answer where forget_at <= now() returning name");
      return rows.length;
    },
  };
}

/** How a request stands that somebody else has claimed. */
export function standing(
  row: { readonly digest: string; readonly answer: Json; readonly forMs: number },
  digest: string,
): ClaimedAnswer {
  if (row.digest !== digest) return { kind: "other" };
  if (row.answer !== null) return { kind: "answered", answer: row.answer };
  return { kind: "running", forMs: Math.round(row.forMs) };
}

interface EventRow {
  readonly number: number;
  readonly at: string;
  readonly kind: string;
  readonly body: Json;
  readonly before_hash: string;
  readonly hash: string;
  readonly [column: string]: unknown;
}

const eventColumns = "number, at, kind, body, before_hash, hash";
const eventOf = ({ number, at, kind, body, before_hash: beforeHash, hash }: EventRow): AuditRow => ({
  ...{ number, at: new Date(at).toISOString(), kind, body, beforeHash, hash },
});

/** The audit log in SQL. */
export function auditStore(deps: {
  readonly database: Database;
  readonly entropy: Entropy;
}): Pick<AccessStore, "appendAudit" | "listAudit"> {
  const { database, entropy } = deps;
  return {
    async appendAudit(drafts) {
      if (drafts.length === 0) return;
      await database.transaction(async (tx) => {
        // Whoever appends at the same time waits: entries follow from one another. Readers do not wait.
        await tx.query("lock table audit_event in share row exclusive mode");
        const [last] = await tx.query<EventRow>(
          `select ${eventColumns} from audit_event order by number desc limit 1`,
        );
        const rows = chainAudit(drafts, { last: last ?? null, digest: entropy.digest });
        await tx.query(
          `insert into audit_event (${eventColumns}) select ${eventColumns} from ` +
            "jsonb_to_recordset($1::jsonb) as r(number int, at timestamptz, kind text, body jsonb, " +
            "before_hash text, hash text)",
          [JSON.stringify(rows.map(({ beforeHash, ...row }) => ({ ...row, before_hash: beforeHash })))],
        );
      });
    },
    async listAudit(after, limit) {
      const rows = await database.query<EventRow>(
        `select ${eventColumns} from audit_event where number > $1 order by number limit $2`,
        [after, limit],
      );
      return rows.map((row) => eventOf(row));
    },
  };
}

import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { IssuedStatement, StatementStore } from "./port.ts";

/** What the journal tells of a statement that was handed out. */
export const issuedNote = ({ number, hash }: IssuedStatement): Note => ({
  kind: "statement_issued",
  entity: null,
  link: null,
  body: { number, hash },
});

/** Whether one follows from the newest before it. */
export const follows = (issued: IssuedStatement, last: IssuedStatement | null): boolean =>
  issued.number === (last?.number ?? 0) + 1 && issued.before === (last?.hash ?? "");

const columns = "number, made_at, hash, before_hash, parts";

interface Row {
  readonly number: number;
  readonly made_at: string;
  readonly hash: string;
  readonly before_hash: string;
  readonly parts: IssuedStatement["parts"];
  readonly [column: string]: unknown;
}

const issuedOf = (row: Row): IssuedStatement => ({
  number: row.number,
  madeAt: new Date(row.made_at).toISOString(),
  hash: row.hash,
  before: row.before_hash,
  parts: row.parts,
});

async function lastOf(db: Queryable): Promise<IssuedStatement | null> {
  const [row] = await db.query<Row>(`select ${columns} from statement order by number desc limit 1`);
  return row === undefined ? null : issuedOf(row);
}

/** The chain of statements in SQL. */
export function statementStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): StatementStore {
  const { database, journal } = deps;
  return {
    lastStatement: () => lastOf(database),
    async loadStatement(number) {
      const [row] = await database.query<Row>(`select ${columns} from statement where number = $1`, [number]);
      return row === undefined ? null : issuedOf(row);
    },
    async appendStatement(issued) {
      return database.transaction(async (tx) => {
        if (!follows(issued, await lastOf(tx))) return false;
        const rows = await tx.query(
          "insert into statement (number, made_at, hash, before_hash, parts) values ($1, $2, $3, $4, " +
            "$5::jsonb) on conflict do nothing returning number",
          [issued.number, issued.madeAt, issued.hash, issued.before, JSON.stringify(issued.parts)],
        );
        if (rows.length > 0) await journal.write(tx, [issuedNote(issued)], null);
        return rows.length > 0;
      });
    },
  };
}

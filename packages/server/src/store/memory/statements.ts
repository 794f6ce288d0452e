import type { IssuedStatement, StatementStore } from "../port.ts";
import { follows, issuedNote } from "../statements.ts";
import { inOrder } from "./basics.ts";
import type { Rows } from "./columns.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

const issuedOf = (row: Rows["statement"]): IssuedStatement => ({
  number: row.number,
  madeAt: new Date(row.made_at).toISOString(),
  hash: row.hash,
  before: row.before_hash,
  parts: row.parts as IssuedStatement["parts"],
});

/** The chain of statements in memory. */
export function statementPart(state: State): StatementStore {
  const { statement } = state.tables;
  const last = (): IssuedStatement | null => {
    const row = inOrder(statement.all(), ({ number }) => [number]).at(-1);
    return row === undefined ? null : issuedOf(row);
  };
  return {
    async lastStatement() {
      return last();
    },
    async loadStatement(number) {
      const row = statement.get(String(number));
      return row === undefined ? null : issuedOf(row);
    },
    async appendStatement(issued) {
      return state.commit(() => {
        if (!follows(issued, last())) return false;
        const { number, madeAt, hash, before: before_hash, parts } = issued;
        statement.insert({ number, made_at: Date.parse(madeAt), hash, before_hash, parts: jsonb(parts) });
        writeNotes(state, [issuedNote(issued)], null);
        return true;
      });
    },
  };
}

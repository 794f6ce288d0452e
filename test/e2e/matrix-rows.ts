/** Where each row of the crash matrix (INVARIANTS.md section 5) is tested. */

/** A row: its step, and where it is tested, or why it cannot be yet. */
export interface MatrixRow {
  readonly row: number;
  readonly step: string;
  /** `cases`: in matrix-cases.ts, killed before and after. A path: the test file that has it. */
  readonly tested: "cases" | { readonly in: string } | { readonly waitsFor: string };
}

const cases = (row: number, step: string): MatrixRow => ({ row, step, tested: "cases" });

/** All rows. */
export const matrixRows: readonly MatrixRow[] = [
  cases(1, "webhook authenticated and stored, then 2xx"),
  cases(2, "page read from remote"),
  cases(3, "observations and cursor stored"),
  cases(4, "decided, plan stored with intents and discards"),
  cases(5, "quota charged"),
  cases(6, "intent to sending under token"),
  cases(7, "request sent"),
  cases(8, "remote commits, answer under way"),
  cases(9, "answer stored: settled, remote id, link member"),
  cases(10, "read back, base images moved"),
  cases(11, "back-reference written to the source"),
  cases(12, "batch of k: answers stored per row"),
  cases(13, "synchronous caller answered"),
  cases(14, "delete or archive sent"),
  cases(15, "links joined; a merge of records moves links in the same kind of commit"),
  cases(16, "apply: progress mark per write"),
  { row: 17, step: "undo: inverse write", tested: { in: "packages/server/src/runtime/undo.pg.test.ts" } },
  cases(18, "signs of life; leases taken or released"),
  cases(19, "journal entry in the commit of its change"),
  { row: 20, step: "loser notified", tested: { in: "packages/server/src/runtime/tell.pg.test.ts" } },
  { row: 21, step: "erasure", tested: { waitsFor: "erasure" } },
  {
    row: 22,
    step: "schema migration step",
    tested: { in: "packages/server/src/store/migrate.pgserver.test.ts" },
  },
  { row: 23, step: "file taken", tested: { waitsFor: "files" } },
  { row: 24, step: "restore from backup, new epoch", tested: { in: "test/e2e/restore.test.ts" } },
];

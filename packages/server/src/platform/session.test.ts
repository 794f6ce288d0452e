import { expect, test } from "vitest";
import type { Database } from "../ports.ts";
import { runTransaction } from "./session.ts";
import type { RawResult, Session } from "./session.ts";
import { RefusedStatement } from "./store-error.ts";

const answer = (command: string, isOpen: boolean): RawResult => ({ command, columns: [], rows: [], isOpen });
const refused = { code: "57014", message: "canceled", constraint: null, table: null, column: null };

/** A session whose `begin` is answered when the test says so. */
function slowSession(): {
  readonly session: Session;
  readonly sent: string[];
  readonly begun: PromiseWithResolvers<null>;
} {
  const sent: string[] = [];
  const begun = Promise.withResolvers<null>();
  let isOpen = false;
  const session: Session = {
    async run(sql) {
      sent.push(sql);
      await begun.promise.catch((error: unknown) => {
        if (sql === "begin") throw error;
        isOpen = false;
      });
      if (sql === "begin") isOpen = true;
      if (sql === "commit" || sql === "rollback") isOpen = false;
      return answer(sql === "commit" ? "COMMIT" : "SELECT", isOpen);
    },
    script: () => Promise.resolve(false),
  };
  return { session, sent, begun };
}

const database = {} as Database;

test("reads go behind `begin` at once, other statements once the transaction is open", async () => {
  const { session, sent, begun } = slowSession();
  const done = runTransaction(session, database, (tx) =>
    Promise.all(["select 1", "update a", "select 2", "insert b"].map((sql) => tx.query(sql))),
  );
  await Promise.resolve();
  expect(sent).toEqual(["begin", "select 1"]);
  begun.resolve(null);
  await done;
  expect(sent).toEqual(["begin", "select 1", "update a", "select 2", "insert b", "commit"]);
});

test.each([[["select 1"]], [["select 1", "update a"]], [["update a"]]])(
  "nothing is stored where `begin` is refused: %s",
  async (statements) => {
    const { session, sent, begun } = slowSession();
    const done = runTransaction(session, database, async (tx) => {
      for (const sql of statements) await tx.query(sql);
    });
    begun.reject(new RefusedStatement(refused));
    await expect(done).rejects.toMatchObject({ code: "57014" });
    expect(sent.filter((sql) => !sql.startsWith("select") && sql !== "rollback")).toEqual(["begin"]);
  },
);

test("a transaction that asks for nothing begins and commits", async () => {
  const { session, sent, begun } = slowSession();
  begun.resolve(null);
  expect(await runTransaction(session, database, () => Promise.resolve(7))).toBe(7);
  expect(sent).toEqual(["begin", "commit"]);
});

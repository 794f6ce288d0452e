import type { Database } from "../ports.ts";

/** A transaction that lost against others is run again this often. */
const triesMax = 5;

/** Two transactions waited for one another, or could not be put in an order: nothing was stored. */
const lostCodes: ReadonlySet<unknown> = new Set(["40001", "40P01"]);

const hasLost = (error: unknown): boolean =>
  error instanceof Error && error.name === "StoreError" && "code" in error && lostCodes.has(error.code);

/**
 * The database, with transactions that are run again from their start when they lost against another one.
 * They lock in one order, so that this is rare; a work that is run again must ask nothing but the database.
 */
export function patient(database: Database): Database {
  return {
    home: database.home,
    query: (sql, parameters) => database.query(sql, parameters),
    script: (sql) => database.script(sql),
    close: () => database.close(),
    async transaction(work) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await database.transaction(work);
        } catch (error) {
          if (!hasLost(error) || tries >= triesMax) throw error;
        }
      }
    },
  };
}

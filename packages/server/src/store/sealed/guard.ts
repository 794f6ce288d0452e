import type { Database, Queryable } from "../../ports.ts";
import { rowForms } from "./rows.ts";
import { SealedElsewhere } from "./vault.ts";

/**
 * What keeps out a program that was started before the store's values were sealed, or never had their key:
 * 1. worker A runs without a key; the store's values are plain
 * 2. worker B starts with the key, and puts triggers on every table with values before it seals the first
 * 3. the next commit of A, or its next sign of life, is refused: it can write no plain value beside sealed
 *    ones, and it can claim no write whose fields it would send as tokens
 * 4. what A was sending is in doubt for B, which asks about it as after any death
 * A program that has the keys says so in each of its transactions. Where nothing is sealed there are no
 * triggers.
 */

/** SQLSTATE of our own. */
const keylessCode = "CF002";
const setting = "crossfoot.has_keys";
const declaration = `select set_config('${setting}', 'on', true)`;

/** Tables with values; and those without whose rows nobody works at all. */
const guarded: readonly string[] = [...rowForms.map(({ table }) => table), "lease", "worker"];

/** Puts the triggers on, inside the transaction that says that values are sealed. */
export async function putGuard(tx: Queryable): Promise<void> {
  await tx.query(
    "create or replace function refuse_keyless() returns trigger language plpgsql as $$ begin if " +
      `current_setting('${setting}', true) is distinct from 'on' then raise exception using errcode = ` +
      `'${keylessCode}', message = 'the values of this store are sealed'; end if; return null; end $$`,
  );
  for (const table of guarded)
    await tx.query(
      `create trigger sealed_guard before insert or update on ${table} for each statement execute function ` +
        "refuse_keyless()",
    );
}

/** The database of a store that has the keys: each of its writes says so. */
export function withKeys(database: Database): Database {
  return {
    home: database.home,
    query: (sql, parameters) =>
      /^\s*select\b/i.test(sql)
        ? database.query(sql, parameters)
        : database.transaction(async (tx) => {
            await tx.query(declaration);
            return tx.query(sql, parameters);
          }),
    transaction: (work) =>
      database.transaction(async (tx) => {
        await tx.query(declaration);
        return work(tx);
      }),
    script: (sql) => database.script(`set ${setting} to 'on';\n${sql};\nreset ${setting}`),
    close: () => database.close(),
  };
}

const isKeyless = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === keylessCode;

/** The database of a store without keys: what the guard refuses is told by name. */
export function withoutKeys(database: Database): Database {
  const named = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      if (!isKeyless(error)) throw error;
      throw new SealedElsewhere(
        "the values of this store are sealed by now, and this program was started without their key; end " +
          "it, and start it again with `atRest.key`",
      );
    }
  };
  return {
    home: database.home,
    query: (sql, parameters) => named(database.query(sql, parameters)),
    transaction: (work) => named(database.transaction(work)),
    script: (sql) => named(database.script(sql)),
    close: () => database.close(),
  };
}

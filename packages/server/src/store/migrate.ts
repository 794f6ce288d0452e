import { readFileSync, readdirSync } from "node:fs";
import type { Database } from "../ports.ts";

const folder = new URL("./migrations/", import.meta.url);

/** Key of the advisory lock under which the schema is changed. */
const lockKey = 4711;
/** SQLSTATE of our own: the step was made by another worker while we waited for the lock. */
const madeCode = "CF001";

/** What of a database the schema is changed by. */
type Statements = Pick<Database, "query" | "script">;

/** One numbered file. */
interface Step {
  readonly version: number;
  readonly name: string;
}

/** The store's schema is not one that this program may work on. Nothing was changed. */
class SchemaRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SchemaRefused";
  }
}

/** The steps that this program knows, oldest first; two under one number would leave one of them unmade. */
export function knownSteps(): readonly Step[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .toSorted()
    .map((name) => ({ version: Number(name.slice(0, 4)), name }));
}

/** Why a store with these steps is not for this program; null when it is. Pure. */
export function faultOfSchema(made: readonly Step[], known: readonly Step[]): string | null {
  const newest = known.at(-1)?.version ?? 0;
  const beyond = made.find(({ version }) => version > newest);
  if (beyond !== undefined) {
    return (
      `the store was made or upgraded by a newer Crossfoot (its schema is ${made.at(-1)?.version}, this ` +
      `program knows ${newest}); start that version, or restore a backup from before the upgrade`
    );
  }
  const isKnown = (step: Step): boolean =>
    known.some(({ version, name }) => version === step.version && name === step.name);
  const other = made.find((step) => !isKnown(step));
  if (other === undefined) return null;
  return (
    `step ${other.version} of the store's schema is ${other.name}, which this program does not know; it ` +
    "was made by a build that was never released"
  );
}

async function madeSteps(database: Statements): Promise<readonly Step[]> {
  return database.query<Step & { [column: string]: unknown }>(
    "select version, name from schema_version order by version",
  );
}

/**
 * Makes one step in one transaction. Answers false when another worker made it meanwhile:
 * 1. A and B both see that the step is missing.
 * 2. A takes the lock and makes it; B waits for the lock.
 * 3. B gets the lock, and would make it again: it looks once more first.
 */
async function make(database: Statements, { version, name }: Step): Promise<boolean> {
  const sql = readFileSync(new URL(name, folder), "utf8");
  const look =
    `do $look$ begin if exists (select from schema_version where version = ${version}) then raise ` +
    `exception 'made meanwhile' using errcode = '${madeCode}'; end if; end $look$;`;
  const note = `insert into schema_version (version, name) values (${version}, '${name}');`;
  try {
    await database.script(
      `begin;\nselect pg_advisory_xact_lock(${lockKey});\n${look}\n${sql}\n${note}\ncommit;`,
    );
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === madeCode) return false;
    throw error;
  }
}

/**
 * Brings the schema to the newest step, one transaction each, under an advisory lock so that several starting
 * workers make each step once. Answers how many this one made. Rejects with SchemaRefused when the schema is
 * newer than this program, or of a build that it does not know.
 */
export async function migrate(database: Statements): Promise<number> {
  await database.script(
    `begin;\nselect pg_advisory_xact_lock(${lockKey});\ncreate table if not exists schema_version ` +
      "(version int primary key, name text not null, run_at timestamptz not null default now());\ncommit;",
  );
  const known = knownSteps();
  const made = await madeSteps(database);
  const fault = faultOfSchema(made, known);
  if (fault !== null) throw new SchemaRefused(fault);
  let count = 0;
  for (const step of known) {
    if (made.some(({ version }) => version === step.version)) continue;
    if (await make(database, step)) count += 1;
  }
  return count;
}

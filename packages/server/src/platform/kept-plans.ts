import type { PoolClient } from "pg";
import type { Encoded } from "./codec.ts";
import type { Refusal } from "./store-error.ts";

/** Statements with a name, of the whole program: far more than there are texts of ours. */
const namesMax = 400;
/**
 * Characters of parameters after which a connection plans anew. Plans that were made while a table was empty
 * read the whole of it: what fills it, by hundreds of records a statement, must not go on with them.
 */
const charsMax = 262_144;
/** Longest time that plans are kept, ms: others may fill the tables as well. */
const keptMsMax = 30_000;

const names = new Map<string, string>();

/** The name under which a text is prepared; undefined when there are too many. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= namesMax) return known;
  const name = `crossfoot_${names.size}`;
  names.set(sql, name);
  return name;
}

/** What was sent over a connection since its plans were made, and when that was. */
interface Age {
  chars: number;
  since: number;
}

const ages = new WeakMap<PoolClient, Age>();

/** Has a connection that is in no transaction plan anew where its plans are too old. */
export async function forgetOldPlans(client: PoolClient): Promise<void> {
  const age = ages.get(client);
  if (age === undefined) return;
  const isOld = age.chars > charsMax || performance.now() - age.since > keptMsMax;
  if (!isOld) return;
  ages.delete(client);
  await client.query("discard plans");
}

/**
 * Says under which name a statement with parameters is prepared, so that its connection parses it once, and
 * plans it once for a while.
 */
export function preparedName(
  client: PoolClient,
  sql: string,
  parameters: readonly Encoded[],
): string | undefined {
  if (parameters.length === 0) return undefined;
  const age = ages.get(client) ?? { chars: 0, since: performance.now() };
  ages.set(client, age);
  for (const parameter of parameters) age.chars += parameter?.length ?? 0;
  return nameOf(sql);
}

/** Whether a prepared statement is of no use any more: it is gone, or a table has other columns by now. */
export const isStalePlan = ({ code, message }: Pick<Refusal, "code" | "message">): boolean =>
  code === "26000" || (code === "0A000" && message.startsWith("cached plan"));

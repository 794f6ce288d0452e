import type { Database, SealingCipher, WrappedKey } from "../../ports.ts";
import { putGuard } from "./guard.ts";
import { sealAll } from "./seal-rows.ts";
import { ownSubject, SealedElsewhere } from "./vault.ts";
import type { Vault } from "./vault.ts";
import type { SealingState } from "../port.ts";

/** What a store seals with. */
export interface Sealing {
  readonly cipher: SealingCipher;
  readonly vault: Vault;
}

interface Row {
  readonly master: string;
  readonly state: SealingState["state"];
  readonly [column: string]: unknown;
}

const stateOf = async (database: Database): Promise<Row | undefined> =>
  (await database.query<Row>("select master, state from sealing"))[0];

/** Whether values are sealed, under which master key, and how many keys there are. */
export async function sealingState(database: Database): Promise<SealingState | null> {
  const row = await stateOf(database);
  if (row === undefined) return null;
  const counts = await database.query<{ master: string; keys: number }>(
    "select master, count(*)::int as keys from data_key group by master",
  );
  const keys = counts.reduce((sum, { keys: some }) => sum + some, 0);
  const others = counts.reduce((sum, { master, keys: some }) => sum + (master === row.master ? 0 : some), 0);
  return { state: row.state, master: row.master, keys, others };
}

/** Each master key of the keys of the store; reads so many rows of the index as there are. */
const mastersSql =
  "select master from (with recursive m as ((select master from data_key order by master limit 1) union " +
  "all select (select k.master from data_key k where k.master > m.master order by k.master limit 1) from m " +
  "where m.master is not null) select master from m) each_of_them where master is not null";

/**
 * Throws where a master key of the store is not known: the present one, or another that some keys are wrapped
 * under still, since a change of it was cut off.
 */
async function checkKnown(database: Database, master: string, cipher: SealingCipher): Promise<void> {
  const wrapped = await database.query<{ master: string }>(mastersSql);
  const wanted = new Set([master, ...wrapped.map((row) => row.master)]);
  const missing = [...wanted].filter((name) => !cipher.known.includes(name));
  if (missing.length === 0) return;
  const given = cipher.known.join(" and ");
  const advice =
    wanted.size === 1 ? "" : "; give both until `crossfoot privacy rekey` says that none is left to wrap";
  throw new SealedElsewhere(
    `values of this store are sealed under ${missing.join(" and ")}, and \`atRest.key\` of ` +
      `crossfoot.yaml gives ${given}; without that key nothing of it can be read${advice}`,
  );
}

/** Says that values are sealed from now on, and keeps everybody out who has no key; once. */
async function begin(database: Database, master: string): Promise<void> {
  await database.transaction(async (tx) => {
    const first = await tx.query(
      "insert into sealing (master, state) values ($1, 'sealing') on conflict (is_one) do nothing " +
        "returning master",
      [master],
    );
    if (first.length > 0) await putGuard(tx);
  });
}

/**
 * Makes sure that the store and the configuration agree, before anything else is read: refuses a store that
 * is sealed under a key that is not given; begins to seal one that is not, and goes on where that was cut
 * off. Answers how many rows of before were sealed. Rejects with {@link SealedElsewhere}.
 */
export async function enterSealing(database: Database, sealing: Sealing | null): Promise<number> {
  const row = await stateOf(database);
  if (sealing === null) {
    if (row === undefined) return 0;
    throw new SealedElsewhere(
      `the values of this store are sealed under ${row.master}; crossfoot.yaml has to say under ` +
        "`atRest.key` where that key is",
    );
  }
  const { cipher, vault } = sealing;
  if (row === undefined) await begin(database, cipher.master);
  const now = (await stateOf(database)) ?? { master: cipher.master, state: "sealing" };
  await checkKnown(database, now.master, cipher);
  vault.wrapUnder(now.master);
  // The store's own key is there from the first moment: it tells a wrong master key before any value does.
  await vault.pen(new Set([ownSubject]));
  if (now.state === "sealed") return 0;
  const sealed = await sealAll(database, vault);
  await database.query("update sealing set state = 'sealed', sealed_at = now()");
  return sealed;
}

/** So many keys are wrapped anew in one commit. */
const keysMax = 1_000;

/**
 * Wraps all keys under another known master key, some hundred a commit; values stay as they are. New keys are
 * wrapped under it from the first commit on. Cut off at any moment it goes on. Answers how many it wrapped.
 */
export async function rewrapKeys(
  database: Database,
  sealing: Sealing | null,
  master: string,
): Promise<number> {
  if (sealing === null || !sealing.cipher.known.includes(master))
    throw new SealedElsewhere(`no master key is called ${master}`);
  const { cipher, vault } = sealing;
  vault.wrapUnder(master);
  await database.query("update sealing set master = $1", [master]);
  let wrapped = 0;
  for (;;) {
    const done = await database.transaction(async (tx) => {
      const rows = await tx.query<WrappedKey & { [column: string]: unknown }>(
        "select subject, id, master, wrapped from data_key where master <> $1 order by subject limit $2 " +
          "for update",
        [master, keysMax],
      );
      const anew = rows.map((row) => {
        const next = cipher.rewrap(row, master);
        if (next === null)
          throw new SealedElsewhere(`a key of the store is wrapped under ${row.master}, which is not given`);
        return next;
      });
      await tx.query(
        "update data_key k set master = r.master, wrapped = r.wrapped from jsonb_to_recordset($1::jsonb) " +
          "as r(subject text, master text, wrapped text) where k.subject = r.subject",
        [JSON.stringify(anew)],
      );
      return rows.length;
    });
    wrapped += done;
    if (done < keysMax) return wrapped;
  }
}

import type { LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { DecisionRecord } from "./port.ts";

/** Targets of creates of a link that are to be sent, are on their way, or may have landed. */
export const comingOn = (link: string): string =>
  `select i.target from intent i where i.link_id = ${link} and i.kind = 'create' and (i.state in ` +
  "('stored', 'sending', 'in_doubt') or (i.state = 'parked' and exists (select from park p where " +
  "p.intent_key = i.key and p.state = 'open' and p.reason in ('doubt_unprovable', 'not_unique'))))";

/** A create whose link claims to be the only one of its kind on the target. */
export interface ClaimedCreate {
  readonly link: LinkId;
  readonly entity: string;
  readonly target: string;
  readonly connection: string;
  readonly key: string;
  readonly judged: readonly LinkId[];
}

/** Every claim of every create of some decisions. Pure. */
export const claimsIn = (records: readonly DecisionRecord[]): readonly ClaimedCreate[] =>
  records.flatMap(({ link, entity, intents, sole = [] }) =>
    intents
      .filter(({ kind }) => kind === "create")
      .flatMap(({ target }) => sole.map((claim) => ({ link, entity, target, ...claim }))),
  );

/**
 * Decisions whose claims hold beside those before them in the same commit, given the links whose claims
 * others have already. Pure.
 */
export function keptClaims(
  records: readonly DecisionRecord[],
  taken: ReadonlySet<string>,
): readonly DecisionRecord[] {
  const made: ClaimedCreate[] = [];
  return records.filter((record) => {
    const claims = claimsIn([record]);
    const isBefore = claims.some((claim) => made.some((other) => contends(claim, other)));
    const isKept = !taken.has(record.link) && !isBefore;
    if (isKept) made.push(...claims);
    return isKept;
  });
}

const contends = (claim: ClaimedCreate, other: ClaimedCreate): boolean =>
  claim.entity === other.entity &&
  claim.key === other.key &&
  claim.connection === other.connection &&
  claim.target === other.target &&
  !claim.judged.includes(other.link);

const claimed =
  "jsonb_to_recordset($1::jsonb) as r(link text, entity text, target text, connection text, key text, " +
  "judged jsonb) join match_key k on k.entity = r.entity and k.key = r.key and k.connection = " +
  "r.connection and k.link_id <> r.link";

/** Links that hold a key which one of these decisions claims. They are locked with those of the decisions. */
export async function rivalsOf(
  tx: Queryable,
  records: readonly DecisionRecord[],
): Promise<readonly LinkId[]> {
  const claims = claimsIn(records);
  if (claims.length === 0) return [];
  const rows = await tx.query<{ link_id: string }>(`select distinct k.link_id from ${claimed}`, [
    JSON.stringify(claims),
  ]);
  return rows.map((row) => row.link_id as LinkId);
}

/**
 * Decisions whose claims still hold, asked under the locks of the rivals:
 * 1. worker A loads a link, and finds nobody else who holds its key
 * 2. another record gets its link and the same key; B decides it, sees A's link without a record, and stores
 *    a create
 * 3. A's create would be the second one: it is not stored, and A's link is decided again
 * B saw A's link, since it held the key before A loaded it, and locked it. So either A waits for B and finds
 * the create here, or B waits for A, and finds A's.
 */
export async function stillSole(
  tx: Queryable,
  records: readonly DecisionRecord[],
): Promise<readonly DecisionRecord[]> {
  const claims = claimsIn(records);
  if (claims.length === 0) return records;
  const rows = await tx.query<{ link: string }>(
    `select distinct r.link from ${claimed} join link l on l.id = k.link_id and l.state not in ('ended', ` +
      "'merged') where not r.judged ? k.link_id and (exists (select from link_member m where m.link_id = " +
      "k.link_id and m.connection = r.target and m.until_at is null and not m.is_alias) or r.target in " +
      `(${comingOn("k.link_id")}))`,
    [JSON.stringify(claims)],
  );
  return keptClaims(records, new Set(rows.map(({ link }) => link)));
}

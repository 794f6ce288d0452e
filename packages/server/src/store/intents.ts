import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import { moveBases, parkRow, saveLines, savePark } from "./decisions.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import { checkFence, checkShards } from "./leases.ts";
import { lockLinks } from "./link-locks.ts";
import { freeGivenIds } from "./reuse.ts";
import { markLinks, observe } from "./observations.ts";
import { outcomeNotes, turnLinks } from "./outcomes.ts";
import { markPlans } from "./plans.ts";
import { isBeside } from "./port.ts";
import type { BaseMove, IntentOutcome, Store } from "./port.ts";
import { intentColumns, intentOf, isDue } from "./rows.ts";
import type { IntentRow } from "./rows.ts";

type Part = Pick<
  Store,
  | "claimIntents"
  | "doubtfulIntents"
  | "withdrawStored"
  | "markStored"
  | "abandonSending"
  | "commitOutcomes"
  | "intentsOf"
>;

/** Rights of the JSON list `$n`, as rows `r(shard, fence)`. */
const rightRows = (n: number): string => `jsonb_to_recordset($${n}::jsonb) as r(shard int, fence bigint)`;

/** Rows come in an order of their own, whatever way PostgreSQL took: the journal is the same on each. */
const byKey = (a: Pick<IntentRow, "key">, b: Pick<IntentRow, "key">): number => (a.key < b.key ? -1 : 1);
const byLink = (a: IntentRow, b: IntentRow): number =>
  a.link_id === b.link_id ? byKey(a, b) : a.link_id < b.link_id ? -1 : 1;

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
}

/** Creates that settled, and whose record belongs to their link. */
function madeBy(outcomes: readonly IntentOutcome[]): readonly IntentOutcome[] {
  return outcomes.filter(
    ({ intent, state, id }) =>
      intent.kind === "create" && state === "settled" && id !== null && !isBeside(intent),
  );
}

/** Links that wait for the links of these. */
async function waitingFor(tx: Queryable, made: readonly IntentOutcome[]): Promise<readonly LinkId[]> {
  if (made.length === 0) return [];
  const rows = await tx.query<{ link_id: string }>(
    "select distinct link_id from wait where parent_link in (select jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(made.map(({ intent }) => intent.link))],
  );
  return rows.map((row) => row.link_id as LinkId);
}

/** New members of links, from creates that settled. */
async function addMembers(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<void> {
  const made = madeBy(outcomes);
  if (made.length === 0) return;
  const rows = made.map(({ intent, id }) => ({
    link_id: intent.link,
    connection: intent.target,
    entity: intent.entity,
    external_id: id,
  }));
  await Promise.all([
    tx.query(
      "insert into link_member (link_id, connection, entity, external_id) select link_id, connection, " +
        "entity, external_id " +
        "from jsonb_to_recordset($1::jsonb) as r(link_id text, connection text, entity text, external_id " +
        "text) " +
        // A record that was read and linked before somebody asked whether its create had landed is there
        // already.
        "where not exists (select from link_member m where m.link_id = r.link_id and m.connection = " +
        "r.connection and m.entity = r.entity and m.external_id = r.external_id and m.until_at is " +
        "null)",
      [JSON.stringify(rows)],
    ),
    tx.query(
      "update link set state = 'live' where state = 'single' and id in (select " +
        "jsonb_array_elements_text($1::jsonb))",
      [JSON.stringify(rows.map((row) => row.link_id))],
    ),
    tx.query(
      "update observation o set link_id = r.link_id, resolution = null from " +
        "jsonb_to_recordset($1::jsonb) as r(link_id text, connection text, entity text, external_id " +
        "text) where o.connection = r.connection and o.entity = r.entity and o.external_id = " +
        "r.external_id",
      [JSON.stringify(rows)],
    ),
    // Looked for again under the lock of the parents: who waits by now is woken, who waits later sees them.
    wakeWaiting(tx, made),
  ]);
}

async function wakeWaiting(tx: Queryable, made: readonly IntentOutcome[]): Promise<void> {
  await markLinks(tx, await waitingFor(tx, made), "parent settled");
}

/**
 * Keys of creates whose record, or whose place in the link, is taken already: the system answered with a
 * record that belongs to something else, or a counterpart was linked meanwhile. A person has to look; nothing
 * is linked twice.
 */
async function takenPlaces(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<ReadonlySet<string>> {
  const made = madeBy(outcomes);
  if (made.length === 0) return new Set();
  const rows = made.map(({ intent, id }) => ({
    key: intent.key,
    link_id: intent.link,
    connection: intent.target,
    entity: intent.entity,
    id,
  }));
  const taken = await tx.query<{ key: string }>(
    // Two look-ups by index per record; joined by `or` they read all members of the connection for each
    // record.
    "select distinct r.key from jsonb_to_recordset($1::jsonb) as r(key text, link_id text, " +
      "connection text, entity text, id text) cross join lateral (select from link_member m where " +
      "m.until_at is null and m.entity = r.entity and m.connection = r.connection and m.external_id " +
      "= r.id and m.link_id <> r.link_id union all select from link_member m where m.until_at is " +
      "null and m.link_id = r.link_id and m.connection = r.connection and m.external_id <> r.id and " +
      "not m.is_alias) taken",
    [JSON.stringify(rows)],
  );
  return new Set(taken.map(({ key }) => key));
}

/** Outcomes whose intents are among `taken`, as parked ones. */
export function parkTaken(
  outcomes: readonly IntentOutcome[],
  taken: ReadonlySet<string>,
): readonly IntentOutcome[] {
  return outcomes.map((outcome) => {
    if (!taken.has(outcome.intent.key)) return outcome;
    const { intent, id } = outcome;
    const park = {
      reason: "not_unique",
      connection: intent.target,
      externalId: id,
      intentKey: intent.key,
    } as const;
    return {
      ...outcome,
      state: "parked",
      baseMoves: [],
      lines: [],
      park: { ...park, problems: {}, failure: null },
    };
  });
}

/**
 * Outcomes but for answers about doubts that are over: two actors of one program work under the same rights.
 * 1. A and B ask about a doubt; both find that it did not land. 2. A stores that, and C claims the write.
 * 3. B's answer would put it back once more, and it would be sent twice. Asked under the locks of the links.
 */
async function stillMeant(
  tx: Queryable,
  outcomes: readonly IntentOutcome[],
): Promise<readonly IntentOutcome[]> {
  const doubts = outcomes.filter(({ intent }) => intent.state === "in_doubt");
  if (doubts.length === 0) return outcomes;
  const rows = await tx.query<{ key: string }>(
    "select i.key from intent i join jsonb_to_recordset($1::jsonb) as r(key text, attempts int) on r.key = " +
      "i.key and r.attempts = i.attempts where i.state = 'in_doubt'",
    [JSON.stringify(doubts.map(({ intent: { key, attempts } }) => ({ key, attempts })))],
  );
  const open = new Set(rows.map(({ key }) => key));
  return outcomes.filter(({ intent }) => intent.state !== "in_doubt" || open.has(intent.key));
}

/** Stores what became of intents; answers the later steps that were taken back with them. */
async function saveStates(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<readonly Note[]> {
  const rows = outcomes.map((outcome) => ({
    key: outcome.intent.key,
    state: outcome.state,
    external_id: outcome.id ?? outcome.intent.id,
    failure: outcome.failure,
    due_in_ms: outcome.dueInMs,
    is_abandoned: outcome.isAbandoned,
    attempts: outcome.intent.attempts,
    landed_images: outcome.landedImages,
  }));
  const saved = tx.query(
    "update intent i set state = r.state, external_id = coalesce(r.external_id, i.external_id), " +
      "failure = r.failure, due_at = coalesce(now() + r.due_in_ms * interval '1 millisecond', " +
      "i.due_at), due_set_at = case when r.due_in_ms is null then i.due_set_at else now() end, " +
      "abandoned_at = case when r.is_abandoned then now() else i.abandoned_at end, attempts = " +
      "r.attempts, landed_images = " +
      "r.landed_images, settled_at = case when r.state = 'settled' then now() else i.settled_at end " +
      "from jsonb_to_recordset($1::jsonb) as r(key text, state text, external_id text, failure " +
      "jsonb, due_in_ms double precision, is_abandoned boolean, attempts int, landed_images jsonb) " +
      "where i.key = r.key",
    [JSON.stringify(rows)],
  );
  // Later steps of a document whose step did not settle are taken back: they are decided again from what is
  // there.
  const ended = outcomes
    .filter(({ state }) => state === "refused" || state === "parked")
    .map(({ intent }) => intent.key);
  const takingBack =
    ended.length === 0
      ? []
      : tx.query<Withdrawn>(
          "delete from intent later using intent done where done.key in (select " +
            "jsonb_array_elements_text($1::jsonb)) and later.link_id = done.link_id and later.target = " +
            `done.target and later.state = 'stored' and later.step > done.step returning ${laterColumns}`,
          [JSON.stringify(ended)],
        );
  const [takenBack] = await Promise.all([takingBack, saved]);
  return withdrawnNotes(takenBack);
}

const laterColumns = "later.key, later.link_id, later.entity, later.target, later.kind";

type Withdrawn = Pick<IntentRow, "key" | "link_id" | "entity" | "target" | "kind">;

/** What the journal says of intents that are decided again from what is there. */
export function withdrawnNotes(rows: readonly Withdrawn[]): readonly Note[] {
  return rows.toSorted(byKey).map(({ key, link_id: link, entity, target, kind }) => {
    return { kind: "intent_withdrawn", entity, link: link as LinkId, body: { key, target, kind } };
  });
}

type SharedMove = BaseMove & { readonly link: LinkId };

/**
 * Bases of fields that several writes of one decision carry: they move together, on every target, when the
 * last of the group has settled. Moved write by write, an edit would be lost when one of them is refused
 * (kernel, settle.ts).
 */
async function sharedMoves(
  tx: Queryable,
  outcomes: readonly IntentOutcome[],
): Promise<readonly SharedMove[]> {
  const groups = new Set(outcomes.flatMap(({ intent }) => (intent.group === null ? [] : [intent.group])));
  if (groups.size === 0) return [];
  const rows = await tx.query<{ link_id: string; target: string; landed_images: BaseMove["images"] }>(
    "select i.link_id, i.target, i.landed_images from intent i where i.landed_images is not null " +
      "and i.group_key in (select g.group_key from intent g where g.group_key in (select " +
      "jsonb_array_elements_text($1::jsonb)) group by g.group_key having count(*) filter (where " +
      "g.state = 'settled') = split_part(g.group_key, ':', 2)::int) " +
      "order by i.link_id, i.target, i.step, i.key",
    [JSON.stringify([...groups])],
  );
  return rows.map((row) => ({
    link: row.link_id as LinkId,
    connection: row.target as ConnectionId,
    images: row.landed_images,
    kind: null,
  }));
}

/**
 * An earlier step of the same document that is not settled. `offset 0` keeps the look-up to the link's own
 * few intents: on tables without statistics PostgreSQL else walks all open intents of the target for each
 * candidate.
 */
const earlierStep =
  "select from (select target, step, state from intent where link_id = c.link_id offset 0) e where " +
  "e.target = c.target and e.step < c.step and e.state in ('stored', 'sending', 'in_doubt')";

/**
 * Whether any intent is stored and not sent: nearly always none is, and a run that follows a hint need not
 * open a transaction to find that out.
 */
async function hasStored(database: Database): Promise<boolean> {
  const rows = await database.query(
    "select key from intent where state = 'stored' order by entity, shard, target, step, link_id limit 1",
  );
  return rows.length > 0;
}

/** Taking back what was decided and not sent. */
function withdrawals(deps: Deps): Pick<Store, "withdrawStored" | "markStored"> {
  const { database, journal } = deps;
  return {
    async markStored() {
      await database.transaction(async (tx) => {
        const rows = await tx.query<{ link_id: string }>(
          "select distinct link_id from intent where state = 'stored'",
        );
        const links = rows.map((row) => row.link_id as LinkId);
        await markLinks(tx, links, "planned again");
      });
    },
    async withdrawStored(rights, runId) {
      if (!(await hasStored(database))) return 0;
      return database.transaction(async (tx) => {
        await checkShards(tx, rights);
        const rows = await tx.query<IntentRow>(
          `delete from intent i using ${rightRows(1)} where i.shard = r.shard and i.state = 'stored' and ` +
            "i.link_id in (select link_id from work) and not exists (select from intent o where o.link_id " +
            "= i.link_id and o.target = i.target and o.state in ('sending', 'in_doubt')) returning " +
            intentColumns,
          [JSON.stringify(rights.shards)],
        );
        await journal.write(tx, withdrawnNotes(rows), runId);
        return rows.length;
      });
    },
  };
}

/** Taking intents to be sent, and giving up those of a dead worker. */
function claims(deps: Deps): Pick<Store, "claimIntents" | "abandonSending"> {
  const { database, journal } = deps;
  return {
    async claimIntents(request) {
      return database.transaction(async (tx) => {
        const { rights, target, entity, limit, sendWithinMs, keys } = request;
        const held = checkShards(tx, rights);
        const claimed = tx.query<IntentRow>(
          "update intent i set state = 'sending', fence = r.fence, claimed_at = now(), send_deadline = " +
            "now() + $5 * interval '1 millisecond', attempts = attempts + 1 from " +
            // Asked of the row itself once more: whoever waited for the claim of another sees it taken then.
            `${rightRows(4)} where r.shard = i.shard and i.state = 'stored' and i.key in (select c.key ` +
            `from ${rightRows(4)} ` +
            "cross join lateral (select c.key, c.shard, c.step, c.link_id from intent c where c.entity = " +
            "$2 and c.shard = r.shard and c.target = $1 and c.state = 'stored' and " +
            `${isDue("c")} and ($6::jsonb is null or c.key in (select ` +
            "jsonb_array_elements_text($6::jsonb))) and (c.step = 0 or not " +
            `exists (${earlierStep})) order by c.step, c.link_id limit $3) c order by case when $6::jsonb ` +
            `is null then c.shard else 0 end, c.step, c.link_id limit $3) returning ${intentColumns}`,
          [
            target,
            entity,
            limit,
            JSON.stringify(rights.shards),
            sendWithinMs,
            keys === null ? null : JSON.stringify(keys),
          ],
        );
        const [, rows] = await Promise.all([held, claimed]);
        await journal.write(
          tx,
          rows.toSorted(byKey).map((row) => ({
            kind: "intent_sending",
            entity: row.entity,
            link: row.link_id as LinkId,
            body: { key: row.key, attempt: row.attempts },
          })),
          null,
        );
        return rows.toSorted(byLink).map(intentOf);
      });
    },
    async abandonSending(rights) {
      return database.transaction(async (tx) => {
        await checkShards(tx, rights);
        const rows = await tx.query<IntentRow>(
          `update intent i set state = 'in_doubt', abandoned_at = now() from ${rightRows(1)} where ` +
            `i.state = 'sending' and i.shard = r.shard and i.fence < r.fence returning ${intentColumns}`,
          [JSON.stringify(rights.shards)],
        );
        const notes = rows.toSorted(byKey).map((row) => ({
          kind: "intent_in_doubt",
          entity: row.entity,
          link: row.link_id as LinkId,
          body: { key: row.key, code: "worker_died" },
        }));
        await journal.write(tx, notes, null);
        return rows.length;
      });
    },
  };
}

interface DoubtfulRow extends IntentRow {
  readonly quiet_for_ms: number;
  readonly is_from_ahead: boolean;
  readonly is_forgotten: boolean;
}

/** How long ago the last moment was at which the request may have left us. */
const quietFor =
  "coalesce(extract(epoch from now() - greatest(i.send_deadline, i.abandoned_at)) * 1000, 0)" +
  "::double precision";

/** Stamped at an instant that the store's clock has not reached: it was set back since. */
const isFromAhead = "coalesce(greatest(i.claimed_at, i.abandoned_at) > now() + interval '1 second', false)";

/** Whether its link was there before the store was restored. */
const isForgotten = "exists (select from epoch e join link l on l.epoch < e.number where l.id = i.link_id)";

/**
 * The store's clock was set back: how long ago these stamps were made cannot be told any more, so the wait
 * begins again now. Without it a doubt would wait for as long as the clock was set back.
 */
async function restamp(database: Database): Promise<void> {
  await database.query(
    "update intent i set abandoned_at = now(), send_deadline = now() + (i.send_deadline - i.claimed_at), " +
      `claimed_at = now() where i.state = 'in_doubt' and ${isFromAhead}`,
  );
}

/** Which intents are open. */
function listings(deps: Deps): Pick<Store, "doubtfulIntents" | "intentsOf"> {
  const { database } = deps;
  return {
    async doubtfulIntents({ rights, target, entity, limit }) {
      const rows = await database.query<DoubtfulRow>(
        `select ${intentColumns}, ${quietFor} as quiet_for_ms, ${isFromAhead} as is_from_ahead, ` +
          `${isForgotten} as is_forgotten from intent i where i.target = $1 and i.entity = $2 and ` +
          `i.state = 'in_doubt' and i.shard in (select r.shard from ${rightRows(4)}) and ${isDue("i")} ` +
          "order by i.due_at, i.key limit $3",
        [target, entity, limit, JSON.stringify(rights.shards)],
      );
      if (rows.some((row) => row.is_from_ahead)) await restamp(database);
      return rows.map((row) => ({
        ...intentOf(row),
        quietForMs: row.quiet_for_ms,
        isForgotten: row.is_forgotten,
      }));
    },
    async intentsOf(links) {
      const rows = await database.query<IntentRow>(
        `select ${intentColumns} from intent i where i.link_id in (select ` +
          "jsonb_array_elements_text($1::jsonb)) order by i.stored_at, i.step, i.key",
        [JSON.stringify([...new Set(links)])],
      );
      return rows.map(intentOf);
    },
  };
}

/**
 * What became of intents but for the journal. All of it is asked for at once, in this order; bases that
 * several writes share move with the last of them, so that is asked behind their states.
 */
async function saveAll(
  tx: Queryable,
  entropy: Entropy,
  at: { readonly outcomes: readonly IntentOutcome[]; readonly changed: readonly LinkId[] },
): Promise<{ readonly takenBack: readonly Note[]; readonly together: readonly SharedMove[] }> {
  const { outcomes, changed } = at;
  const links = (some: readonly IntentOutcome[]): LinkId[] => some.map(({ intent }) => intent.link);
  const parks = outcomes.flatMap(({ intent, park }) =>
    park === null ? [] : [parkRow(entropy, { link: intent.link, entity: intent.entity, park })],
  );
  const lines = outcomes.flatMap((outcome) =>
    outcome.lines.map((line) => ({ ...line, link: outcome.intent.link })),
  );
  const own = outcomes.flatMap(({ intent, baseMoves }) =>
    baseMoves.map((move) => ({ ...move, link: intent.link })),
  );
  const answered = markLinks(tx, changed, "answered");
  const states = saveStates(tx, outcomes);
  const shared = sharedMoves(tx, outcomes);
  const [takenBack, together] = await Promise.all([
    states,
    shared,
    answered,
    markPlans(tx, outcomes),
    addMembers(tx, outcomes),
    saveLines(tx, lines),
    shared.then((moves) => moveBases(tx, [...own, ...moves])),
    turnLinks(tx, outcomes),
    savePark(tx, parks),
    closeParks(tx, outcomes),
    markLinks(tx, links(outcomes.filter(({ isToDecide }) => isToDecide)), "settled"),
  ]);
  return { takenBack, together };
}

async function closeParks(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<void> {
  const settled = outcomes.filter(({ state }) => state === "settled").map(({ intent }) => intent.key);
  if (settled.length === 0) return;
  await tx.query(
    "update park set state = 'closed', closed_at = now() where state = 'open' and " +
      "intent_key in (select jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(settled)],
  );
}

/** What became of intents. */
function outcomes(deps: Deps): Pick<Store, "commitOutcomes"> {
  const { database, journal, entropy } = deps;
  return {
    async commitOutcomes(given, runId, rights) {
      if (given.length === 0) return;
      await database.transaction(async (tx) => {
        const own = given.map(({ intent }) => intent.link);
        const [, reused] = await Promise.all([checkFence(tx, rights, own), freeGivenIds(tx, given)]);
        const seen = given.flatMap(({ observation }) => (observation === null ? [] : [observation]));
        const [children, { changed }] = await Promise.all([waitingFor(tx, madeBy(given)), observe(tx, seen)]);
        const [, meant, taken] = await Promise.all([
          lockLinks(tx, [...own, ...changed, ...children]),
          stillMeant(tx, given),
          takenPlaces(tx, given),
        ]);
        const outcomes = parkTaken(meant, taken);
        const { takenBack, together } = await saveAll(tx, entropy, { outcomes, changed });
        const groupNotes = together.map(({ link, connection, images }) => {
          return { kind: "base_moved", entity: null, link, body: { connection, images } };
        });
        await journal.write(
          tx,
          [...reused, ...outcomes.flatMap(outcomeNotes), ...takenBack, ...groupNotes],
          runId,
        );
      });
    },
  };
}

/** Sending: intents are claimed under the fencing token, and what became of them is one commit. */
export function intentStore(deps: Deps): Part {
  return { ...claims(deps), ...withdrawals(deps), ...listings(deps), ...outcomes(deps) };
}

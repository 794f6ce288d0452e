import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import { moveBases, parkRow, saveLines, savePark } from "./decisions.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import { waitingForLinks } from "./joins.ts";
import { checkFence } from "./leases.ts";
import { lockLinks } from "./link-locks.ts";
import { freeGivenIds } from "./reuse.ts";
import { markFound, markLinks, observe } from "./observations.ts";
import { outcomeNotes, turnLinks } from "./outcomes.ts";
import { markPlans } from "./plans.ts";
import { isBeside } from "./port.ts";
import type { BaseMove, IntentOutcome, Store } from "./port.ts";
import type { IntentRow } from "./rows.ts";

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
}

/** Rows come in an order of their own, whatever way PostgreSQL took: the journal is the same on each. */
export const byKey = (a: Pick<IntentRow, "key">, b: Pick<IntentRow, "key">): number =>
  a.key < b.key ? -1 : 1;

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
  const rows = await tx.query<{ link_id: string }>(waitingForLinks, [
    JSON.stringify(made.map(({ intent }) => intent.link)),
  ]);
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
    markFound(tx, waitingForLinks, {
      given: made.map(({ intent }) => intent.link),
      reason: "parent settled",
    }),
  ]);
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
export function outcomeStore(deps: Deps): Pick<Store, "commitOutcomes"> {
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

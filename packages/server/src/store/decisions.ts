import type { Discard, Json, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { forgotten } from "./epochs.ts";
import { intentNotes } from "./intent-notes.ts";
import type { Saved } from "./intent-notes.ts";
import type { JournalWriter } from "./journal.ts";
import { checkFence } from "./leases.ts";
import { lockLinks } from "./link-locks.ts";
import { markLinks } from "./observations.ts";
import type { BaseMove, DecisionRecord, Intent, LineLink, ParkEntry, Store, UndoneMark } from "./port.ts";
import { rivalsOf, stillSole } from "./sole.ts";
import { restoreLinks } from "./restore-links.ts";
import { holdMatching, markDemanded, replaceWaits, wakeOverdue } from "./waits.ts";

type Part = Pick<Store, "markWork" | "commitDecisions" | "storeIntents">;

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
}

/** One move per link and connection: of two moves of one field the later one counts. */
export function mergeMoves(
  moves: readonly (BaseMove & { readonly link: LinkId })[],
): readonly (BaseMove & { readonly link: LinkId })[] {
  const merged = new Map<string, BaseMove & { readonly link: LinkId }>();
  for (const move of moves) {
    const name = `${move.link}\n${move.connection}`;
    const before = merged.get(name);
    const kind = move.kind ?? before?.kind ?? null;
    const undone = marksOf(before?.undone ?? {}, move);
    merged.set(name, { ...move, kind, undone, images: { ...before?.images, ...move.images } });
  }
  return [...merged.values()];
}

/** Marks of an undo after a move: a field that moves loses its mark, unless the move says so. */
export function marksOf<Mark>(
  marks: { readonly [field: string]: Mark },
  move: Pick<BaseMove, "images" | "undone">,
): { readonly [field: string]: Mark | UndoneMark | null } {
  const kept = Object.entries(marks).filter(([field]) => move.images[field] === undefined);
  return { ...Object.fromEntries(kept), ...move.undone };
}

/** Moves bases: named fields get the new image, others keep theirs. */
export async function moveBases(
  tx: Queryable,
  moves: readonly (BaseMove & { readonly link: LinkId })[],
): Promise<void> {
  const merged = mergeMoves(moves);
  const known = merged.filter(({ kind }) => kind !== null);
  const others = merged.filter(({ kind }) => kind === null);
  await Promise.all([
    upsertBases(tx, known, `${mergedBase}, kind = excluded.kind`),
    upsertBases(tx, others, mergedBase),
  ]);
}

/** A base as it is after a move; nearly none has the mark of an undo. */
const mergedBase =
  "images = base.images || excluded.images, undone = case when base.undone is null and " +
  "excluded.undone is null then null else nullif(jsonb_strip_nulls((coalesce(base.undone, " +
  "'{}'::jsonb) - array(select jsonb_object_keys(excluded.images))) || coalesce(excluded.undone, " +
  "'{}'::jsonb)), '{}'::jsonb) end";

async function upsertBases(
  tx: Queryable,
  moves: readonly (BaseMove & { readonly link: LinkId })[],
  change: string,
): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map(({ link, connection, images, kind, undone = {} }) => {
    const marks = Object.keys(undone).length === 0 ? null : undone;
    return { link_id: link, connection, images, kind, undone: marks };
  });
  await tx.query(
    "insert into base (link_id, connection, images, kind, undone) select link_id, connection, images, " +
      "coalesce(kind, 'present'), undone from jsonb_to_recordset($1::jsonb) as r(link_id text, " +
      "connection text, images jsonb, kind text, undone jsonb) on conflict (link_id, connection) do " +
      `update set ${change}`,
    [JSON.stringify(rows)],
  );
}

/** Remembers which native line is which key. */
export async function saveLines(
  tx: Queryable,
  lines: readonly (LineLink & { readonly link: LinkId })[],
): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map(({ link, connection, field, nativeId, key }) => ({
    link_id: link,
    connection,
    field,
    native_id: nativeId,
    key,
  }));
  await tx.query(
    "insert into line_link (link_id, connection, field, native_id, key) select distinct on " +
      "(link_id, connection, field, native_id) link_id, connection, field, native_id, key from " +
      "jsonb_to_recordset($1::jsonb) as r(link_id text, connection text, field text, native_id " +
      "text, key text) on conflict (link_id, connection, field, native_id) do nothing",
    [JSON.stringify(rows)],
  );
}

/** A park as it is stored; one open park per link, reason, connection and intent. */
export function parkRow(
  entropy: Entropy,
  at: { readonly link: LinkId; readonly entity: string; readonly park: ParkEntry },
): { readonly [column: string]: unknown } {
  const { link, entity, park } = at;
  const identity = `${link}\n${park.reason}\n${park.connection ?? ""}\n${park.intentKey ?? ""}`;
  return {
    id: entropy.digest(identity).slice(0, 24),
    link_id: link,
    entity,
    connection: park.connection,
    external_id: park.externalId,
    intent_key: park.intentKey,
    reason: park.reason,
    problems: park.problems,
    failure: park.failure,
  };
}

/** A write of which nobody knows whether it landed: only a person, or a new look at the target, ends that. */
const isParkOfDoubt = "p.reason in ('doubt_unprovable', 'not_unique')";

/** Opens parks, or keeps those that are open already. */
export async function savePark(
  tx: Queryable,
  rows: readonly { readonly [column: string]: unknown }[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = "id, link_id, entity, connection, external_id, intent_key, reason, problems";
  // A refused write that is decided again under another key keeps the evidence of its refusal.
  const evidence =
    "coalesce(r.failure, (select i.failure from intent i where r.reason = 'write_refused' and " +
    "i.link_id = r.link_id and i.target = r.connection and i.state in ('refused', 'parked') and " +
    "i.failure is not null order by i.stored_at desc, i.key limit 1))";
  await tx.query(
    `insert into park (${names}, failure) select distinct on (id) ${names}, ${evidence} from ` +
      "jsonb_to_recordset($1::jsonb) as r(id text, link_id text, entity text, connection text, " +
      "external_id text, intent_key text, reason text, problems jsonb, failure jsonb) on conflict " +
      "(id) do update set problems = case when excluded.problems = '{}'::jsonb then park.problems " +
      "else excluded.problems end, failure = coalesce(excluded.failure, park.failure), opened_at = " +
      "case when park.state = 'open' then park.opened_at else now() end, state = 'open', closed_at " +
      "= null",
    [JSON.stringify(rows)],
  );
}

/** Columns of an intent that stay as they are when its key is decided again, and those that do not. */
const intentKept = ["key", "link_id", "entity", "generation", "target", "kind", "reference"];
const intentChanged = [
  ...["step", "external_id", "precondition", "content_hash", "fields", "transition", "causes"],
  ...["source_images", "shared", "group_key", "plan_id", "plan_number", "before", "undo", "run_id"],
];
const intentNames = [...intentKept, ...intentChanged].join(", ");
const intentChange = intentChanged.map((name) => `${name} = excluded.${name}`).join(", ");

/** Stores intents. */
async function saveIntents(tx: Queryable, intents: readonly Intent[], runId: string | null): Promise<Saved> {
  if (intents.length === 0) return { stored: new Set(), doubted: new Set() };
  const rows = intents.map((intent) => ({
    key: intent.key,
    link_id: intent.link,
    entity: intent.entity,
    generation: intent.generation,
    target: intent.target,
    kind: intent.kind,
    step: intent.step,
    external_id: intent.id,
    reference: intent.reference,
    precondition: intent.precondition,
    content_hash: intent.contentHash,
    fields: intent.fields,
    transition: intent.transition,
    causes: intent.causes,
    source_images: intent.sourceImages,
    shared: intent.shared,
    group_key: intent.group,
    plan_id: intent.plan?.id ?? null,
    plan_number: intent.plan?.number ?? null,
    before: intent.before,
    undo: intent.undo,
    run_id: runId,
  }));
  // A create that settled stays settled for its generation: its key never depends on its content, so it
  // cannot repeat. Neither can one of which nobody knows whether it landed, whatever its source says by now.
  const saved = await tx.query<{ key: string; state: string }>(
    `insert into intent (${intentNames}, state, send_deadline, abandoned_at) select ${intentNames}, case ` +
      "when f.since is null then 'stored' else 'in_doubt' end, f.since, f.since from " +
      "jsonb_to_recordset($1::jsonb) as r(key text, link_id text, entity text, generation int, " +
      "target text, kind text, step int, external_id text, reference text, precondition text, " +
      "content_hash text, fields jsonb, transition jsonb, causes jsonb, source_images jsonb, shared " +
      "jsonb, group_key text, plan_id text, plan_number int, before jsonb, undo jsonb, run_id text) " +
      `left join lateral ${forgotten} f on true on ` +
      `conflict (key) do update set ${intentChange}, state = excluded.state, landed_images = null, ` +
      "attempts = 0, due_at = now(), due_set_at = now(), failure = null, settled_at = null, " +
      "send_deadline = excluded.send_deadline, abandoned_at = excluded.abandoned_at " +
      "where intent.state = 'refused' or (intent.state = 'settled' and intent.kind " +
      "<> 'create') or (intent.state = 'parked' and not exists (select " +
      `from park p where p.intent_key = intent.key and p.state = 'open' and ${isParkOfDoubt})) ` +
      "returning key, state",
    [JSON.stringify(rows)],
  );
  const doubted = saved.filter(({ state }) => state === "in_doubt");
  return {
    stored: new Set(saved.map(({ key }) => key)),
    doubted: new Set(doubted.map(({ key }) => key)),
  };
}

async function saveConflicts(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const rows = records.flatMap(({ link, entity, conflicts }) =>
    conflicts.map(({ field, reason, values }) => ({ link_id: link, entity, field, reason, held: values })),
  );
  const closed = records.flatMap(({ link, closedConflicts }) =>
    closedConflicts.map((field) => ({ link_id: link, field })),
  );
  await Promise.all([
    rows.length > 0 &&
      tx.query(
        "insert into conflict (link_id, entity, field, reason, held) select link_id, entity, field, " +
          "reason, held from jsonb_to_recordset($1::jsonb) as r(link_id text, entity text, field " +
          "text, reason text, held jsonb) on conflict (link_id, field) do update set reason = " +
          "excluded.reason, held = excluded.held, opened_at = case when conflict.state = 'open' then " +
          "conflict.opened_at else now() end, state = 'open', resolution = null, decided_by = null, " +
          "closed_at = null",
        [JSON.stringify(rows)],
      ),
    closed.length > 0 &&
      tx.query(
        "update conflict c set state = 'closed', closed_at = now() from jsonb_to_recordset($1::jsonb) " +
          "as r(link_id text, field text) where c.link_id = r.link_id and c.field = r.field and c.state " +
          "<> 'closed'",
        [JSON.stringify(closed)],
      ),
  ]);
}

async function saveTombstones(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const rows = records.flatMap(({ link, entity, tombstone }) =>
    tombstone === null
      ? []
      : [{ link_id: link, entity, connection: tombstone.connection, external_id: tombstone.id }],
  );
  if (rows.length === 0) return;
  await tx.query(
    "insert into tombstone (link_id, entity, connection, external_id, reason) select link_id, " +
      "entity, connection, external_id, 'deleted' from jsonb_to_recordset($1::jsonb) as r(link_id " +
      "text, entity text, connection text, external_id text) on conflict do nothing",
    [JSON.stringify(rows)],
  );
}

/**
 * Parks that a new decision no longer holds are closed; those of refused writes stay until redriven or
 * settled.
 */
async function closeParks(tx: Queryable, deps: Deps, records: readonly DecisionRecord[]): Promise<void> {
  const keep = records.flatMap(({ link, entity, parks }) =>
    parks.map((park) => parkRow(deps.entropy, { link, entity, park })["id"]),
  );
  await tx.query(
    "update park p set state = 'closed', closed_at = now() where state = 'open' and not " +
      `${isParkOfDoubt} and link_id in (select jsonb_array_elements_text($1::jsonb)) and not id in ` +
      "(select jsonb_array_elements_text($2::jsonb))",
    [JSON.stringify(records.map(({ link }) => link)), JSON.stringify(keep)],
  );
}

/**
 * Takes the work that decisions were made of, and answers those that still hold. The row of the work is what
 * whoever brings news of a link meets:
 * 1. worker A loads a link and decides a create
 * 2. B reads the record's counterpart on the target and joins it to the link, which marks it
 * 3. A's decision was made of the mark before: it is not stored, and the link is decided again
 * The other way round, B waits for A's row, and finds the create stored.
 */
async function takeWork(
  tx: Queryable,
  records: readonly DecisionRecord[],
): Promise<readonly DecisionRecord[]> {
  const rows = records.map(({ link, marked, staysDue = false }) => ({
    link_id: link,
    marked,
    stays: staysDue,
  }));
  const taken = await tx.query<{ link_id: string }>(
    "with due as (select w.link_id, r.stays from jsonb_to_recordset($1::jsonb) as r(link_id text, marked " +
      "bigint, stays boolean) join work w on w.link_id = r.link_id and w.marked = r.marked order by " +
      "w.link_id for update of w), gone as (delete from work w using due where w.link_id = due.link_id and " +
      "not due.stays) select link_id from due",
    [JSON.stringify(rows)],
  );
  const unmarked = records.filter(({ marked }) => marked === null).map(({ link }) => link);
  const marked =
    unmarked.length === 0
      ? []
      : await tx.query<{ link_id: string }>(
          "select link_id from work where link_id in (select jsonb_array_elements_text($1::jsonb))",
          [JSON.stringify(unmarked)],
        );
  const links = new Set<string>([...taken.map((row) => row.link_id), ...unmarked]);
  for (const { link_id: link } of marked) links.delete(link);
  return records.filter(({ link }) => links.has(link));
}

async function saveVerdicts(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const rows = records.map(({ link, verdict, state }) => ({ link_id: link, verdict, state }));
  await tx.query(
    "update link l set verdict = r.verdict, state = coalesce(r.state, l.state) from " +
      "jsonb_to_recordset($1::jsonb) as r(link_id text, verdict text, state text) where l.id = " +
      "r.link_id and (l.verdict is distinct from r.verdict or (r.state is not null and l.state <> " +
      "r.state))",
    [JSON.stringify(rows)],
  );
}

/** Key of the write that takes the place of a value that loses. */
function overwriting({ intents }: DecisionRecord, { connection, field }: Discard): string | null {
  const [name = field] = field.split("[");
  return intents.find(({ target, fields }) => target === connection && name in fields)?.key ?? null;
}

/** What the journal says of a decision. */
export function decisionNotes(record: DecisionRecord, saved: Saved): readonly Note[] {
  const { link, entity } = record;
  const note = (kind: string, body: unknown): Note => ({ kind, entity, link, body: body as Json });
  return [
    ...record.discards.map((discard) => note("discarded", { ...discard, key: overwriting(record, discard) })),
    ...record.conflicts
      .filter(({ field }) => !record.knownConflicts.includes(field))
      .map((conflict) => note("conflict_opened", conflict)),
    ...record.closedConflicts.map((field) => note("conflict_closed", { field })),
    ...record.parks.map((park) => note("parked", { ...park, failure: park.failure?.code ?? null })),
    ...record.baseMoves.map(({ connection, images }) => note("base_moved", { connection, images })),
    ...(record.tombstone === null ? [] : [note("tombstone_made", record.tombstone)]),
    ...(record.restore === undefined || record.restore === null
      ? []
      : [note("link_restored", record.restore)]),
    ...intentNotes(record.intents, saved),
  ];
}

/**
 * What decisions leave behind but for the journal. All of it is asked for at once, in the order that it needs
 * (what a park remembers of a refused write is read before the write is decided again).
 */
async function saveAll(
  tx: Queryable,
  deps: Deps,
  { records, runId }: { readonly records: readonly DecisionRecord[]; readonly runId: string | null },
): Promise<Saved> {
  const lines = records.flatMap((record) => record.lines.map((line) => ({ ...line, link: record.link })));
  const moves = records.flatMap((record) => record.baseMoves.map((move) => ({ ...move, link: record.link })));
  const parks = records.flatMap(({ link, entity, parks: own }) =>
    own.map((park) => parkRow(deps.entropy, { link, entity, park })),
  );
  const intents = records.flatMap((record) => record.intents);
  const wakes = records.flatMap((record) => record.wakes ?? []);
  const before = [
    saveLines(tx, lines),
    moveBases(tx, moves),
    saveConflicts(tx, records),
    saveTombstones(tx, records),
    closeParks(tx, deps, records),
    savePark(tx, parks),
    replaceWaits(tx, records),
    markDemanded(tx, records),
    wakeOverdue(tx, records),
    markLinks(tx, wakes, "not held back"),
  ];
  const saved = saveIntents(tx, intents, runId);
  await Promise.all([...before, saved, restoreLinks(tx, records), saveVerdicts(tx, records)]);
  return saved;
}

/** Deciding: what a decision leaves behind. */
export function decisionStore(deps: Deps): Part {
  const { database, journal } = deps;
  return {
    async markWork(links, reason) {
      await database.transaction((tx) => markLinks(tx, links, reason));
    },
    async storeIntents(intents, runId, rights) {
      const links = intents.map(({ link }) => link);
      await database.transaction(async (tx) => {
        await checkFence(tx, rights, links);
        await lockLinks(tx, links);
        const saved = await saveIntents(tx, intents, runId);
        await journal.write(tx, intentNotes(intents, saved), runId);
      });
    },
    async commitDecisions(given, runId, rights) {
      if (given.length === 0) return [];
      return database.transaction(async (tx) => {
        const own = given.map(({ link }) => link);
        const [, , rivals] = await Promise.all([
          checkFence(tx, rights, own),
          holdMatching(tx, given),
          rivalsOf(tx, given),
        ]);
        const parents = given.flatMap(({ waits }) => waits.flatMap(({ parentLink }) => parentLink ?? []));
        const woken = given.flatMap(({ wakes = [] }) => wakes);
        const [, sole] = await Promise.all([
          lockLinks(tx, [...own, ...parents, ...woken, ...rivals]),
          stillSole(tx, given),
        ]);
        const records = await takeWork(tx, sole);
        if (records.length === 0) return [];
        const saved = await saveAll(tx, deps, { records, runId });
        await journal.write(
          tx,
          records.flatMap((record) => decisionNotes(record, saved)),
          runId,
        );
        return records.map(({ link }) => link);
      });
    },
  };
}

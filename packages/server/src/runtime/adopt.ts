import { matchKeysOf, planMerge } from "@crossfoot/kernel";
import type { AdoptedTerms, EntityName, EntityPolicy, ExternalId, Link, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { Adoption, Lease, RecordKey, StoredObservation } from "../store/port.ts";
import { judgePair } from "./adopt-judge.ts";
import type { Judged, Pair, PairSide, PairVerdict } from "./adopt-judge.ts";
import type { AdoptFinding, AdoptRow, AdoptTally, BadRow } from "./adopt-report.ts";
import { placesIn, survivorFor } from "./identity.ts";
import type { Matching } from "./identity.ts";
import { readIds } from "./observe.ts";
import { linkIdOf } from "./link-id.ts";
import { canonicalFields } from "./canonical.ts";
import { matchAlone } from "./resolve.ts";
import { sideOf } from "./world.ts";
import type { Session } from "./world.ts";

/** Pairs looked at in one batch: one commit. */
const batchSize = 500;

/** The taking over of one table. */
export interface Adopting {
  readonly session: Session;
  readonly tally: AdoptTally;
  /** What becomes of differences; null: the contract decides them. */
  readonly terms: AdoptedTerms | null;
  /** True when the terms were asked for: then they hold for pairs that are linked already too. */
  readonly areTermsAsked: boolean;
  /** True when nothing is to be stored. */
  readonly isCheck: boolean;
  /** Links as they would be, of pairs that were only looked at. */
  readonly imagined: Map<string, Link>;
}

/** Takes over the pairs of a table, batch by batch; each batch is one commit, and a second time is none. */
export async function adoptRows(adopting: Adopting, rows: AsyncIterable<AdoptRow | BadRow>): Promise<void> {
  let batch: AdoptRow[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    for (const [entity, own] of Map.groupBy(batch, (row) => row.entity))
      await adoptBatch(adopting, entity, own);
    done += batch.length;
    batch = [];
    const { report } = adopting.session;
    report({
      phase: "resolve",
      entity: null,
      connection: null,
      done,
      total: null,
      message: "taking over links",
    });
  };
  for await (const row of rows) {
    if (adopting.session.signal?.aborted === true) return;
    if ("problem" in row) {
      adopting.tally.note({
        kind: "malformed",
        entity: null,
        line: row.line,
        records: [],
        detail: row.problem,
      });
    } else if (row.ids.some(({ id }) => id.trim() === "")) noteBlank(adopting, row);
    else batch.push(row);
    if (batch.length >= batchSize) await flush();
  }
  if (batch.length > 0) await flush();
}

function noteBlank({ tally }: Adopting, row: AdoptRow): void {
  const counts = tally.of(row.entity);
  counts.rows += 1;
  counts.rejected += 1;
  const named = row.ids
    .filter(({ id }) => id.trim() !== "")
    .map(({ connection, id }) => `${connection}:${id}`);
  const detail = "one of the ids is missing";
  tally.note({ kind: "blank", entity: row.entity, line: row.line, records: named, detail });
}

async function adoptBatch(adopting: Adopting, entity: EntityName, rows: readonly AdoptRow[]): Promise<void> {
  const policy = adopting.session.world.policies.find((one) => one.entity === entity);
  if (policy === undefined) return;
  await matchAlone(adopting.session, policy, (lease) => adoptHeld(adopting, { policy, rows, lease }));
}

/** Takes a batch over while nobody else matches records of the entity. */
async function adoptHeld(
  adopting: Adopting,
  at: { readonly policy: EntityPolicy; readonly rows: readonly AdoptRow[]; readonly lease: Lease },
): Promise<void> {
  const { policy, rows, lease } = at;
  const { entity } = policy;
  const known = await lookUp(adopting.session, policy, rows);
  const batch: Batch = {
    adopting,
    policy,
    known,
    adoption: emptyAdoption(entity),
    folds: [],
    held: new Set(),
  };
  for (const row of rows) {
    const counts = adopting.tally.of(entity);
    counts.rows += 1;
    const sides = row.ids.map(({ connection, id }) =>
      sideIn(batch, { connection, entity, id: id as ExternalId }),
    );
    const pair: Pair = { entity, line: row.line, sides: sides as unknown as Pair["sides"] };
    const judged = judgePair(pair);
    for (const finding of findingsOf(pair, judged)) adopting.tally.note(finding);
    carryOut(batch, pair, judged);
  }
  if (adopting.isCheck) return;
  const { session } = adopting;
  await session.world.store.commitAdoption(unheld(batch), session.runId, lease);
  for (const fold of batch.folds) await foldIn({ session, lease }, fold);
}

/** A record that a later line of the batch links waits for nobody. */
function unheld({ adoption }: Batch): Adoption {
  const isLinked = (record: RecordKey): boolean =>
    adoption.entries.some(
      (entry) => entry.resolution.kind !== "candidate" && recordName(entry.record) === recordName(record),
    );
  const entries = adoption.entries.filter(
    ({ record, resolution }) => resolution.kind !== "candidate" || !isLinked(record),
  );
  return { ...adoption, entries };
}

/** A record with a link of its own that is another one's duplicate: its link goes into the other's. */
async function foldIn({ session, lease }: Matching, { into, alias, from }: Fold): Promise<void> {
  const { world, runId } = session;
  const { connection, id: loser } = alias;
  const survivor = into.members.find((member) => member.connection === connection)?.id;
  if (survivor === undefined) return;
  const planned = planMerge({ connection, loser, survivor, loserLink: from, survivorLink: into });
  await world.store.commitMerge(
    {
      ...planned,
      ...{ entity: into.entity, connection, loser, survivor, keep: into.id, from },
      // Nobody has merged them: the duplicate is listed for a person.
      duplicates: [{ connection, id: loser, aliases: [] }],
      before: placesIn([from, into]),
    },
    runId,
    lease,
  );
}

interface Draft {
  readonly entity: EntityName;
  readonly entries: Adoption["entries"][number][];
  readonly joins: Adoption["joins"][number][];
  readonly aliases: Adoption["aliases"][number][];
  readonly terms: Adoption["terms"][number][];
}

interface Batch {
  readonly adopting: Adopting;
  readonly policy: EntityPolicy;
  readonly known: Known;
  readonly adoption: Draft;
  readonly folds: Fold[];
  /** Names of records that wait for a person. */
  readonly held: Set<string>;
}

type Fold = Extract<PairVerdict, { readonly kind: "fold" }>;

const emptyAdoption = (entity: EntityName): Draft => ({
  entity,
  entries: [],
  joins: [],
  aliases: [],
  terms: [],
});

/** What is known of the records of a batch, by their names. */
interface Known {
  readonly seen: ReadonlyMap<string, StoredObservation>;
  /** Survivors of records that were merged. */
  readonly survivors: ReadonlyMap<string, ExternalId>;
  readonly links: Map<string, Link>;
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

async function lookUp(session: Session, policy: EntityPolicy, rows: readonly AdoptRow[]): Promise<Known> {
  const { store } = session.world;
  const { entity } = policy;
  const wanted = rows.flatMap(({ ids }) =>
    ids.map(({ connection, id }): RecordKey => ({ connection, entity, id: id as ExternalId })),
  );
  const named = [...new Map(wanted.map((record) => [recordName(record), record])).values()];
  const seen = await seenOf(session, named);
  const survivors = new Map<string, ExternalId>();
  for (const record of seen.values()) {
    if (record.kind !== "merged" && record.kind !== "converted") continue;
    const survivor = await survivorFor(session, record);
    if (survivor !== null) survivors.set(recordName(record), survivor);
  }
  const more = [...survivors].flatMap(([name, id]): RecordKey[] => {
    const loser = seen.get(name);
    return loser === undefined ? [] : [{ connection: loser.connection, entity, id }];
  });
  const all = new Map([...seen, ...(await seenOf(session, more))]);
  const ids = await store.linksOf([...named, ...more]);
  const whole = new Map((await store.loadLinks([...new Set(ids.values())])).map((link) => [link.id, link]));
  const links = new Map([...ids].flatMap(([name, id]) => pairOf(name, whole.get(id))));
  return { seen: all, survivors, links, keys: await keysOf(session, policy, [...all.values()]) };
}

const pairOf = (name: string, link: Link | undefined): readonly (readonly [string, Link])[] =>
  link === undefined ? [] : [[name, link]];

/** Newest views by name. What was never seen is asked for: a list may leave out what is there. */
async function seenOf(
  session: Session,
  records: readonly RecordKey[],
): Promise<ReadonlyMap<string, StoredObservation>> {
  const { store } = session.world;
  const byName = (list: readonly StoredObservation[]): [string, StoredObservation][] =>
    list.map((one) => [recordName(one), one]);
  const known = new Map(byName(await store.observationsOf(records)));
  const unseen = records.filter((record) => !known.has(recordName(record)));
  for (const [connection, own] of Map.groupBy(unseen, (record) => record.connection)) {
    const side = sideOf(session.world, connection);
    if (session.away.has(side.id)) continue;
    const entity = own[0]?.entity ?? "";
    const { observations } = await readIds(session, side, {
      entity,
      ids: own.map(({ id }) => id),
      via: "hint",
    });
    for (const [name, one] of byName(observations)) known.set(name, one);
  }
  return known;
}

/** Declared keys of records, by the names of their fields. */
async function keysOf(
  session: Session,
  policy: EntityPolicy,
  seen: readonly StoredObservation[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const read = await canonicalFields(session.world, policy, seen);
  return new Map(
    read.map(({ record, fields }) => {
      const keys = matchKeysOf(policy, fields).map((key): [string, string] => [
        key.slice(0, key.indexOf("=")),
        key,
      ]);
      return [recordName(record), new Map(keys)];
    }),
  );
}

function sideIn({ adopting, known }: Batch, record: RecordKey): PairSide {
  const { connection, entity } = record;
  const survivor = known.survivors.get(recordName(record));
  const id = survivor ?? record.id;
  const name = recordName({ connection, entity, id });
  return {
    connection,
    id,
    seen: known.seen.get(name) ?? null,
    isMerged: survivor !== undefined,
    link: known.links.get(name) ?? adopting.imagined.get(name) ?? null,
    keys: known.keys.get(name) ?? new Map(),
  };
}

const nameOf = ({ connection, id }: PairSide): string => `${connection}:${id}`;

function findingsOf(pair: Pair, { found }: Judged): readonly AdoptFinding[] {
  return found.map(({ kind, about }) => {
    const others = pair.sides.filter((side) => !about.includes(side)).map(nameOf);
    const records = [...about.map(nameOf), ...others];
    return { kind, entity: pair.entity, line: pair.line, records, detail: "" };
  });
}

/** Puts into the commit what the judgement calls for, and remembers it for later lines. */
function carryOut(batch: Batch, pair: Pair, { verdict, found }: Judged): void {
  const { adopting, adoption } = batch;
  const counts = adopting.tally.of(pair.entity);
  const recordOf = ({ connection, id }: PairSide): RecordKey => ({ connection, entity: pair.entity, id });
  const keys = (side: PairSide): readonly string[] => [...side.keys.values()];
  const [one, other] = pair.sides;
  switch (verdict.kind) {
    case "known":
      counts.known += 1;
      if (adopting.areTermsAsked) adoption.terms.push({ link: verdict.link, terms: adopting.terms });
      return;
    case "link": {
      const link = linkIdOf(adopting.session.world, recordOf(one));
      const made = { kind: "found", link, generation: 1, keys: keys(one) } as const;
      adoption.entries.push({ record: recordOf(one), resolution: made });
      adoption.entries.push({
        record: recordOf(other),
        resolution: { kind: "join", link, keys: keys(other) },
      });
      return adopted(batch, { link, members: [one, other] });
    }
    case "join": {
      const { link, joining } = verdict;
      adoption.entries.push({
        record: recordOf(joining),
        resolution: { kind: "join", link, keys: keys(joining) },
      });
      return adopted(batch, { link, members: [one, other] });
    }
    case "unite":
      adoption.joins.push({ from: verdict.from, into: verdict.into });
      return adopted(batch, { link: verdict.into, members: [one, other] });
    case "alias": {
      counts.aliases += 1;
      const { link, alias } = verdict;
      adoption.aliases.push({ link, connection: alias.connection, id: alias.id });
      return imagine(batch, alias, { link, members: [] });
    }
    case "fold":
      counts.aliases += 1;
      batch.folds.push(verdict);
      return imagine(batch, verdict.alias, { link: verdict.into.id, members: [] });
    case "hold": {
      const { holding } = verdict;
      if (batch.held.has(nameOf(holding))) {
        counts.rejected += 1;
        return;
      }
      batch.held.add(nameOf(holding));
      counts.held += 1;
      const named = pair.sides.filter((side) => side !== holding).map(nameOf);
      const why = `adopt:${found[0]?.kind ?? ""}:${named.join(",")}`;
      adoption.entries.push({
        record: recordOf(holding),
        resolution: { kind: "candidate", links: [], keys: [why], isHeld: true },
      });
      if (holding.link !== null) adoption.terms.push({ link: holding.link.id, terms: "review" });
      return;
    }
    case "reject":
      counts.rejected += 1;
  }
}

function adopted(batch: Batch, at: { readonly link: LinkId; readonly members: readonly PairSide[] }): void {
  const { adopting, adoption, policy } = batch;
  adopting.tally.of(policy.entity).adopted += 1;
  adoption.terms.push({ link: at.link, terms: adopting.terms });
  for (const side of at.members) imagine(batch, side, at);
}

/** Later lines of the table find the link as it will be. */
function imagine(
  { adopting, known, policy }: Batch,
  side: PairSide,
  at: { readonly link: LinkId; readonly members: readonly PairSide[] },
): void {
  const name = recordName({ connection: side.connection, entity: policy.entity, id: side.id });
  const before = known.links.get(name) ?? adopting.imagined.get(name);
  const others = (before?.members ?? []).filter(
    (member) => !at.members.some(({ connection }) => connection === member.connection),
  );
  const members = [...others, ...at.members.map(({ connection, id }) => ({ connection, id, aliases: [] }))];
  const link: Link = { id: at.link, entity: policy.entity, generation: 1, state: "live", members };
  known.links.set(name, link);
  if (adopting.isCheck) adopting.imagined.set(name, link);
}

import fc from "fast-check";
import { connectionId, externalId, linkId } from "@crossfoot/kernel";
import type { ConnectionId, FailureRecord, Json, LinkId } from "@crossfoot/kernel";
import type {
  ConsolidatedRow,
  ContractSigning,
  CursorState,
  DecisionRecord,
  DuplicateRow,
  DuplicateWord,
  Intent,
  IntentOutcome,
  LostEntry,
  JournalBreak,
  ParkEntry,
  RecordKey,
  Resolution,
  SharedChange,
  Store,
  StoredObservation,
  Telling,
} from "../port.ts";

// Few of each, so that calls meet one another.
export const connection: fc.Arbitrary<ConnectionId> = fc.constantFrom(
  connectionId("crm"),
  connectionId("erp"),
);
export const entity: fc.Arbitrary<string> = fc.constantFrom(
  "accounts",
  "accounts",
  "accounts",
  "contacts",
  "invoices",
);
export const record: fc.Arbitrary<RecordKey> = fc.record({
  connection,
  entity,
  id: fc.constantFrom("r1", "r2", "é3", "😀4").map(externalId),
});
/** Records, each once. */
export const records: fc.Arbitrary<RecordKey[]> = fc.uniqueArray(record, {
  maxLength: 4,
  selector: ({ connection: of, entity: kind, id }) => `${of}/${kind}/${id}`,
});
export const link: fc.Arbitrary<LinkId> = fc.constantFrom("l-1", "l-2", "l-3").map(linkId);
export const runId: fc.Arbitrary<string | null> = fc.constantFrom(null, "run-1", "run-2");
/** What a person says who confirms that the store was restored. */
export const confirmed: fc.Arbitrary<Parameters<Store["confirmEpoch"]>[0]> = fc.record({
  above: fc.nat(3),
  by: fc.constant("somebody"),
  homeMark: fc.constantFrom(null, "home-1"),
  broken: fc.constantFrom<readonly JournalBreak[]>(
    [],
    [
      { shard: 0, seq: 1, mark: "m" },
      { shard: 3, seq: 2, mark: "n" },
    ],
    [{ shard: 5, seq: null, mark: "" }],
  ),
});
const field = fc.constantFrom("name", "email", "parent");
export const keys: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom("k1", "k2", "k3"), {
  maxLength: 2,
});
const json: fc.Arbitrary<Json> = fc.constantFrom<Json>(null, "", "é", 0, 12.5, true, ["b", "r1"], {
  bb: 1,
  a: "x",
});
const named = fc.oneof({ weight: 4, arbitrary: json }, { weight: 1, arbitrary: link });
const map = fc.dictionary(fc.constantFrom("aa", "b", "ccc"), named, { maxKeys: 2 });
const images = fc.dictionary(field, map, { maxKeys: 2 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);
export const failure: fc.Arbitrary<FailureRecord> = fc.record({
  failure: fc.constantFrom("invalid", "stale", "transient"),
  code: fc.constantFrom("no", "later"),
  message: fc.constant("told"),
  status: orNull(fc.constant(422)),
  retryAt: fc.constant(null),
  requestId: fc.constant(null),
  field: orNull(field),
});

const isBad = fc.integer({ min: 0, max: 60 }).map((roll) => roll === 0);

export const observation: fc.Arbitrary<StoredObservation> = fc
  .record({
    ...{
      at: record,
      isBad,
      native: map,
      contentHash: fc.constantFrom("h1", "h2"),
      actor: orNull(fc.constant("u")),
    },
    kind: fc.oneof(
      { weight: 3, arbitrary: fc.constant("present") },
      { weight: 4, arbitrary: fc.constantFrom("archived", "deleted", "out_of_scope", "not_seen", "merged") },
    ),
    version: orNull(fc.constantFrom("1", "2")),
    versionOrder: orNull(fc.constantFrom(1, 2, 2.5)),
    modifiedAt: orNull(fc.constantFrom(1_000, 2_000)),
    ownStamp: orNull(fc.constantFrom(1_500, 2_500)),
    madeAt: fc.constantFrom(null, null, 1, 2),
    // No time of the stores' clocks: old enough for anything, or of no age.
    isAged: fc.boolean(),
    into: orNull(fc.constantFrom(externalId("r9"), externalId("r1"))),
    via: fc.constantFrom("poll", "sweep", "probe", "answer", "hint"),
    readStart: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ at, isBad: isNonsense, isAged, kind, ...rest }) => ({
    ...at,
    ...rest,
    ...(isAged ? { ageMs: -1e12 } : {}),
    kind: isNonsense ? ("nonsense" as never) : (kind as StoredObservation["kind"]),

    readEnd: rest.readStart + 1.5,
  }));

const stamp = fc.constantFrom("2026-01-05T08:00:00.000Z", "2026-01-05T08:00:00.120Z");
export const cursor: fc.Arbitrary<CursorState> = fc.record({
  connection,
  entity,
  mappingHash: orNull(fc.constant("m")),
  pageCursor: orNull(fc.constant("p")),
  pages: fc.nat(3),
  reading: fc.constantFrom(null, "backfill", "incremental", "sweep"),
  readingSince: orNull(fc.constant(5)),
  newestSeen: orNull(fc.constant(6)),
  watermark: orNull(fc.constant(7)),
  backfilledAt: orNull(stamp),
  readAt: orNull(stamp),
  sweptAt: orNull(stamp),
  sweepSince: orNull(stamp),
  beganAt: orNull(stamp),
  readSince: orNull(stamp),
  failure: orNull(failure),
});

export const resolution: fc.Arbitrary<Resolution> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("found"), link, generation: fc.constantFrom(1, 2), keys }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("join"), link, keys }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("candidate"), links: fc.array(link, { maxLength: 2 }), keys }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait") }) },
);

const planWrite = fc.record({ id: fc.constantFrom("p1", "p1", "p1", "p2"), number: fc.nat(3) });

const intentKinds = [
  ...(["create", "update", "archive", "unarchive", "delete", "transition", "merge", "note"] as const),
];

const undo = fc.record({
  by: fc.constant("somebody"),
  marked: fc.uniqueArray(field, { maxLength: 2 }),
  link: fc.constantFrom(null, "ended", "live"),
});
const mark = fc.constantFrom({ plan: "p1", by: "somebody", at: "2026-01-05T08:00:00.000Z" }, null);

/** A write of a link, in a place of its own among the steps, so that no two are equal in order. */
export const intentOf = (of: {
  readonly link: Intent["link"];
  readonly entity: string;
}): fc.Arbitrary<Intent> =>
  fc
    .record({
      ...{
        target: connection,
        kind: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4, 5, 6),
        id: orNull(record),
        fields: map,
        causes: map,
        isBeside: fc.nat({ max: 3 }).map((draw) => draw === 0),
      },
      ...{ precondition: orNull(fc.constant("1")), contentHash: fc.constantFrom("c1", "c2") },
      ...{
        before: images,
        sourceImages: fc.dictionary(fc.constantFrom("crm", "erp"), images, { maxKeys: 1 }),
      },
      ...{ group: fc.constantFrom(null, "g1:1", "g2:2"), shared: fc.uniqueArray(field, { maxLength: 2 }) },
      ...{ plan: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, planWrite), undo: orNull(undo) },
      ...{ transition: orNull(fc.constant({ from: "draft", to: "sent", via: "send" })) },
    })
    .map(({ kind: step, id, causes, isBeside, fields, ...rest }) => {
      const cause = isBeside ? { ...causes, isBeside } : causes;
      const kind = intentKinds[step] ?? "create";
      const open = { state: "stored", attempts: 0, fence: 0, sendDeadline: null } as const;
      return {
        ...{ ...of, ...rest, ...open, kind, step, generation: 1, id: id?.id ?? null, causes: [cause] },
        ...{ key: `${kind} ${of.link} ${rest.target}`, reference: `CF-${of.link}`, abandonedAt: null },
        ...{ failure: null, fields: fields as Intent["fields"], runId: null },
      };
    });

const baseMove = fc.record(
  {
    connection,
    images,
    kind: fc.constantFrom(null, "present" as const, "archived" as const),
    undone: fc.dictionary(fc.oneof(field, fc.constant("*")), mark, { maxKeys: 2 }),
  },
  { requiredKeys: ["connection", "images", "kind"] },
);
const line = fc.record({
  connection,
  field,
  nativeId: fc.constantFrom("n1", "n2"),
  key: fc.constantFrom("a", "b"),
});

const intentKey = fc.tuple(fc.constantFrom(...intentKinds), link, connection).map((parts) => parts.join(" "));
const park: fc.Arbitrary<ParkEntry> = fc.record({
  reason: fc.constantFrom("write_refused", "not_unique", "doubt_unprovable", "invalid_value"),
  connection: orNull(connection),
  externalId: orNull(fc.constant(externalId("r1"))),
  intentKey: orNull(intentKey),
  problems: fc.dictionary(field, fc.constant({ code: "control_character" }), { maxKeys: 1 }),
  failure: orNull(failure),
}) as fc.Arbitrary<ParkEntry>;

const wait = fc.record({
  field,
  target: connection,
  parentLink: orNull(link),
  parentEntity: orNull(entity),
  parentConnection: orNull(connection),
  parentId: orNull(fc.constantFrom("r1", "r2")),
  isBlocking: fc.boolean(),
});

const conflict = fc.record({
  field,
  reason: fc.constantFrom("both_changed" as const, "stamps_too_close" as const),
  values: fc.dictionary(fc.constantFrom("crm", "erp"), fc.constantFrom("a", "b", null, "l-1", "l-2"), {
    maxKeys: 2,
  }),
});

const discard: fc.Arbitrary<LostEntry> = fc.record(
  {
    field,
    connection,
    value: fc.constantFrom(null, "a"),
    actor: fc.constant(null),
    reason: fc.constantFrom("master_wins", "lossy_target"),
    winner: connection,
    tell: fc.constant(true),
  },
  { requiredKeys: ["field", "connection", "value", "actor", "reason", "winner"] },
);

const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 2 });

/** What became of a note about a value that lost. */
export const telling: fc.Arbitrary<Omit<Telling, "entry" | "link">> = fc.record({
  entity,
  connection,
  id: fc.constant(externalId("r1")),
  state: fc.constantFrom("due", "told", "refused"),
  attempts: fc.nat(3),
  dueInMs: fc.constantFrom(0, 5, 50),
  failure: orNull(failure),
});

/** A decision about a link; `marked` is told by whoever commits it. */
export const decision: fc.Arbitrary<Omit<DecisionRecord, "marked">> = fc
  .tuple(link, entity)
  .chain(([of, kind]) =>
    fc.record({
      ...{
        link: fc.constant(of),
        entity: fc.constant(kind),
        intents: some(intentOf({ link: of, entity: kind })),
      },
      verdict: fc.constantFrom(
        "writes" as const,
        "waiting" as const,
        "not_wanted" as const,
        "settled" as never,
      ),
      state: fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom("live" as const, "dormant" as const, "ended" as const) },
      ),
      baseMoves: some(baseMove),
      discards: some(discard),
      conflicts: fc.uniqueArray(conflict, { maxLength: 2, selector: (each) => each.field }),
      knownConflicts: fc.uniqueArray(field, { maxLength: 1 }),
      closedConflicts: fc.uniqueArray(field, { maxLength: 1 }),
      parks: some(park),
      waits: some(wait),
      tombstone: orNull(fc.record({ connection, id: fc.constant(externalId("r1")) })),
      restore: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.record({ drop: some(connection), back: some(connection) }) },
      ),
      lines: some(line),
      sole: some(
        fc.record({
          key: fc.constantFrom("k1", "k2", "k3"),
          connection,
          judged: some(link),
        }),
      ),
      wakes: some(link),
    }),
  );

export const outcomeFacts: fc.Arbitrary<Omit<IntentOutcome, "intent">> = fc.record({
  state: fc.constantFrom("settled", "settled", "settled", "refused", "parked", "stored", "in_doubt"),
  id: fc.constantFrom(null, "n1", "n2", "n3", "r1", "é3").map((id) => (id === null ? null : externalId(id))),
  failure: orNull(failure),
  dueInMs: fc.constantFrom(null, 0, 2, 5_000),
  isAbandoned: fc.boolean(),
  after: orNull(images),
  losses: some(discard),
  observation: orNull(observation),
  baseMoves: some(baseMove),
  landedImages: orNull(images),
  lines: some(line),
  park: orNull(park),
  isToDecide: fc.boolean(),
  linkState: fc.constantFrom(null, null, "ended", "live"),
});
/** When a look for duplicates is due. */
export const lookTerms: fc.Arbitrary<{ readonly everyMs: number; readonly patienceMs: number }> = fc.record({
  everyMs: fc.constantFrom(0, 90_000_000),
  patienceMs: fc.constantFrom(0, 90_000_000),
});

/** A cluster of likely duplicates. */
export const duplicate: fc.Arbitrary<DuplicateRow> = fc.record({
  id: fc.constantFrom("d-1", "d-2"),
  entity,
  state: fc.constantFrom("open", "apart", "consolidated", "gone"),
  body: map,
});
export const duplicateWord: fc.Arbitrary<DuplicateWord | null> = fc.constantFrom(null, {
  id: "d-1",
  word: "apart",
  by: "somebody",
});
/** A record that is consolidated. */
export const consolidated: fc.Arbitrary<ConsolidatedRow> = fc.record({
  connection,
  entity,
  loser: fc.constantFrom("r1", "r2").map(externalId),
  survivor: fc.constantFrom("r1", "é3").map(externalId),
  plan: fc.constantFrom("p1", "p2"),
  body: fc.constantFrom<Json>({}, { isBack: true, from: "l-1" }, { from: "l-2" }),
});

/** Contracts that are kept. */
export const kept: fc.Arbitrary<Parameters<Store["keepContract"]>[0]> = fc.record({
  hash: fc.constantFrom("h1", "h2"),
  version: fc.constantFrom(null, "1"),
  terms: fc.constantFrom({}, { bb: 1, a: [] }),
  inForce: fc.boolean(),
});
/** Signatures that are given. */
export const signing: fc.Arbitrary<ContractSigning> = fc.record({
  hash: fc.constantFrom("h1", "h2"),
  name: fc.constant("Ada"),
  role: fc.constant("CFO"),
  department: fc.constantFrom(null, "Finance"),
});

/** Who takes a signature back, and why. */
export const takingBack: fc.Arbitrary<{ readonly by: string; readonly why: string }> = fc.record({
  by: fc.constantFrom("somebody", "another"),
  why: fc.constantFrom("left the company", "read it too fast"),
});

/** Another state of a document that workers share. */
export const shared: fc.Arbitrary<SharedChange> = fc.record({
  rev: fc.nat(2),
  state: fc.constantFrom({ charges: [] }, { pause: null, at: 1.5 }),
});

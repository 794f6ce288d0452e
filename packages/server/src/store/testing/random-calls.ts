import fc from "fast-check";
import type { Entry } from "../links.ts";
import { allShards, recordName } from "../port.ts";
import type { Intent, IntentOutcome, Lease, Rights } from "../port.ts";
import type { Known } from "./known.ts";
import { deliveryReads, deliveryTallies, provedDeliveries } from "./random-deliveries.ts";
import { accessChanges, accessLooks } from "./random-access.ts";
import { privacyChanges, privacyLooks } from "./random-privacy.ts";
import { subscriptionChanges, subscriptionLooks } from "./random-subscriptions.ts";
import { personChanges, personLooks } from "./random-persons.ts";
import { knowing, plain } from "./random-call.ts";
import type { Call } from "./random-call.ts";
import { adoptionOf, answerOf, mergeOf, noMerge, noUnmerge, unmergeOf } from "./random-merges.ts";
import type { MergeFacts } from "./random-merges.ts";
import { leafFacts, proofMeasure, proofsOf } from "./random-proofs.ts";
import * as rows from "./random-rows.ts";

export type { Call, Method } from "./random-call.ts";
const { connection, entity, link, record, records, runId } = rows;
const limit = fc.integer({ min: 1, max: 4 });
const links = fc.uniqueArray(link, { maxLength: 4 });
const plan = fc.constantFrom("p1", "p2");
const pick = fc.nat(7);
const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)];
const noLease: Lease = { name: "match/accounts", holder: "nobody", fence: 0 };
/** Mostly the newest lease, now and then an older one. */
export const leaseOf = (known: Known, index: number): Lease =>
  (index === 0 ? known.leases[0] : known.leases.at(-1)) ?? noLease;
/** Mostly the newest rights, now and then older ones. */
const rightsOf = (known: Known, index: number): Rights =>
  (index === 0 ? known.rights[0] : known.rights.at(-1)) ?? { holder: "nobody", shards: [] };
const sign = fc.record({
  holder: fc.constantFrom("one", "two"),
  isAlone: fc.boolean(),
  ttlMs: fc.constantFrom(5, 900, 900),
});
const shards = fc.subarray([...allShards], { minLength: 8 });

const checkpoint = fc.record({
  observations: fc.array(rows.observation, { maxLength: 4 }),
  unreadable: fc.array(
    fc.tuple(record, rows.failure, fc.boolean()).map(([place, failure, isNameless]) => {
      return { ...place, id: isNameless ? null : place.id, failure };
    }),
    { maxLength: 2 },
  ),
  cursor: fc.option(rows.cursor),
  runId,
});
const resolutions = records.chain((each) =>
  fc.tuple(...each.map((of) => fc.record({ record: fc.constant(of), resolution: rows.resolution }))),
);
const pair = fc
  .tuple(link, link)
  .filter(([from, into]) => from !== into)
  .map(([from, into]) => ({ from, into }));
const pairs = fc.array(pair, { maxLength: 1 });
/** All records of a link are of its entity: whoever decides sees to that, no store. */
const isOfOneEntity =
  (known: Known) =>
  ({ from, into }: { readonly from: string; readonly into: string }): boolean =>
    known.links.get(from) === known.links.get(into);

const mergeFacts: fc.Arbitrary<MergeFacts> = fc.record({
  ...{ which: pick, other: pick, side: pick, isAlone: fc.boolean(), isListed: fc.boolean() },
  isGone: fc.boolean(),
  isStale: fc.nat(7).map((roll) => roll === 7),
});
const terms = fc.constantFrom(null, "review", "keep");
const isWild = fc.nat(7).map((roll) => roll === 0);

const pausable = fc.constantFrom({ kind: "entity", name: "accounts" }, { kind: "connection", name: "erp" });

/** Resolutions that make sense: records of the link's entity, and unless anything goes, without a link. */
function aimed(known: Known, given: readonly Entry[], isAnything: boolean): readonly Entry[] {
  const entities = new Map(known.links);
  return given.flatMap(({ record: each, resolution }): readonly Entry[] => {
    if (!isAnything && known.members.has(recordName(each))) return [];
    if (resolution.kind !== "found" && resolution.kind !== "join") return [{ record: each, resolution }];
    const { link: id, keys } = resolution;
    const of = entities.get(id);
    if (of !== undefined && of !== each.entity) return [];
    entities.set(id, each.entity);
    if (isAnything) return [{ record: each, resolution }];
    if (of !== undefined) return [{ record: each, resolution: { kind: "join", link: id, keys } }];
    return [{ record: each, resolution: { kind: "found", link: id, generation: 1, keys } }];
  });
}

const outcomeOf = (
  intent: Intent,
  facts: typeof rows.outcomeFacts extends fc.Arbitrary<infer Facts> ? Facts : never,
): IntentOutcome => ({ ...facts, intent });

/** Calls that change something, by method. */
export const changes: { readonly [method: string]: fc.Arbitrary<Call> } = {
  saveConnection: plain(
    "saveConnection",
    fc.record({
      id: connection,
      system: fc.constantFrom("mini", "other"),
      role: fc.constantFrom("crm", "erp"),
      tenant: fc.constantFrom(null, "t"),
      state: fc.constantFrom("ready", "paused", "nonsense"),
      reason: fc.constant(null),
    }),
  ),
  beat: plain("beat", sign),
  takeShards: plain("takeShards", sign, fc.constantFrom(1, 5, 16)),
  giveShards: knowing("giveShards", fc.tuple(pick, pick), (known, [index, most]) => {
    const rights = rightsOf(known, index);
    return [{ ...rights, shards: rights.shards.slice(0, most) }];
  }),
  leave: plain("leave", fc.constantFrom("one", "two")),
  forgetWorkers: plain("forgetWorkers"),
  acquireLease: plain(
    "acquireLease",
    fc.constantFrom("match/accounts", "match/contacts", "read/crm/accounts"),
    sign,
    fc.constantFrom(0, 0, 50),
  ),
  releaseLease: knowing("releaseLease", pick, (known, index) => [leaseOf(known, index)]),
  checkpoint: plain("checkpoint", checkpoint),
  saveDeliveries: plain("saveDeliveries", provedDeliveries(records)),
  addDeliveryCounts: plain("addDeliveryCounts", deliveryTallies),
  takeHints: plain("takeHints", limit),
  retryWaiting: plain("retryWaiting", entity),
  commitResolutions: knowing(
    "commitResolutions",
    fc.tuple(resolutions, runId, isWild),
    (known, [given, run, isAnything]) => [
      aimed(known, given, isAnything),
      run,
      leaseOf(known, isAnything ? 0 : 1),
    ],
  ),
  replaceKeys: knowing(
    "replaceKeys",
    fc.tuple(
      entity,
      fc.array(fc.record({ link, connection, keys: rows.keys }), { maxLength: 2 }),
      fc.record({ pairs, runId }),
      pick,
    ),
    (known, [of, keyed, { pairs: given, runId: run }, lease]) => [
      of,
      keyed,
      { pairs: given.filter(isOfOneEntity(known)), runId: run, lease: leaseOf(known, lease) },
    ],
  ),
  joinLinks: knowing("joinLinks", fc.tuple(pair, runId, pick), (known, [given, run, lease]) => [
    [given].filter(isOfOneEntity(known)),
    run,
    leaseOf(known, lease),
  ]),
  markWork: plain("markWork", links, fc.constantFrom("told", "asked")),
  commitDecisions: knowing(
    "commitDecisions",
    fc.record({
      decisions: fc.uniqueArray(rows.decision, { maxLength: 3, selector: (each) => each.link }),
      ...{ runId, lease: pick, isStale: fc.boolean(), isAnything: isWild },
    }),
    (known, { decisions, runId: run, lease, isStale, isAnything }) => [
      decisions
        .filter((each) => isAnything || known.links.has(each.link))
        .map((each) => {
          const of = known.links.get(each.link) ?? each.entity;
          const marked = isStale ? null : (known.marked.get(each.link) ?? null);
          return {
            ...each,
            entity: of,
            intents: each.intents.map((one) => ({ ...one, entity: of })),
            marked,
          };
        }),
      run,
      rightsOf(known, lease),
    ],
  ),
  storeIntents: knowing(
    "storeIntents",
    fc.tuple(
      fc.tuple(link, entity).chain(([of, kind]) => rows.intentOf({ link: of, entity: kind })),
      ...[runId, pick],
    ),
    (known, [intent, run, rights]) => [
      known.links.has(intent.link) ? [intent] : [],
      run,
      rightsOf(known, rights),
    ],
  ),
  claimIntents: knowing(
    "claimIntents",
    fc.record({
      ...{ place: fc.tuple(connection, entity), which: pick, limit, lease: pick, isAnything: isWild },
      isNamed: fc.boolean(),
    }),
    (known, { place, which, limit: most, lease, isAnything, isNamed }) => {
      const stored = at(
        known.intents.filter(({ state }) => state === "stored"),
        which,
      );
      const [target, of] = stored === undefined || isAnything ? place : [stored.target, stored.entity];
      const wanted = isNamed && stored !== undefined ? [stored.key, "unknown"] : null;
      const rest = { limit: most, keys: wanted, rights: rightsOf(known, lease), sendWithinMs: 4 };
      return [{ target, entity: of, ...rest }];
    },
  ),
  withdrawStored: knowing("withdrawStored", fc.tuple(pick, runId), (known, [lease, run]) => [
    rightsOf(known, lease),
    run,
  ]),
  markStored: plain("markStored"),
  abandonSending: knowing("abandonSending", pick, (known, lease) => [rightsOf(known, lease)]),
  commitOutcomes: knowing(
    "commitOutcomes",
    fc.tuple(fc.array(fc.tuple(pick, rows.outcomeFacts), { minLength: 1, maxLength: 3 }), runId, pick),
    (known, [given, run, lease]) => {
      const flying = known.intents.filter(({ state }) => state === "sending" || state === "in_doubt");
      const chosen = new Map(given.map(([index, facts]) => [at(flying, index), facts]));
      const outcomes = [...chosen].flatMap(([intent, facts]) =>
        intent === undefined ? [] : [outcomeOf(intent, facts)],
      );
      return [outcomes, run, rightsOf(known, lease)];
    },
  ),
  startRun: plain(
    "startRun",
    fc.constantFrom("run-1", "run-2", "run-3", "run-4"),
    fc.constantFrom("sync", "apply p1"),
    fc.constantFrom("one", "two"),
  ),
  endRun: plain(
    "endRun",
    fc.constantFrom("run-1", "run-2"),
    fc.constantFrom("done", "failed", "nonsense"),
    fc.constant({ bb: 1, a: [] }),
  ),
  savePlan: plain("savePlan", plan, fc.constantFrom({ writes: [] }, { other: 1 })),
  setPlanState: plain("setPlanState", plan, fc.constantFrom("applying", "applied")),
  storeId: plain("storeId", fc.constantFrom("s1", "s2")),
  approvePlan: plain("approvePlan", plan, fc.constantFrom("somebody", "another")),
  holdEpoch: plain("holdEpoch", fc.constantFrom("older", "elsewhere")),
  markHome: plain("markHome", fc.constantFrom("home-1", "home-2")),
  confirmEpoch: plain("confirmEpoch", rows.confirmed),
  noteSwept: plain("noteSwept", fc.array(fc.record({ connection, entity }), { maxLength: 3 })),
  endRecovery: plain("endRecovery", fc.integer({ min: 1, max: 4 })),
  keepContract: plain("keepContract", rows.kept),
  signContract: plain("signContract", rows.signing, fc.constantFrom("somebody", "another")),
  revokeSignature: plain("revokeSignature", rows.signing, rows.takingBack),
  pause: plain("pause", pausable, fc.constantFrom("somebody", "another")),
  resume: plain("resume", pausable, fc.constantFrom("somebody", "another")),
  saveQuota: plain("saveQuota", connection, rows.shared),
  saveToken: plain("saveToken", connection, rows.shared),
  decideConflict: plain(
    "decideConflict",
    link,
    fc.constantFrom("name", "email", "parent"),
    fc.record({ value: fc.constantFrom(null, "a"), take: connection, by: fc.constant("somebody") }),
  ),
  distrust: plain("distrust", records),
  settleMoved: plain("settleMoved", records, fc.constantFrom(null, "waiting", "followed")),
  commitReuse: knowing(
    "commitReuse",
    fc.tuple(rows.observation, runId, fc.constantFrom("another", "same"), fc.nat(7)),
    (known, [seen, run, is, roll]) => [
      { seen, knownEnd: roll === 7 ? -1 : (known.readEnds.get(recordName(seen)) ?? -1), is },
      run,
    ],
  ),
  commitMerge: knowing("commitMerge", fc.tuple(mergeFacts, runId, pick), (known, [facts, run, lease]) => [
    mergeOf(known, facts) ?? noMerge,
    run,
    leaseOf(known, lease),
  ]),
  commitUnmerge: knowing("commitUnmerge", fc.tuple(mergeFacts, runId, pick), (known, [facts, run, lease]) => [
    unmergeOf(known, facts) ?? noUnmerge,
    run,
    leaseOf(known, lease),
  ]),
  saveWord: knowing(
    "saveWord",
    fc.tuple(pick, fc.constantFrom("keep", "restore")),
    (known, [which, word]) => [
      at([...known.links.keys()], which) ?? "l-9",
      { about: "deletion", word, by: "somebody" },
    ],
  ),
  settleCandidate: knowing(
    "settleCandidate",
    fc.record({ record, which: pick, what: fc.nat(3), state: fc.constantFrom("linked", "apart") }),
    (known, facts) => [answerOf(known, facts)],
  ),
  candidateStateOf: plain("candidateStateOf", record),
  reopenCandidate: plain("reopenCandidate", record, fc.constant("somebody")),
  listDuplicates: plain("listDuplicates", entity),
  takeLook: plain("takeLook", entity, rows.lookTerms),
  endLook: plain("endLook", entity, fc.constantFrom({ records: {} }, null)),
  saveDuplicates: plain("saveDuplicates", fc.array(rows.duplicate, { maxLength: 1 }), rows.duplicateWord),
  saveConsolidated: plain("saveConsolidated", fc.array(rows.consolidated, { maxLength: 1 })),
  consolidatedBy: plain("consolidatedBy", plan),
  consolidatedOf: plain("consolidatedOf", records),
  forgetConsolidated: plain("forgetConsolidated", records),
  changeTerms: knowing(
    "changeTerms",
    fc.record({
      entity,
      terms: fc.constantFrom({ v: 1 }, { v: 2 }),
      isFirst: fc.boolean(),
      links,
      fields: fc.subarray(["name", "email", "parent"]),
      run: runId,
      lease: pick,
    }),
    (known, { links: wanted, fields, run, lease, ...rest }) => {
      const reopened = wanted.map((each) => ({ link: each, fields }));
      return [{ ...rest, reopened }, run, leaseOf(known, lease)];
    },
  ),
  commitAdoption: knowing(
    "commitAdoption",
    fc.record({
      resolutions,
      pairs,
      links,
      isHeld: fc.boolean(),
      run: runId,
      lease: pick,
      terms,
      which: pick,
    }),
    (known, { resolutions: given, pairs: joins, isHeld, run, lease, ...rest }) => {
      const adoption = adoptionOf(known, { ...rest, joins: joins.filter(isOfOneEntity(known)) });
      const own = aimed(known, given, false).filter(({ record: each }) => each.entity === adoption["entity"]);
      const entries = own.map(({ record: each, resolution }) =>
        resolution.kind === "candidate"
          ? { record: each, resolution: { ...resolution, isHeld } }
          : { record: each, resolution },
      );
      return [{ ...adoption, entries }, run, leaseOf(known, lease)];
    },
  ),
  restoreValue: knowing(
    "restoreValue",
    fc.tuple(pick, link, fc.constantFrom("name", "email"), runId),
    (known, [which, of, field, run]) => [
      { link: of, field, value: "a", by: "somebody", entry: at(known.lost, which) ?? "0/1" },
      run,
    ],
  ),
  commitTellings: knowing(
    "commitTellings",
    fc.tuple(fc.array(fc.tuple(pick, link, rows.telling), { minLength: 1, maxLength: 2 }), runId, pick),
    (known, [given, run, lease]) => {
      const told = new Map(
        given.map(([which, of, facts]) => [at(known.lost, which), { link: of, ...facts }]),
      );
      const tellings = [...told].flatMap(([entry, facts]) =>
        entry === undefined ? [] : [{ entry, ...facts }],
      );
      return [tellings, run, rightsOf(known, lease)];
    },
  ),
  commitProofs: knowing("commitProofs", fc.array(leafFacts, { maxLength: 4 }), (known, facts) => [
    proofsOf(known, facts),
  ]),
  appendStatement: plain(
    "appendStatement",
    fc.record({
      number: fc.constantFrom(1, 1, 2, 3),
      madeAt: fc.constant("2026-01-05T08:00:00.000Z"),
      hash: fc.constant("h"),
      before: fc.constantFrom("", "h"),
      parts: fc.constant({ head: "p" }),
    }),
  ),
  ...accessChanges,
  ...privacyChanges,
  ...personChanges,
  ...subscriptionChanges,
  proveUnder: plain("proveUnder", entity, fc.constantFrom("t1", "t2")),
  redrive: knowing("redrive", fc.tuple(pick, pick), (known, [one, other]) => [
    [at(known.parks, one), at(known.parks, other), "unknown"].filter((id) => id !== undefined),
    "somebody",
  ]),
};

/** Calls that only look, by method. */
export const looks: { readonly [method: string]: fc.Arbitrary<Call> } = {
  listConnections: plain("listConnections"),
  loadCursor: plain("loadCursor", connection, entity),
  listCursors: plain("listCursors"),
  knownIds: plain("knownIds", connection, entity),
  newestRead: plain("newestRead"),
  observationsOf: plain("observationsOf", records),
  look: plain("look", fc.subarray(["accounts", "contacts"]), fc.constantFrom(5, 900)),
  loadNewcomers: plain("loadNewcomers", entity, limit),
  holdersOf: plain("holdersOf", entity, fc.subarray(["k1", "k2", "k3"])),
  linksOf: plain("linksOf", records),
  membersOf: plain("membersOf", links),
  dormantAmong: plain("dormantAmong", links),
  linesOf: plain("linesOf", records),
  dueEntities: plain("dueEntities", fc.subarray(["accounts", "contacts"]), shards),
  countDue: plain("countDue", entity, shards),
  dueLinks: plain("dueLinks", fc.record({ entity, limit, after: fc.option(link), shards })),
  readiness: plain("readiness", entity),
  loadBundles: plain("loadBundles", links),
  loadEpoch: plain("loadEpoch"),
  journalHeads: plain("journalHeads"),
  knownEntries: plain("knownEntries", fc.constantFrom([], [{ shard: 0, seq: 1, hash: "" }])),
  homeMark: plain("homeMark"),
  openTargets: plain("openTargets", shards),
  doubtfulIntents: knowing(
    "doubtfulIntents",
    fc.tuple(connection, entity, limit, pick),
    (known, [target, of, most, which]) => [
      { rights: rightsOf(known, which), target, entity: of, limit: most },
    ],
  ),
  listRuns: plain("listRuns", limit),
  loadQuota: plain("loadQuota", connection),
  loadToken: plain("loadToken", connection),
  loadMoved: plain("loadMoved", entity, limit, fc.option(record)),
  loadReturned: plain("loadReturned", entity, limit, fc.option(record)),
  loadLinks: plain("loadLinks", links),
  joinedIn: plain("joinedIn", fc.constantFrom("run-1", "run-2"), limit),
  countAlone: plain("countAlone", fc.subarray(["accounts", "contacts"])),
  standingMerge: knowing("standingMerge", fc.tuple(record, pick), (known, [place, which]) => {
    const merge = at(known.merges, which);
    return [merge === undefined ? place : { ...merge, id: merge.loser }];
  }),
  listPauses: plain("listPauses"),
  journalPlaces: plain("journalPlaces"),
  followJournal: plain(
    "followJournal",
    fc.record({
      places: fc.array(fc.nat({ max: 4 }), { maxLength: 16 }),
      kinds: fc.constantFrom(["run_ended", "plan_made"], ["link_made"]),
      limit,
    }),
  ),
  ...Object.fromEntries(deliveryReads.map((method) => [method, plain(method)])),
  dueProofs: plain("dueProofs", fc.constant(1_000)),
  historyOf: plain("historyOf", records),
  lastStatement: plain("lastStatement"),
  loadStatement: plain("loadStatement", limit),
  proofNodes: plain("proofNodes", entity, fc.constantFrom(0, 2, 4)),
  proofLeaves: plain("proofLeaves", entity, limit, fc.option(link)),
  proofState: plain("proofState", entity, proofMeasure),
  referringCounts: plain("referringCounts", link),
  referringTo: plain("referringTo", fc.array(link, { maxLength: 3 }), entity, limit),
  listLooks: plain("listLooks"),
  listContracts: plain("listContracts"),
  listSignatures: plain("listSignatures"),
  listShards: plain("listShards"),
  listTerms: plain("listTerms"),
  loadPlan: plain("loadPlan", plan),
  planBody: plain("planBody", plan),
  ...accessLooks,
  ...privacyLooks,
  ...personLooks,
  ...subscriptionLooks,
  waitersOf: plain("waitersOf", links),
  planMarks: plain("planMarks", plan),
  counts: plain("counts"),
  openCounts: plain("openCounts"),
  backlog: plain("backlog"),
  listConflicts: plain("listConflicts", fc.constantFrom("open", "decided", "closed")),
  listCandidates: plain("listCandidates"),
  listParks: plain("listParks"),
  intentsOf: plain("intentsOf", links),
  waitsOf: plain("waitsOf", link),
  journalOf: plain("journalOf", link, limit),
  dueTellings: plain(
    "dueTellings",
    fc.record({ connection, entity: rows.entity, shards, limit: fc.constantFrom(1, 50) }),
  ),
  lostValues: plain("lostValues", fc.record({ link: fc.option(link), limit: fc.constantFrom(2, 50) })),
  madeWrites: knowing(
    "madeWrites",
    fc.record({
      by: fc.constantFrom("run", "plan", "write", "links"),
      which: pick,
      runId,
      links,
      limit,
      plan,
    }),
    (known, { by, which, runId: run, links: of, limit: most, plan: named }) => [
      {
        ...{ by, limit: most, after: null, run: run ?? "run-1", links: of, plan: named },
        ...{ key: at(known.intents, which)?.key ?? "unknown", since: "2026-01-05T08:00:00.100Z" },
      },
    ],
  ),
  verifyJournal: plain("verifyJournal", fc.constantFrom(undefined, 1, 3)),
  linksOfEntity: plain("linksOfEntity", entity, limit, fc.option(link)),
  unlinkedOf: plain("unlinkedOf", entity, fc.constantFrom(undefined, false, true)),
  linkGuardCounts: plain("linkGuardCounts", fc.constantFrom(3, 1_000)),
};

import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, Json, LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "../store/port.ts";
import { adoptCommand } from "./adopt-command.ts";
import { answersOf } from "./answers.ts";
import { applyPlan } from "./apply.ts";
import { checkWorld } from "./check.ts";
import { planConsolidation } from "./consolidate.ts";
import { answerDuplicate } from "./duplicate-words.ts";
import { findDuplicates, findPairs } from "./duplicates.ts";
import { allClusters, lookWhenDue, reviewsOf } from "./reviews.ts";
import { prepareSide } from "./prepare-side.ts";
import { closedNow, policiesOf } from "./closed-books.ts";
import { runCommand, settlingOf, waitMsDefault } from "./command.ts";
import type { Engine, PlanDocument, PlanOptions, RunOptions, RunSummary, StatusReport } from "./engine.ts";
import { fieldsOfSide } from "./fields.ts";
import { openTerms } from "./gate.ts";
import { lookingOf } from "./looking.ts";
import { Holding } from "./holding.ts";
import { createIdle } from "./idle.ts";
import { createIntake } from "./intake.ts";
import { confirmStore, holdStore, proveJournal } from "./epoch.ts";
import { readIds } from "./observe.ts";
import { outlooksOf } from "./outlook.ts";
import { createMoment } from "./moment.ts";
import { auditEntries, proveAudit } from "./audit-log.ts";
import { createForgetting } from "./forgetting.ts";
import { privacyOf } from "./privacy.ts";
import { planRepair } from "./repair.ts";
import { makePlan } from "./planning.ts";
import { matchFirst } from "./resolve.ts";
import { listLost, restoreValue } from "./restore.ts";
import { refuseObserved } from "./observing.ts";
import { tellPauses } from "./pausing.ts";
import { openSides, readAll, underLease } from "./session.ts";
import { contextOf, noteIfWorld, settle } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { chainFaults, issueStatement } from "./issue.ts";
import { storedRecords } from "./stored-records.ts";
import { signingOf } from "./signing.ts";
import { proofMeasure } from "./prove.ts";
import { makeStatement } from "./statement.ts";
import { takeTerms } from "./terms.ts";
import { planUndo } from "./undo.ts";
import { makeWhatIf } from "./what-if.ts";
import { explainLink, findLink } from "./why.ts";
import type { Session, World } from "./world.ts";

const hintsMax = 500;
/** Longest wait of a worker that settles what is due beside its runs, ms. */
const idleWaitMs = 2_000;

async function planCommand(world: World, options: PlanOptions): Promise<PlanDocument> {
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    tellPauses(session);
    const opened = await openSides(session, { trusts: false });
    const policies = policiesOf(world, options.only);
    const mode = options.sweep === true ? "sweep" : "incremental";
    await readAll(session, { policies, mode, deletions: new Map() });
    const settling = settlingOf(session, { policies, opened, options });
    for (const policy of policies) await matchFirst(session, policy);
    const plan = await (options.other === undefined
      ? planDue(settling)
      : makeWhatIf(settling, {
          ...options.other,
          policies: closedNow(world, chosen(options.other.policies, options)),
        }));
    await world.store.savePlan(plan.id, plan as unknown as Json);
    return plan;
  });
}

async function planDue(settling: Settling): Promise<PlanDocument> {
  const { world, holding } = settling.session;
  await takeTerms(settling);
  // What was decided and not sent is decided again, so that the plan shows it.
  await world.store.markStored();
  await holding.withdraw(settling.session.runId);
  return makePlan(settling);
}

const chosen = (policies: readonly EntityPolicy[], { only }: RunOptions): readonly EntityPolicy[] =>
  only === undefined ? policies : policies.filter(({ entity }) => only.includes(entity));

/** A record that the system does not have. */
class RecordUnknown extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RecordUnknown";
  }
}

/** Manifests without asking the systems anything: a connection that cannot be opened is left out. */
async function openQuietly(world: World): Promise<ReadonlyMap<ConnectionId, Connection>> {
  const opened = new Map<ConnectionId, Connection>();
  for (const side of world.sides) {
    try {
      opened.set(side.id, await side.open(openTerms("interactive")));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
    }
  }
  return opened;
}

const bystander = (world: World): Session => ({
  world,
  holding: new Holding(world, { holder: world.holder, isAlone: false }),
  isLoop: false,
  trustsEmpty: false,
  runId: null,
  signal: undefined,
  report: () => undefined,
  tick: () => 0,
  tickEnd: () => 0,
  lane: "interactive",
  terms: new Map(),
  backfilled: new Set(),
  away: new Map(),
  blind: new Set(),
  troubles: [],
});

async function syncRecord(
  world: World,
  record: { readonly entity: EntityName; readonly id: string },
): Promise<RunSummary> {
  const options: RunOptions = { only: [record.entity], waitMsMax: waitMsDefault };
  return runCommand(
    world,
    { command: `sync ${record.entity}`, options, reads: false, lane: "interactive" },
    async (settling) => {
      const link = await findLink(world, record);
      if (link !== null) {
        const members = await world.store.membersOf([link]);
        for (const member of members) {
          const side = world.sides.find(({ id }) => id === member.connection);
          if (side === undefined) continue;
          await readIds(settling.session, side, { entity: record.entity, ids: [member.id], via: "hint" });
        }
        await world.store.markWork([link], "asked for");
      } else {
        const [connection, ...rest] = record.id.split(":");
        const side = world.sides.find(({ id }) => id === connection);
        if (side === undefined)
          throw new Error(`no connection is called ${connection ?? ""}; write <connection>:<id>`);
        const { missing } = await readIds(settling.session, side, {
          entity: record.entity,
          ids: [rest.join(":") as never],
          via: "hint",
        });
        if (missing.length > 0)
          throw new RecordUnknown(`${side.id} has no ${record.entity} ${rest.join(":")}`);
      }
      const others = new Set<LinkId>();
      for (const due of await world.store.dueLinks({ entity: record.entity, limit: 10_000, after: null }))
        if (due !== link && link !== null) others.add(due);
      await settle({ ...settling, withheld: others });
    },
  );
}

async function followHints(world: World): Promise<RunSummary | null> {
  const hints = await world.store.takeHints(hintsMax);
  const isFollowed = (hint: RecordKey): boolean =>
    world.policies.some(({ entity }) => entity === hint.entity) &&
    world.sides.some(({ id }) => id === hint.connection);
  const wanted = Map.groupBy(
    hints.filter(isFollowed),
    ({ connection, entity }) => `${connection}\n${entity}`,
  );
  if (wanted.size === 0) return null;
  const options: RunOptions = { waitMsMax: idleWaitMs, isLoop: true };
  return runCommand(world, { command: "hints", options, reads: false, lane: "webhook" }, async (settling) => {
    for (const [first, ...others] of wanted.values()) {
      const side = world.sides.find(({ id }) => id === first?.connection);
      if (first === undefined || side === undefined || settling.session.away.has(side.id)) continue;
      const { entity } = first;
      const ids = [first, ...others].map(({ id }) => id);
      try {
        await readIds(settling.session, side, { entity, ids, via: "hint" });
      } catch (error) {
        // What these hints told of is found by the next poll.
        await noteIfWorld(settling.session, { side, entity, error });
      }
    }
    await settle(settling);
  });
}

/** How much of each entity is proven equal, by the trees as they are. */
async function provenOf(world: World): Promise<StatusReport["proofs"]> {
  const states = [];
  for (const policy of world.policies)
    states.push(await world.store.proofState(policy.entity, proofMeasure(world, policy)));
  return states.filter(({ records }) => records > 0);
}

async function statusOf(world: World): Promise<StatusReport> {
  const { store, observed } = world;
  return {
    connections: await store.listConnections(),
    observed: observed ?? [],
    pauses: await store.listPauses(),
    shards: await store.listShards(),
    entities: await store.counts(),
    proofs: await provenOf(world),
    cursors: await store.listCursors(),
    runs: await store.listRuns(10),
    webhooks: { counts: await store.deliveryCounts(), waiting: await store.countHints() },
    subscriptions: (await store.listSubscriptions()).map(({ places: _places, ...row }) => row),
    epoch: await store.loadEpoch(),
    sealing: await store.sealingState(),
    outlooks: await outlooksOf(world, await openQuietly(world)),
  };
}

/** A person's choice in an open conflict becomes the value that one side shows. */
function conflictDecision(world: World): Engine["decideConflict"] {
  return async (link, field, { take, by }) => {
    const conflicts = await world.store.listConflicts("open");
    const value = conflicts.find((one) => one.link === link && one.field === field)?.values[take];
    if (value === undefined) return false;
    return world.store.decideConflict(link, field, { value: value as Json, take, by });
  };
}

type Listening = Pick<Engine, "receive" | "refuseDelivery" | "followHints" | "attend" | "status" | "close">;

/** What has to do with webhooks: they are counted in this program until that is stored. */
function listening(world: World, rest: () => Promise<void>): Listening {
  const idle = createIdle(world, () => followHints(world));
  const intake = createIntake(world);
  return {
    receive: (id, delivery) => intake.receive(id, delivery),
    refuseDelivery: (id, outcome, reason) => intake.refuse(id, outcome, reason),
    followHints: () => followHints(world),
    attend: async (options = {}) => {
      await intake.flush();
      return idle({ ...options, waitMsMax: idleWaitMs });
    },
    status: async () => {
      await intake.flush();
      return statusOf(world);
    },
    close: async () => {
      await rest();
      // What was counted is no reason to keep a store open that does not answer.
      await intake.flush().catch(() => undefined);
      await world.store.close();
    },
  };
}

/** The runtime over a world. */
export function createEngine(world: World): Engine {
  const { moment, rest } = createMoment(world);
  const contexts = async (only?: readonly EntityName[]) => {
    const opened = await openQuietly(world);
    const session = bystander(world);
    return Promise.all(policiesOf(world, only).map((policy) => contextOf({ session, opened }, policy)));
  };
  const stated: Engine["statement"] = async ({ only, asOf } = {}) =>
    makeStatement(world, await contexts(only), asOf ?? null);
  return {
    check: () => checkWorld(world),
    fields: (connection) => fieldsOfSide(world, connection),
    prepare: (connection, request) => prepareSide(world, connection, request),
    run: (options = {}) => {
      const command = options.observe === true ? "run --observe" : "run";
      return runCommand(world, { command, options, reads: true, lane: "poll" }, settle);
    },
    adopt: (options) => adoptCommand(world, options),
    plan: (options = {}) => planCommand(world, options),
    apply: async (plan, options = {}) => {
      refuseObserved(world, plan);
      return applyPlan(world, plan, options);
    },
    undo: (request, options = {}) => planUndo(world, request, options),
    statement: stated,
    issueStatement: async (options) => issueStatement(world, await stated(options)),
    checkStatement: (sealed) => chainFaults(world, sealed),
    why: async (record) => {
      const link = await findLink(world, record);
      if (link === null) return null;
      const opened = await openQuietly(world);
      const contextFor = async (entity: EntityName) => (await contexts([entity]))[0] ?? null;
      return explainLink(world, { link, opened, contextOf: contextFor });
    },
    epoch: () => world.store.loadEpoch(),
    holdEpoch: (by) => holdStore(world, by),
    confirmEpoch: (by) => confirmStore(world, by),
    verify: () => proveJournal(world),
    ...signingOf(world),
    conflicts: () => world.store.listConflicts("open"),
    lost: (query) => listLost(world, query),
    restore: (request) => restoreValue(world, request),
    candidates: () => world.store.listCandidates(),
    deadLetters: () => world.store.listParks(),
    redrive: (parkIds, by) => world.store.redrive(parkIds, by),
    pause: (what, by) => world.store.pause(what, by),
    resume: (what, by) => world.store.resume(what, by),
    decideConflict: conflictDecision(world),
    records: (entity, connection) => storedRecords(world, entity, connection),
    duplicates: (options = {}) => findDuplicates(world, options),
    forgetWhenDue: createForgetting(world),
    lookWhenDue: () => lookWhenDue(world),
    reviews: () => reviewsOf(world),
    clusters: () => allClusters(world),
    answerDuplicate: (id, answer) => answerDuplicate(world, id, answer),
    consolidate: (request, options = {}) => planConsolidation(world, request, options),
    repair: (request, options = {}) => planRepair(world, request, options),
    matches: (options = {}) => findPairs(world, options),
    ...answersOf(world),
    syncRecord: (record) => syncRecord(world, record),
    ...{ moment, ...listening(world, rest) },
    ...lookingOf(world),
    privacy: privacyOf(world),
    auditLog: {
      verify: (known) => proveAudit(world, known),
      entries: (after) => auditEntries(world, after),
    },
    ...{ access: () => world.store, events: () => world.store, subscriptions: () => world.store },
  };
}

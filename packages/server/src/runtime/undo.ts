import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, Json } from "@crossfoot/kernel";
import { entities, isEntityName } from "@crossfoot/model";
import type { ConsolidatedRow, MadeWrite } from "../store/port.ts";
import { policiesOf } from "./closed-books.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { settlingOf } from "./command.ts";
import { partedLinks } from "./accept-part.ts";
import type { RunOptions, UndoRequest } from "./engine.ts";
import type { PlanDocument, PlanWrite, UndoLeft } from "./plan-document.ts";
import { planApart } from "./consolidate-back.ts";
import { clusterById, isOfConsolidation } from "./duplicates.ts";
import { documentOf } from "./planning-compose.ts";
import { fieldsWithoutRecord } from "./named-links.ts";
import { placeOf, restsOf } from "./planning-writes.ts";
import { repairCause } from "./repair-rights.ts";
import { openSides, underLease } from "./session.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { inverseOf } from "./undo-inverse.ts";
import type { Inverse, InverseFacts, InverseWrite } from "./undo-inverse.ts";
import { knownWrites, loadMade, missingName, readAgain, UndoRefused } from "./undo-load.ts";
import { findLink } from "./why.ts";
import { abilitiesOf } from "./world.ts";
import type { World } from "./world.ts";

/** Links taken back at once: one look-up per stage. */
const batchSize = 200;

/**
 * Plans the inverse of writes that settled: an ordinary plan, stored and shown before anything is written,
 * that `apply` carries out. It is computed from the journal and from what both sides show now. What somebody
 * changed since is listed and left alone; so is what cannot be taken back, with the reason. Children are
 * taken back before their parents. Rejects with UndoRefused when there is nothing to take back.
 */
export async function planUndo(
  world: World,
  request: UndoRequest,
  options: RunOptions = {},
): Promise<PlanDocument> {
  const consolidated = await consolidationOf(world, request);
  if (consolidated.length > 0) return planApart(world, { rows: consolidated, by: request.by }, options);
  const isJoined = request.what === "plan" && (await isOfConsolidation(world, request.id));
  if (request.what === "consolidation" || isJoined)
    throw new UndoRefused(`no plan that was applied consolidates ${request.id}, or it is taken back already`);
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    const opened = await openSides(session, { trusts: false });
    const settling = settlingOf(session, { policies: policiesOf(world), opened, options });
    const { made, of } = await askedFor(world, request);
    const drafts: Draft[] = [];
    const byEntity = Map.groupBy(made, ({ entity }) => entity);
    for (const policy of settling.policies.toReversed()) {
      const own = byEntity.get(policy.entity) ?? [];
      const links = [...new Set(own.map(({ link }) => link))];
      for (let from = 0; from < links.length; from += batchSize) {
        const batch = new Set(links.slice(from, from + batchSize));
        drafts.push(
          await takeBack(
            settling,
            policy,
            own.filter(({ link }) => batch.has(link)),
          ),
        );
      }
    }
    const plan = await documentOf(settling, {
      entities: world.policies.map(({ entity }) => entity),
      writes: numbered(drafts.map(({ writes }) => writes)),
      ...{ conflicts: [], losses: [], parks: [], candidates: [], waits: [], demanded: [], verdicts: {} },
      whatIf: null,
      undo: {
        of,
        by: request.by,
        writes: made.length,
        left: [...drafts.flatMap(({ left }) => left), ...switchedOff(world, made)],
      },
    });
    await world.store.savePlan(plan.id, plan as unknown as Json);
    return plan;
  });
}

/** What a plan, or the last plan of a cluster, has consolidated and that stands. */
async function consolidationOf(world: World, request: UndoRequest): Promise<readonly ConsolidatedRow[]> {
  if (request.what !== "plan" && request.what !== "consolidation") return [];
  const cluster = request.id.startsWith("d-") ? await clusterById(world, request.id) : null;
  return world.store.consolidatedBy(cluster?.plan ?? request.id);
}

type UnplacedWrite = Omit<PlanWrite, "number" | "part">;

interface Draft {
  readonly writes: readonly UnplacedWrite[];
  readonly left: readonly UndoLeft[];
}

/** Writes are claimed by step, then by record: that is the order in which an apply sends those of a part. */
const bySending = (one: UnplacedWrite, other: UnplacedWrite): number =>
  one.step - other.step || (one.link < other.link ? -1 : one.link > other.link ? 1 : 0);

const numbered = (parts: readonly (readonly UnplacedWrite[])[]): readonly PlanWrite[] =>
  parts
    .filter((part) => part.length > 0)
    .flatMap((writes, at) => writes.toSorted(bySending).map((write) => ({ ...write, part: at + 1 })))
    .map((write, at) => ({ ...write, number: at + 1 }));

/** The writes that a request is about, and what it is about in words. */
async function askedFor(
  world: World,
  request: UndoRequest,
): Promise<{ readonly made: readonly MadeWrite[]; readonly of: string }> {
  const found = await queried(world, request);
  // Only these kinds have an inverse; a note stays where it is.
  const made = found.made.filter(({ kind }) => kind !== "note");
  if (made.length > 0) return { ...found, made };
  throw new UndoRefused(`nothing that ${found.of} wrote has settled: there is nothing to take back`);
}

async function queried(
  world: World,
  request: UndoRequest,
): Promise<{ readonly made: readonly MadeWrite[]; readonly of: string }> {
  switch (request.what) {
    case "run":
      return { made: await loadMade(world, { by: "run", run: request.id }), of: `run ${request.id}` };
    case "plan":
      return { made: await loadMade(world, { by: "plan", plan: request.id }), of: `plan ${request.id}` };
    case "consolidation":
      throw new UndoRefused(`nothing is consolidated by ${request.id}`);
    case "write":
      return { made: await loadMade(world, { by: "write", key: request.id }), of: `write ${request.id}` };
    case "record": {
      const { id, since } = request;
      const link = await findLink(world, { entity: null, id });
      if (link === null) throw new UndoRefused(`nothing is known of ${id}`);
      const made = await loadMade(world, { by: "links", links: [link], since });
      return { made, of: `${id} since ${since}` };
    }
  }
}

function switchedOff(world: World, made: readonly MadeWrite[]): readonly UndoLeft[] {
  const on = new Set(world.policies.map(({ entity }) => entity));
  const off = made.filter(({ entity }) => !on.has(entity));
  return [...new Map(off.map((write) => [`${write.link}\n${write.target}`, write])).values()].map((write) => {
    const { link, entity, target, id } = write;
    const reason = `${entity} is not switched on in the contract`;
    return { link, entity, label: `${target}:${id ?? "?"}`, target, field: null, why: "refused", reason };
  });
}

/** The inverse of the writes of some links of one entity. */
async function takeBack(
  settling: Settling,
  policy: EntityPolicy,
  made: readonly MadeWrite[],
): Promise<Draft> {
  const { session } = settling;
  const { world } = session;
  const links = [...new Set(made.map(({ link }) => link))];
  const missing = await readAgain(settling, policy.entity, links);
  const bundles = await world.store.loadBundles(links);
  const assessed = await assess(await contextOf(settling, policy), bundles);
  const decided = new Map(assessed.map((one) => [one.bundle.id, one]));
  const known = await knownWrites(world, decided, made);
  const created = new Set(made.filter(({ kind }) => kind === "create").map(({ link }) => link));
  const whole =
    created.size === 0 ? [] : await loadMade(world, { by: "links", links: [...created], since: null });
  const own = await knownWrites(world, decided, whole);
  const parted = await partedLinks(world, links);
  const drafts: Draft[] = [];
  for (const link of links) {
    const one = decided.get(link);
    if (one === undefined) continue;
    const writes = known.get(link) ?? [];
    for (const target of new Set(writes.map((write) => write.target)).values()) {
      if (parted.get(link) === target) {
        const left = leftWhole(target, "refused", "a part of it was accepted, and what was left is on offer");
        drafts.push({ writes: [], left: left.left.map((each) => ({ ...placeOf(one), ...each })) });
        continue;
      }
      const facts = {
        input: one.input,
        target,
        abilities: abilitiesAt(settling.opened, policy.entity, target),
        writes: writes.filter((write) => write.target === target),
        own: (own.get(link) ?? writes).filter((write) => write.target === target),
      };
      drafts.push(await draftOf(world, one, { facts, missing }));
    }
  }
  return { writes: drafts.flatMap(({ writes }) => writes), left: drafts.flatMap(({ left }) => left) };
}

function abilitiesAt(
  opened: ReadonlyMap<ConnectionId, Connection>,
  entity: EntityName,
  target: ConnectionId,
): InverseFacts["abilities"] {
  const connection = opened.get(target);
  const abilities = connection === undefined ? undefined : abilitiesOf(connection, entity);
  return {
    archives: abilities?.archive === true,
    unarchives: abilities?.unarchive === true,
    isDocument: isEntityName(entity) && entities[entity].isDocument,
  };
}

const leftWhole = (target: ConnectionId, why: "changed" | "refused", reason: string): Inverse => ({
  writes: [],
  left: [{ target, field: null, why, reason }],
});

async function draftOf(
  world: World,
  one: Assessed,
  at: { readonly facts: InverseFacts; readonly missing: ReadonlySet<string> },
): Promise<Draft> {
  const { facts, missing } = at;
  const { target } = facts;
  // A record that is gone, on either side, and whose deletion nobody has decided on yet.
  const gone = one.bundle.members.find(
    ({ connection, id, observation }) =>
      observation?.kind !== "deleted" && missing.has(missingName(connection, id)),
  );
  const inverse =
    gone === undefined
      ? await withReferences(world, inverseOf(facts))
      : leftWhole(target, "changed", `${gone.connection} no longer shows it`);
  const place = placeOf(one);
  return {
    writes: inverse.writes.map((write, step) => planWrite(one, write, step)),
    left: inverse.left.map((each) => ({ ...place, ...each })),
  };
}

/** Values that name a record which the target does not have any more cannot be put back. */
async function withReferences(world: World, inverse: Inverse): Promise<Inverse> {
  const left = [...inverse.left];
  const writes: InverseWrite[] = [];
  for (const write of inverse.writes) {
    const lost = await fieldsWithoutRecord(world, write.target, write.fields);
    for (const field of lost) {
      const reason = `it referred to a record that ${write.target} does not have any more`;
      left.push({ target: write.target, field, why: "refused", reason });
    }
    const kept = <Value>(values: { readonly [field: string]: Value }): { readonly [field: string]: Value } =>
      Object.fromEntries(Object.entries(values).filter(([field]) => !lost.includes(field)));
    const fields = kept(write.fields);
    if (lost.length === 0) writes.push(write);
    else if (Object.keys(fields).length > 0) writes.push({ ...write, fields, before: kept(write.before) });
  }
  return { writes, left };
}

function planWrite(one: Assessed, write: InverseWrite, step: number): UnplacedWrite {
  const { target, kind, id, fields, transition, before, undo } = write;
  const names = Object.keys(fields);
  return {
    step,
    ...placeOf(one),
    target,
    kind,
    id,
    precondition: step === 0 ? (one.input.members[target]?.view.version ?? null) : null,
    fields,
    before,
    transition,
    causes:
      write.isRepair === true ? repairCause(names) : [{ connection: "person", version: null, fields: names }],
    answers: [],
    follows: false,
    why: Object.fromEntries(names.map((name) => [name, { reason: "person_decided", winner: "person" }])),
    rests: restsOf(one),
    undo,
  };
}

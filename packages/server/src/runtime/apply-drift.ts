import { ConnectorError } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, ExternalId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey, StoredObservation } from "../store/port.ts";
import { readIds } from "./observe.ts";
import type { PlanView, PlanWrite } from "./plan-document.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf, noteTrouble, sideOf } from "./world.ts";

/** A sighting older than this is looked at again before something is written that rests on it, ms. */
const freshMs = 60_000;

/** A record that is not what a plan rests on. */
export interface Drift {
  readonly reason: string;
  readonly observation: { readonly connection: ConnectionId; readonly id: ExternalId };
}

/** What is known of the records that writes rest on. */
export interface Sighted {
  readonly seen: ReadonlyMap<string, StoredObservation>;
  /** Records that their systems left out when they were asked for by id. */
  readonly missing: Set<string>;
}

/**
 * Whether the system itself compares the target before it takes a write, so that we need not look: by
 * version, or by our reading it just before.
 */
function isWatched(settling: Settling, view: PlanView, write: PlanWrite): boolean {
  if (view.connection !== write.target) return false;
  const connection = settling.opened.get(view.connection);
  const abilities = connection === undefined ? undefined : abilitiesOf(connection, view.entity);
  return abilities !== undefined && abilities.precondition !== "none";
}

/**
 * Asks the systems, by id, for the records that these writes rest on and that were not read a moment ago, so
 * that a deletion and a late commit are seen too. Answers the ids that they left out, or null when a system
 * could not be asked.
 */
export async function lookAgain(
  settling: Settling,
  writes: readonly PlanWrite[],
  at: { readonly isFirst: boolean },
): Promise<ReadonlySet<string> | null> {
  const { session } = settling;
  const wanted = new Map<string, PlanView>();
  for (const write of writes) {
    for (const view of write.rests) {
      if (at.isFirst || !isWatched(settling, view, write)) wanted.set(recordName(view), view);
    }
  }
  const known = await sightingsOf(settling, [...wanted.values()]);
  const now = session.world.clock.now();
  const stale = [...wanted].filter(([name]) => at.isFirst || now - (known.get(name)?.readEnd ?? 0) > freshMs);
  const groups = Map.groupBy(
    stale.map(([, view]) => view),
    ({ connection, entity }) => `${connection}\n${entity}`,
  );
  const missing = new Set<string>();
  for (const views of groups.values()) {
    const [{ connection, entity }] = views as [PlanView];
    const side = sideOf(session.world, connection);
    try {
      const ids = views.map(({ id }) => id);
      const read = await readIds(session, side, { entity, ids, via: "hint" });
      for (const id of read.missing) missing.add(recordName({ connection, entity, id }));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      await noteTrouble(session, side, { entity, error });
      return null;
    }
  }
  return missing;
}

/** The newest sightings of the records that a plan's views are of. */
export async function sightingsOf(
  settling: Settling,
  views: readonly PlanView[],
): Promise<ReadonlyMap<string, StoredObservation>> {
  const keys = new Map<string, RecordKey>(
    views.map(({ connection, entity, id }) => [
      recordName({ connection, entity, id }),
      { connection, entity, id },
    ]),
  );
  const seen = await settling.session.world.store.observationsOf([...keys.values()]);
  return new Map(seen.map((one) => [recordName(one), one]));
}

/**
 * The first record that a write rests on and that shows something else than when the plan was made, or null.
 * `own` are the connections on which this plan has written to the record already: what changed there is its
 * own doing.
 */
export function driftOf(write: PlanWrite, sighted: Sighted, own: ReadonlySet<ConnectionId>): Drift | null {
  for (const view of write.rests) {
    const { connection, entity, id } = view;
    if (own.has(connection) && entity === write.entity) continue;
    const reason = changeOf(view, { write, sighted });
    if (reason !== null) return { reason, observation: { connection, id } };
  }
  return null;
}

function changeOf(
  view: PlanView,
  { write, sighted }: { readonly write: PlanWrite; readonly sighted: Sighted },
): string | null {
  const name = recordName(view);
  const record = nameOf(view);
  const seen = sighted.seen.get(name);
  // A deletion stands as long as the record does not come back.
  const isGone = sighted.missing.has(name) && view.kind !== "deleted";
  if (seen === undefined || isGone) return `${view.connection} no longer shows ${record}`;
  if (seen.kind !== view.kind)
    return `${record} is ${seen.kind.replaceAll("_", " ")} now, it was ${view.kind}`;
  const versions = `version ${seen.version ?? "none"}, was ${view.version ?? "none"}`;
  if (seen.contentHash !== view.content) return `${record} shows other values now (${versions})`;
  const isTarget = view.connection === write.target && view.entity === write.entity;
  if (isTarget && write.id === view.id && write.precondition !== null && seen.version !== write.precondition)
    return `${record} was written by somebody (${versions})`;
  return null;
}

const nameOf = ({ connection, id }: { readonly connection: string; readonly id: string }): string =>
  `${connection}:${id}`;

/** Members that the plan's creates of one entity make: within a part they count as not there yet. */
export function createdBy(
  writes: readonly PlanWrite[],
  entity: EntityName,
): ReadonlyMap<PlanWrite["link"], ReadonlySet<ConnectionId>> {
  const made = new Map<PlanWrite["link"], Set<ConnectionId>>();
  for (const write of writes) {
    if (write.entity !== entity || write.kind !== "create") continue;
    made.set(write.link, (made.get(write.link) ?? new Set<ConnectionId>()).add(write.target));
  }
  return made;
}

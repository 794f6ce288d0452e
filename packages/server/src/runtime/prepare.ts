import { imagesOf, withoutResults, writePatch } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import type { EntityName, ExternalId, FailureRecord, LinkId } from "@crossfoot/kernel";
import type { Intent, IntentOutcome, LineLink, RecordKey, StoredObservation } from "../store/port.ts";
import { isClosedSince, isInClosedPeriod } from "./closed-since.ts";
import { blank, failed } from "./outcome.ts";
import type { SendTarget } from "./target.ts";
import type { Session, World } from "./world.ts";

/** An intent with the native write it became. */
export interface Prepared {
  readonly intent: Intent;
  readonly current: StoredObservation | null;
  readonly write: NativeWrite;
}

async function loadCurrent(
  world: World,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<ReadonlyMap<string, StoredObservation>> {
  const keys = intents.flatMap((intent): RecordKey[] =>
    intent.id === null ? [] : [{ connection: target.side.id, entity: intent.entity, id: intent.id }],
  );
  const seen = await world.store.observationsOf(keys);
  return new Map(seen.map((one) => [one.id, one]));
}

/** Native ids of everything the writes refer to, and of their lines, looked up in bulk. */
async function writeContexts(
  world: World,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<WriteLookUp> {
  const referenced = intents.flatMap(({ fields }) => JSON.stringify(fields).match(/"link":"([^"]+)"/g) ?? []);
  const links = [
    ...new Set(referenced.map((text) => text.slice(8, -1) as LinkId)),
    ...intents.map(({ link }) => link),
  ];
  const members = (await world.store.membersOf(links)).filter(
    (row) => row.connection === target.side.id && !row.isAlias,
  );
  const own = members.filter((row) => row.entity === target.policy.entity);
  const lines = await world.store.linesOf(
    own.map(({ connection, entity, id }) => ({ connection, entity, id })),
  );
  const idByLink = new Map(members.map((row) => [`${row.entity}\n${row.link}`, row.id]));
  const linesByLink = Map.groupBy(
    lines.filter((line) => line.connection === target.side.id),
    ({ link }) => link,
  );
  return {
    idOf: (entity, link) => idByLink.get(`${entity}\n${link}`),
    memberOf: (link) => idByLink.get(`${target.policy.entity}\n${link}`),
    linesOf: (link) => linesByLink.get(link) ?? [],
  };
}

interface WriteLookUp {
  readonly idOf: (entity: EntityName, link: LinkId) => ExternalId | undefined;
  readonly memberOf: (link: LinkId) => ExternalId | undefined;
  readonly linesOf: (link: LinkId) => readonly LineLink[];
}

/** Turns intents into native writes; what cannot be sent gets its outcome at once. */
export async function prepare(
  session: Session,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<{ readonly early: readonly IntentOutcome[]; readonly ready: readonly Prepared[] }> {
  const { world } = session;
  const [look, survivors, dormant] = await Promise.all([
    writeContexts(world, target, intents),
    survivorsOf(world, target, intents),
    world.store.dormantAmong(intents.map(({ link }) => link)),
  ]);
  // A later step of a document learns its record from the create that came before it.
  const known = intents.map((intent) =>
    intent.id === null && intent.kind !== "create"
      ? { ...intent, id: look.memberOf(intent.link) ?? null }
      : intent,
  );
  const current = await loadCurrent(world, target, known);
  const early: IntentOutcome[] = [];
  const ready: Prepared[] = [];
  for (const intent of known) {
    const seen = intent.id === null ? null : (current.get(intent.id) ?? null);
    const made =
      isAsleep(dormant, intent) || isOvertaken(world, target, { intent, seen })
        ? ({ hasMoved: true } as const)
        : isInClosedPeriod(world, target, { intent, seen })
          ? ({ isClosed: true } as const)
          : prepareOne(target, { intent, seen, look, into: survivors.get(intent.key) });
    if ("write" in made) ready.push({ intent, current: seen, write: made.write });
    else early.push(refusal(session, { intent, seen }, made));
  }
  return { early, ready };
}

/** Of merges, and of those that are taken back, the record that survives: it stands where the plan put it. */
async function survivorsOf(
  world: World,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<ReadonlyMap<string, ExternalId>> {
  const merges = intents.filter(({ kind }) => kind === "merge" || kind === "unmerge");
  if (merges.length === 0) return new Map();
  const records = merges.flatMap(({ entity, id }) =>
    id === null ? [] : [{ connection: target.side.id, entity, id }],
  );
  const rows = await world.store.consolidatedOf(records);
  return new Map(
    merges.flatMap(({ key, id }): [string, ExternalId][] => {
      const row = rows.find(({ loser }) => loser === id);
      return row === undefined ? [] : [[key, row.survivor]];
    }),
  );
}

type Unsendable =
  | { readonly wait: true }
  | { readonly hasMoved: true }
  | { readonly isClosed: true }
  | { readonly problems: { readonly [field: string]: { readonly code: string; readonly expected: string } } };

function prepareOne(
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly seen: StoredObservation | null;
    readonly look: WriteLookUp;
    readonly into: ExternalId | undefined;
  },
): { readonly write: NativeWrite } | Unsendable {
  const { intent, seen, look, into } = at;
  const isCreate = intent.kind === "create";
  if (hasMoved(target, intent, seen)) return { hasMoved: true };
  const lines = look.linesOf(intent.link);
  const patchOf = (fields: Intent["fields"]): ReturnType<typeof writePatch> =>
    writePatch(target.mapping, fields, {
      isCreate,
      current: isCreate ? {} : (seen?.native ?? {}),
      context: {
        connection: target.side.id,
        idOf: look.idOf,
        lineIdOf: (field, key) => lines.find((line) => line.field === field && line.key === key)?.nativeId,
      },
    });
  const wanted = patchOf(intent.kind === "transition" ? {} : intent.fields);
  // A system that shows nothing of a record that was merged brings it back as it was.
  const isWhole = intent.kind === "unmerge" && Object.keys(wanted.problems).length > 0;
  const made = isWhole ? patchOf({}) : wanted;
  if (made.awaits.length > 0) return { wait: true };
  if (Object.keys(made.problems).length > 0) return { problems: made.problems };
  return {
    write: {
      key: intent.key,
      entity: intent.entity,
      kind: intent.kind,
      id: intent.id,
      precondition: intent.precondition ?? seen?.version ?? null,
      patch: into === undefined ? made.patch : { ...made.patch, into },
      current: withoutResults(target.mapping, seen?.native ?? {}),
      reference: intent.reference,
      transition: intent.transition,
    },
  };
}

/** An intent whose parent is still on its way is looked at again after this time, ms. */
const parentPauseMs = 500;

/**
 * Whether the record that is known now is another than the one that was decided on: somebody edited it
 * before the write was sent (a first try did not land, or waited). A system without conditional writes would
 * replace what nobody has decided on.
 */
function hasMoved(target: SendTarget, intent: Intent, seen: StoredObservation | null): boolean {
  if (seen === null || seen.kind === "not_seen") return false;
  if (intent.precondition !== null && seen.version !== null) return seen.version !== intent.precondition;
  if (intent.kind !== "update" || intent.step > 0) return false;
  const images = imagesOf(target.mapping, seen.native);
  return Object.entries(intent.before).some(
    ([field, before]) =>
      images[field] !== undefined && canonicalBytes(images[field]) !== canonicalBytes(before),
  );
}

/** Without a version the target would take the write in whatever state it holds the document by now. */
function isOvertaken(
  world: World,
  target: SendTarget,
  { intent, seen }: { readonly intent: Intent; readonly seen: StoredObservation | null },
): boolean {
  if (seen === null || intent.kind !== "update" || intent.step > 0) return false;
  if (intent.precondition !== null && seen.version !== null) return false;
  return isClosedSince(world, target, { intent, seen });
}

/** What has left the scope since the write was decided, on whichever side, is written to no more (I29). */
function isAsleep(dormant: ReadonlySet<LinkId>, { kind, link }: Intent): boolean {
  return dormant.has(link) && kind !== "note" && kind !== "merge" && kind !== "unmerge";
}

/** An intent that cannot be sent: its parent is still on its way, or the target cannot take a value. */
function refusal(
  session: Session,
  { intent, seen }: { readonly intent: Intent; readonly seen: StoredObservation | null },
  why: Unsendable,
): IntentOutcome {
  if ("hasMoved" in why) return { ...failed(session, intent, staleFailure), observation: seen };
  if ("wait" in why) {
    return {
      ...blank(intent),
      state: "stored",
      dueInMs: parentPauseMs,
      intent: { ...intent, attempts: intent.attempts - 1 },
    };
  }
  if ("isClosed" in why) return { ...failed(session, intent, closedFailure(intent)), isToDecide: true };
  const [field] = Object.keys(why.problems);
  const expected = why.problems[field ?? ""]?.expected ?? "";
  const failure: FailureRecord = {
    failure: "invalid",
    code: "value_not_sendable",
    message: `${field ?? "a field"} cannot be written to ${intent.target}: expected ${expected}`,
    status: null,
    retryAt: null,
    requestId: null,
    field: field ?? null,
  };
  return { ...failed(session, intent, failure), isToDecide: true };
}

/** The write would touch books that are closed. */
const closedFailure = ({ target }: Intent): FailureRecord => ({
  failure: "invalid",
  code: "period_closed",
  message: `its date lies in a period that is closed in ${target}: correct it there, or open the period`,
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
});

/** The target is another than the one that was decided on. */
export const staleFailure: FailureRecord = {
  failure: "stale",
  code: "target_moved",
  message: "the target changed after it was decided on",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

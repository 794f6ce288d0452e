import { imagesOf, lineIdsOf } from "@crossfoot/connector-sdk";
import {
  decideRetry,
  eventOfFailure,
  isBlank,
  isLikelyImage,
  isLines,
  pairLines,
  transitionIntent,
} from "@crossfoot/kernel";
import type {
  ConnectionId,
  ExternalId,
  FailureRecord,
  Fields,
  Json,
  JsonMap,
  LinkId,
  ObservationKind,
  Value,
} from "@crossfoot/kernel";
import { causesIn, isBeside, isRepair } from "../store/port.ts";
import type { BaseMove, Intent, IntentOutcome, LineLink, StoredObservation } from "../store/port.ts";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import type { Links } from "./canonical.ts";
import { noteDoubt } from "./doubts.ts";
import { blanksOf, editsCount } from "./left-blank.ts";
import { underLastEdit } from "./last-edit.ts";
import { lossesOf } from "./losses.ts";
import type { SendTarget } from "./target.ts";
import { toTell } from "./to-tell.ts";
import type { Session, World } from "./world.ts";

/** An outcome with nothing in it. */
export function blank(intent: Intent): IntentOutcome {
  return {
    intent,
    state: "stored",
    id: intent.id,
    failure: null,
    dueInMs: null,
    isAbandoned: false,
    observation: null,
    baseMoves: [],
    landedImages: null,
    after: null,
    losses: [],
    lines: [],
    park: null,
    isToDecide: false,
    linkState: null,
  };
}

/** The outcome of an attempt that failed, by the failure's recovery. */
export function failed(session: Session, intent: Intent, failure: FailureRecord): IntentOutcome {
  const { world } = session;
  const now = world.clock.now();
  const event = eventOfFailure(failure.failure);
  const state = transitionIntent("sending", event) ?? "in_doubt";
  if (event === "postpone") {
    const retry = decideRetry({ failure, attempts: intent.attempts, now, spread: 0.3 }, world.retry);
    if (retry.kind === "retry")
      return { ...blank(intent), state, failure, dueInMs: Math.max(retry.at - now, 0) };
    return { ...blank(intent), state: "parked", failure, park: parkOf(intent, "retries_exhausted", failure) };
  }
  if (event === "doubt") {
    noteDoubt(world, intent);
    return { ...blank(intent), state, failure, isAbandoned: true, dueInMs: 0 };
  }
  const isStale = failure.failure === "stale";
  const park = isStale ? null : parkOf(intent, "write_refused", failure);
  return { ...blank(intent), state, failure, park, isToDecide: true };
}

/** A park of a write. */
export function parkOf(
  intent: Intent,
  reason: "write_refused" | "retries_exhausted" | "not_unique" | "doubt_unprovable",
  failure: FailureRecord | null,
): NonNullable<IntentOutcome["park"]> {
  const problems = {};
  return {
    reason,
    connection: intent.target,
    externalId: intent.id,
    intentKey: intent.key,
    problems,
    failure,
  };
}

/** What is known beforehand of the records that writes came to, looked up in bulk. */
export interface LandedLookUp {
  readonly links: Links;
  readonly lines: readonly (LineLink & { readonly link: LinkId })[];
}

/**
 * Looks up what `landed` needs for all records of a batch: two statements, none where nothing is asked for.
 */
export async function lookUpLanded(
  world: World,
  target: SendTarget,
  seen: readonly StoredObservation[],
): Promise<LandedLookUp> {
  const { side, mapping } = target;
  const hasLines = Object.values(mapping.fields).some(({ source }) => source.from === "list");
  const links = await lookUpLinks(
    world,
    seen.map(({ native }) => ({ side, mapping, native })),
  );
  return { links, lines: hasLines ? await world.store.linesOf(seen) : [] };
}

/**
 * A write that landed. The target's base becomes what it shows, the sources' base what they showed when it
 * was decided; a state change that did nothing is refused, since a button in the wrong state answers well
 * and does nothing.
 */
export function landed(
  session: Session,
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly id: ExternalId;
    readonly seen: StoredObservation | null;
    readonly look: LandedLookUp;
    /** Kind of the record just before the write; null when that is not known. */
    readonly was: ObservationKind | null;
    /** The record as it was decided on; null when that is not known, or when it is made. */
    readonly before: StoredObservation | null;
    /** The target wrote on that version only, and answered with the record. */
    readonly isConditional?: boolean;
    /** Images that the target held and that somebody replaced by what was there before; of those fields. */
    readonly putBack?: { readonly [field: string]: JsonMap };
    /** Of a create that was in doubt, the images of what was sent. */
    readonly sent?: { readonly [field: string]: JsonMap };
  },
): IntentOutcome {
  const { intent, id, seen, look, putBack = {}, sent = {} } = at;
  const linkState = intent.undo?.link ?? null;
  const done: IntentOutcome = { ...blank(intent), state: "settled", id, isToDecide: true, linkState };
  if (seen === null) return done;
  // The base is that of the link's own record, which this one is not: it goes into it, or comes out of it.
  if (intent.kind === "merge" || isOfAnother(intent)) return { ...done, observation: seen };
  const { world } = session;
  const context = readContext(world, look.links, { connection: target.side.id, lines: [] });
  const shown = readObservation(target.mapping, seen, context).fields;
  const status = shown[target.policy.statusField ?? ""];
  if (intent.transition !== null && (status === undefined || status === intent.transition.from)) {
    return { ...failed(session, intent, noEffect(intent)), id, observation: seen };
  }
  const isElsewhere = intent.transition !== null && status !== intent.transition.to;
  const images = imagesOf(target.mapping, seen.native);
  const own: Record<string, JsonMap> = {};
  const shared: Record<string, JsonMap> = {};
  const foreign = foreignFields(target, { intent, seen, shown, putBack });
  for (const field of movedFields(target, intent)) {
    const image = foreign.has(field) ? sent[field] : (putBack[field] ?? images[field]);
    // A state that went on by itself is news of the target, not the value that was sent.
    if (image === undefined || isElsewhere) continue;
    if (intent.shared.includes(field)) shared[field] = image;
    else own[field] = image;
  }
  const undone = undoneMarks(world, intent);
  // What a person's word puts right counts as their edit there: the base that all agree on is what it was.
  const moves: BaseMove[] = isRepair(intent)
    ? []
    : [{ connection: target.side.id, images: own, kind: kindAfter(intent, seen, at.was), undone }];
  for (const [connection, sourceFields] of Object.entries(intent.sourceImages)) {
    const kind = sourceKind(intent, seen, connection);
    moves.push({ connection: connection as ConnectionId, images: without(sourceFields, foreign), kind });
  }
  const lines = rowsOfLines(target, { intent, seen, shown, known: look.lines });
  const landedImages = Object.keys(shared).length > 0 ? shared : null;
  const after = afterOf(intent, images, foreign);
  const isLined = Object.values(intent.fields).some(isLines);
  const kept = isLined ? shownLines(world, target, { intent, seen, look, lines }) : shown;
  const losers = target.policy.isProjection ? [] : lossesOf(intent, without(kept, foreign));
  const losses = toTell(world, intent.entity, losers);
  const written = new Set([...movedFields(target, intent), target.policy.statusField ?? ""]);
  const observation = underLastEdit(target.mapping, seen, {
    before: foreign.size > 0 ? null : at.before,
    isMixed: foreign.size > 0 && intent.kind === "create",
    written,
    isConditional: at.isConditional ?? false,
  });
  return { ...done, observation, baseMoves: moves, landedImages, after, losses, lines };
}

/**
 * Fields of a write that landed which show something else when we ask later whether it did: somebody may
 * have edited them meanwhile, so neither side's base moves, and they are decided (crash matrix, row 10).
 * Rows of lists carry the target's own keys and are paired when they are decided.
 */
function foreignFields(
  { policy, side }: SendTarget,
  at: {
    readonly intent: Intent;
    readonly seen: StoredObservation;
    readonly shown: Fields;
    readonly putBack: { readonly [field: string]: JsonMap };
  },
): ReadonlySet<string> {
  const { intent, seen, shown, putBack } = at;
  // Where a state went on by itself, `isElsewhere` tells what moves.
  if (seen.via !== "probe" || intent.transition !== null) return new Set();
  const shownAt = (connection: ConnectionId, field: string): Value | undefined =>
    connection === side.id ? shown[field] : undefined;
  const differing = Object.entries(intent.fields).filter(([field, sent]) => {
    const value = shown[field];
    // What the target puts into a blank by itself is taken as when it answers, where its edits do not count.
    const isBlankMade = intent.kind === "create" && isBlank(sent);
    if (isBlankMade && !editsCount(policy, { field, at: side.id, shown: shownAt })) return false;
    return (
      putBack[field] === undefined && value !== undefined && !isLines(sent) && !isLikelyImage(sent, value)
    );
  });
  return new Set(differing.map(([field]) => field));
}

function without<T>(
  map: { readonly [field: string]: T },
  left: ReadonlySet<string>,
): { readonly [field: string]: T } {
  return Object.fromEntries(Object.entries(map).filter(([field]) => !left.has(field)));
}

/**
 * Kind of the target that all agree on from now on. A person who archived it before our write has not been
 * answered yet, so only what the write itself changed is taken.
 */
function kindAfter(
  { kind }: Intent,
  seen: StoredObservation,
  was: ObservationKind | null,
): ObservationKind | null {
  if (kind === "create" || kind === "archive" || kind === "unarchive") return seen.kind;
  return was !== null && was !== seen.kind ? seen.kind : null;
}

/**
 * Kind of a source that is agreed on by an archiving. Where the target shows it, the next decision finds
 * both alike; a target that cannot show it would else be archived again and again.
 */
function sourceKind(intent: Intent, seen: StoredObservation, connection: string): ObservationKind | null {
  const { kind } = intent;
  if (kind !== "archive" && kind !== "unarchive") return null;
  const carried = kind === "archive" ? "archived" : "present";
  const isCause = giversOf(intent).includes(connection);
  return isCause && seen.kind !== carried ? carried : null;
}

/**
 * Whether a write goes to a record that its link has beside its own, one that was joined with it; or makes
 * one that gets a link of its own.
 */
const isOfAnother = (intent: Intent): boolean =>
  isBeside(intent) || causesIn(intent).some(({ isAlias }) => isAlias === true);

/** Connections whose commits a write carries on. */
export const giversOf = (intent: Pick<Intent, "causes">): readonly Json[] =>
  causesIn(intent).flatMap(({ connection }) => connection ?? []);

/**
 * What the target shows of a write. All of a record that was made, so that a later edit of any of its fields
 * is told from what it was made with; what somebody edited before we looked is not ours.
 */
function afterOf(
  intent: Intent,
  images: { readonly [field: string]: JsonMap },
  foreign: ReadonlySet<string>,
): BaseMove["images"] {
  if (intent.kind === "create") return without(images, foreign);
  return named(images, [...Object.keys(intent.before), ...Object.keys(intent.fields)]);
}

function named(images: { readonly [field: string]: JsonMap }, fields: readonly string[]): BaseMove["images"] {
  return Object.fromEntries(
    fields.flatMap((field) => (images[field] === undefined ? [] : [[field, images[field]] as const])),
  );
}

/** Marks that tell why the target shows other values than its counterpart, by whose word. */
function undoneMarks(world: World, { undo, plan }: Intent): NonNullable<BaseMove["undone"]> {
  if (undo === null) return {};
  const mark = { plan: plan?.id ?? "", by: undo.by, at: new Date(world.clock.now()).toISOString() };
  const gone = undo.link === "live" ? { "*": null } : {};
  return { ...gone, ...Object.fromEntries(undo.marked.map((field) => [field, mark])) };
}

/** What the target shows, its rows under the keys of the lines that they are. */
function shownLines(
  world: World,
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly seen: StoredObservation;
    readonly look: LandedLookUp;
    readonly lines: readonly LineLink[];
  },
): Fields {
  const { intent, seen, look } = at;
  const lines = [...look.lines.filter(({ link }) => link === intent.link), ...at.lines];
  const context = readContext(world, look.links, { connection: target.side.id, lines });
  return readObservation(target.mapping, seen, context).fields;
}

/**
 * Fields whose base on the target moves. A state that is only passed through is ours: the target's base
 * follows it at once, or it would count as somebody's edit when the next step is refused; unless the
 * target's own edit is being put back, where the old base is all that tells that something is left to do.
 * So is a state that a record gets because it was archived or brought back.
 */
function movedFields(target: SendTarget, intent: Intent): readonly string[] {
  const fields = [...Object.keys(intent.fields), ...blanksOf(intent)];
  const { statusField } = target.policy;
  const state = statusField === null ? [] : [statusField];
  if (intent.kind === "archive" || intent.kind === "unarchive") return [...fields, "active", ...state];
  if (intent.kind !== "transition" || state.some((field) => fields.includes(field))) return fields;
  const isPutBack = giversOf(intent).includes(intent.target);
  return isPutBack ? fields : [...fields, ...state];
}

function noEffect(intent: Intent): FailureRecord {
  return {
    failure: "invalid",
    code: "transition_had_no_effect",
    message: `${intent.target} answered well to ${intent.transition?.via ?? "it"} and did nothing`,
    status: null,
    retryAt: null,
    requestId: null,
    field: null,
  };
}

/** Which rows of the stored record are which of the lines that were written. */
function rowsOfLines(
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly seen: StoredObservation;
    readonly shown: { readonly [field: string]: unknown };
    readonly known: LandedLookUp["lines"];
  },
): readonly LineLink[] {
  if (!Object.values(at.intent.fields).some((value) => isLines(value))) return [];
  const known = at.known.filter(({ link }) => link === at.intent.link);
  const marks = lineIdsOf(target.mapping, at.seen.native);
  const found: LineLink[] = [];
  for (const [field, sent] of Object.entries(at.intent.fields)) {
    const rows = at.shown[field];
    const kind = target.policy.fields[field]?.kind;
    if (!isLines(sent) || kind?.kind !== "collection" || !Array.isArray(rows)) continue;
    const prefix = `${target.side.id}:`;
    const own = known.filter((line) => line.field === field && line.connection === target.side.id);
    const wanted = sent.filter(({ key }) => !key.startsWith(prefix) && !own.some((line) => line.key === key));
    const open = (rows as typeof sent)
      .filter(
        ({ key }) =>
          key.startsWith(prefix) && !own.some((line) => line.nativeId === key.slice(prefix.length)),
      )
      .filter(({ key }) => !sent.some((line) => line.key === key))
      .map(({ key, fields }) => {
        const id = key.slice(prefix.length);
        return {
          id,
          fields,
          lineRef: marks.find((mark) => mark.field === field && mark.nativeId === id)?.lineRef ?? null,
        };
      });
    const { pairs } = pairLines(wanted, open, Object.keys(kind.parts));
    for (const [nativeId, key] of pairs) found.push({ connection: target.side.id, field, nativeId, key });
  }
  return found;
}

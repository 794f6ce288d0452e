import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import type { eventKinds } from "@crossfoot/model";
import { allShards } from "../store/port.ts";
import type { EventStore, ToldEntry } from "../store/port.ts";

/** A kind of event. */
type EventKind = (typeof eventKinds)[number];

/** What an event names. Ids, states and names of fields; never a value of a field, nor a person. */
interface EventFacts {
  readonly run?: string;
  readonly command?: string;
  readonly state?: string;
  readonly operation?: string;
  readonly connection?: string;
  /** The native id of a record in that connection. */
  readonly record?: string;
  /** What was done to it: `create`, `update`, `archive` ... */
  readonly did?: string;
  readonly fields?: readonly string[];
  readonly about?: "conflict" | "candidate" | "dead_letter";
  readonly field?: string;
  readonly reason?: string;
  readonly plan?: string;
  readonly name?: string;
}

/** Something that happened, as the journal tells it. It says where to look; the truth is read again. */
export interface HappenedEvent {
  /** The same whoever reads it, and whenever. */
  readonly id: string;
  readonly kind: EventKind;
  /** ISO instant. */
  readonly at: string;
  readonly entity: string | null;
  readonly link: string | null;
  readonly facts: EventFacts;
}

type Told = readonly [kind: EventKind, facts: EventFacts];
type Telling = (body: JsonMap) => Told | null;

const text = (json: Json | undefined): string => (typeof json === "string" ? json : "");
const given = (facts: { readonly [name: string]: Json | undefined }): EventFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value === "string" && value !== ""));
const namesIn = (json: Json | undefined): readonly string[] =>
  json !== undefined && isMap(json) ? Object.keys(json) : [];

/** An order that somebody waited for is a run of its own. */
const orderForm = /^order ([^:\s]+):(\S+)$/;

const ofRun =
  (isOver: boolean): Telling =>
  ({ run, command, state }) => {
    const [, connection, record] = orderForm.exec(text(command)) ?? [];
    if (connection === undefined)
      return [isOver ? "run.ended" : "run.started", given({ run, command, state })];
    const facts = given({ run, operation: "order", connection, record, state });
    return isOver ? ["operation.ended", facts] : null;
  };
const ofPlan =
  (kind: EventKind): Telling =>
  ({ plan }) => [kind, given({ plan })];
const ofPause =
  (what: "paused" | "resumed"): Telling =>
  ({ kind, name }) => [kind === "entity" ? `entity.${what}` : `connection.${what}`, given({ name })];
const asked =
  (about: "conflict" | "candidate" | "dead_letter", what: "opened" | "closed"): Telling =>
  ({ field, reason, connection, id }) => [
    `question.${what}`,
    { about, ...given({ field, reason, connection, record: id }) },
  ];

const changed: Telling = ({ target, kind, id, before, after, sent }) => {
  const fields = [...new Set([before, after, sent].flatMap((each) => namesIn(each)))].toSorted();
  return ["record.changed", { ...given({ connection: target, record: id, did: kind }), fields }];
};

/** What each kind of entry tells; all others tell nothing. */
const tellings: { readonly [kind: string]: Telling } = {
  run_started: ofRun(false),
  run_ended: ofRun(true),
  intent_settled: changed,
  conflict_opened: asked("conflict", "opened"),
  conflict_closed: asked("conflict", "closed"),
  conflict_decided: asked("conflict", "closed"),
  candidate_found: asked("candidate", "opened"),
  candidate_reopened: asked("candidate", "opened"),
  candidate_decided: asked("candidate", "closed"),
  parked: asked("dead_letter", "opened"),
  redriven: asked("dead_letter", "closed"),
  plan_made: ofPlan("plan.made"),
  plan_approved: ofPlan("plan.approved"),
  plan_applied: ofPlan("plan.applied"),
  plan_stopped: ofPlan("plan.stopped"),
  paused: ofPause("paused"),
  resumed: ofPause("resumed"),
};
const toldKinds: readonly string[] = Object.keys(tellings);

/** What an entry of the journal tells; null when it is nobody's business. */
export function eventOf({ shard, seq, at, entity, link, kind, body }: ToldEntry): HappenedEvent | null {
  const telling = Object.hasOwn(tellings, kind) ? tellings[kind] : undefined;
  const told = telling === undefined || !isMap(body) ? null : telling(body);
  if (told === null) return null;
  const [happened, facts] = told;
  // A run is of no entity; one that makes an order is about the quote that it names.
  const of = facts.operation === "order" ? "quotes" : entity;
  return { id: `ev-${shard}-${seq}`, kind: happened, at, entity: of, link, facts };
}

/** How far the journal was read, by shard. */
export type Places = readonly number[];

/** An event, or null where nothing is told, and the place behind it. */
interface Happened {
  readonly event: HappenedEvent | null;
  readonly places: Places;
}

/** What came after a place: `isMore` when the journal goes on, else it was read to its end. */
export interface HappenedBatch {
  readonly happened: readonly Happened[];
  readonly from: Places;
  readonly isMore: boolean;
}

/** Entries read at once. */
const entriesMax = 500;

/** Reads what happened after a place. */
export async function readHappened(store: EventStore, places: Places): Promise<HappenedBatch> {
  const request = { places, kinds: toldKinds, limit: entriesMax };
  const { entries, from } = await store.followJournal(request);
  let reached = from;
  const happened = entries.map((entry): Happened => {
    reached = reached.with(entry.shard, entry.seq);
    return { event: eventOf(entry), places: reached };
  });
  return { happened, from, isMore: entries.length === entriesMax };
}

/** The event at one place of the journal; null where nothing is told, or where nothing is. */
export async function readEvent(
  store: EventStore,
  { shard, seq }: { readonly shard: number; readonly seq: number },
): Promise<HappenedEvent | null> {
  // No chain is read from beyond its end: all but one are left out.
  const places = allShards.map((each) => (each === shard ? seq - 1 : Number.MAX_SAFE_INTEGER));
  const { entries } = await store.followJournal({ places, kinds: toldKinds, limit: 1 });
  const [entry] = entries;
  return entry === undefined || entry.seq !== seq ? null : eventOf(entry);
}

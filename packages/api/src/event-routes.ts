import { z } from "zod";
import type { KeyRole } from "./access.ts";
import type { Route } from "./route.ts";
import { entity, exactly, noParams, said, saidOrNull } from "./schema.ts";

/** Kinds of events, with when they are told. */
export const eventWords = {
  "run.started": "a run begins",
  "run.ended": "a run is over; `state` says how",
  "operation.ended": "an order that somebody waited for is made, or not; `state` says how the try ended",
  "record.changed": "a record was written: `record` of `connection`, with the names of its fields",
  "question.opened": "a conflict, a candidate or a dead letter waits for a person",
  "question.closed": "it does not wait any more",
  "plan.made": "a plan is made",
  "plan.approved": "its harm beyond the guard is approved",
  "plan.applied": "all of it is done",
  "plan.stopped": "its apply ended before its end",
  "connection.paused": "somebody paused a connection",
  "connection.resumed": "it goes on",
  "entity.paused": "somebody paused an entity",
  "entity.resumed": "it goes on",
} as const;

/** A kind of event. */
export type EventKind = keyof typeof eventWords;

const isKind = (name: string): name is EventKind => Object.hasOwn(eventWords, name);
/** All kinds, in the order of their words. */
export const eventKinds: readonly EventKind[] = Object.keys(eventWords).filter((name) => isKind(name));

/** Which events are asked for. */
export interface EventQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly from: "now" | "start";
  /** Kinds with commas between; all when missing. */
  readonly kinds?: string | undefined;
}

const watchers: readonly KeyRole[] = ["viewer", "operator", "approver", "administrator", "agent"];
const oneKind = `(${eventKinds.map((kind) => kind.replace(".", String.raw`\.`)).join("|")})`;
const word = z.string().optional();

/** One event; every page, stream and delivery tells it in this form. */
export const eventSchema: z.ZodType = exactly({
  id: said("The same whoever reads it, and whenever"),
  kind: z.enum(eventKinds),
  at: said("ISO 8601 instant"),
  entity: entity.nullable(),
  link: saidOrNull("The link it is about"),
  facts: exactly({
    run: word,
    command: word,
    state: word,
    operation: word,
    connection: word,
    record: word.describe("A native id in `connection`"),
    did: word.describe("`create`, `update`, `archive` ..."),
    fields: z.array(z.string()).optional().describe("Names, those that the role sees"),
    about: z.enum(["conflict", "candidate", "dead_letter"]).optional(),
    field: word,
    reason: word,
    plan: word,
    name: word,
  }).describe("What it names: ids, states and names of fields, never a value"),
});

/** What happened. */
export const eventsRoute: Route<object, EventQuery> = {
  id: "listEvents",
  method: "get",
  path: "/events",
  tag: "Operations",
  summary: "What happened, as it happens",
  more:
    "Events say where to look; ask for the truth. With `Accept: text/event-stream` they come as " +
    "server-sent events until either side ends it: each with its cursor as its id, so that a reader that " +
    "comes back with `Last-Event-ID` misses nothing. Without it, a page: `next` is always there, for the " +
    "next look. Of a store that was restored, what it forgot is not told again.",
  scope: "operations:read",
  roles: watchers,
  params: noParams,
  query: exactly({
    limit: z.coerce.number().int().min(1).max(200).default(50).describe("Events of a page, 200 at most"),
    cursor: z
      .string()
      .max(1_000)
      .regex(/^[A-Za-z0-9_-]+$/)
      .optional()
      .describe("`next` of the page before, or the id of an event of a stream"),
    from: z
      .enum(["now", "start"])
      .default("now")
      .describe("Where to begin without a cursor: now, or with the first entry of the journal"),
    kinds: z
      .string()
      .max(500)
      .regex(new RegExp(`^${oneKind}(,${oneKind})*$`))
      .optional()
      .describe("Only these kinds, with commas between"),
  }),
  body: null,
  answers: [
    {
      status: 200,
      what: "What happened",
      schema: exactly({
        rows: z.array(eventSchema),
        next: said("Cursor behind the last of them"),
        isMore: z.boolean().describe("False when nothing else has happened yet"),
      }),
    },
  ],
  problems: ["cursor_invalid", "too_many_streams"],
  isKeyed: false,
  budgetMs: null,
  isStreamed: true,
};

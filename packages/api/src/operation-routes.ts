import type { EntityName } from "@crossfoot/model";
import { z } from "zod";
import { everyRole, onlookers, operators } from "./route.ts";
import type { Route } from "./route.ts";
import {
  anything,
  counted,
  day,
  entity,
  entityPaging,
  exactly,
  failure,
  line,
  linkName,
  noParams,
  noQuery,
  pageOf,
  paging,
  saidOrNull,
} from "./schema.ts";
import type { EntityPaging, Paging } from "./schema.ts";

/** What can be paused, in a path. */
export interface PausableParams {
  readonly kind: "entity" | "connection";
  readonly name: string;
}

const looking = {
  tag: "Operations",
  method: "get",
  scope: "operations:read",
  roles: onlookers,
  params: noParams,
  body: null,
  isKeyed: false,
  budgetMs: null,
  more: "",
  problems: [],
} as const;
const doing = { ...looking, scope: "operations:write", roles: operators } as const;

const rows = z.array(z.looseObject({}));
const proof = exactly({
  entity,
  records: counted("Links with a record on both sides"),
  fields: counted("Their fields that are compared"),
  recordsEqual: counted("Records that are equal by what was read last"),
  fieldsEqual: counted("Fields that are"),
  recordsProven: counted(
    "Equal records of which both sides were read lately; of `records` less `recordsApart`",
  ),
  fieldsProven: counted("Fields that are; of `fields` less `fieldsApart`"),
  recordsApart: counted("Records that differ only in what the contract keeps apart: they owe no proof"),
  fieldsApart: counted("Fields that the contract keeps apart"),
  oldest: exactly({ link: z.string(), ageMs: z.number() })
    .nullable()
    .describe("The record that owes a proof and has had none for the longest time"),
});
const status = exactly({
  connections: rows,
  observed: z.array(z.string()),
  pauses: rows,
  shards: rows,
  entities: rows,
  proofs: z.array(proof),
  cursors: rows,
  runs: rows,
  outlooks: rows,
  webhooks: exactly({ counts: rows, waiting: rows }),
  subscriptions: rows,
  epoch: z.looseObject({ number: z.number(), state: z.string() }),
  sealing: z.record(z.string(), z.unknown()).nullable(),
});
const run = exactly({
  id: z.string(),
  command: z.string(),
  state: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  summary: anything("What it did, or why it did nothing"),
});
const conflict = exactly({
  link: z.string(),
  entity,
  field: z.string(),
  reason: z.string(),
  state: z.string(),
  openedAt: z.string(),
  values: z.record(z.string(), z.unknown()).describe("What each side shows, by connection"),
});
const deadLetter = exactly({
  parkId: z.string(),
  link: z.string().nullable(),
  entity,
  reason: z.string(),
  connection: z.string().nullable(),
  externalId: z.string().nullable(),
  intentKey: z.string().nullable(),
  problems: z.record(z.string(), z.unknown()),
  failure: failure.nullable(),
  openedAt: z.string(),
  attempts: z.number(),
});
const pause = exactly({
  kind: z.enum(["entity", "connection"]),
  name: z.string(),
  by: z.string(),
  since: z.string(),
});
const changed = exactly({ isChanged: z.boolean().describe("False when it was so already") });
const settled = exactly({ settled: z.literal(true) });

/** How everything stands. */
export const statusRoute: Route<object, object> = {
  ...looking,
  id: "status",
  path: "/status",
  summary: "How everything stands",
  query: noQuery,
  answers: [{ status: 200, what: "Connections, entities, readings, last runs, quota", schema: status }],
};

/** The last runs. */
export const runsRoute: Route<object, Paging> = {
  ...looking,
  id: "listRuns",
  path: "/runs",
  summary: "The last runs, the newest first",
  more: "200 at most are kept in reach.",
  query: paging,
  answers: [{ status: 200, what: "A page of runs", schema: pageOf(run) }],
  problems: ["cursor_invalid"],
};

/** What waits for a decision. */
export const conflictsRoute: Route<object, EntityPaging> = {
  ...looking,
  id: "listConflicts",
  path: "/conflicts",
  summary: "Fields that wait for a person's decision",
  more: "Conflicts about fields that the key's role does not see are left out.",
  query: entityPaging,
  answers: [{ status: 200, what: "A page of conflicts", schema: pageOf(conflict) }],
  problems: ["cursor_invalid"],
};

/** Decides a conflict. */
export const decideConflictRoute: Route<
  { readonly link: string; readonly field: string },
  object,
  { readonly take: string }
> = {
  ...doing,
  id: "decideConflict",
  method: "post",
  path: "/conflicts/{link}/{field}/decision",
  summary: "Settle a conflict by the value of one connection",
  params: exactly({ link: linkName, field: line(200, "The field") }),
  query: noQuery,
  body: exactly({ take: line(40, "The connection whose value stands, such as `crm`") }),
  answers: [{ status: 200, what: "It is settled; the next run carries it out", schema: settled }],
  problems: ["conflict_unknown"],
  isKeyed: true,
};

/** What was set aside. */
export const deadLettersRoute: Route<object, EntityPaging> = {
  ...looking,
  id: "listDeadLetters",
  path: "/dead-letters",
  summary: "What was set aside, with the reason",
  query: entityPaging,
  answers: [{ status: 200, what: "A page of dead letters", schema: pageOf(deadLetter) }],
  problems: ["cursor_invalid"],
};

/** Puts back what was set aside. */
export const redriveRoute: Route<object, object, { readonly ids: readonly string[] }> = {
  ...doing,
  id: "redriveDeadLetters",
  method: "post",
  path: "/dead-letters/redrive",
  summary: "Put back what was set aside",
  query: noQuery,
  body: exactly({ ids: z.array(line(200, "`parkId` of a dead letter")).min(1).max(1_000) }),
  answers: [
    { status: 200, what: "How many were put back", schema: exactly({ redriven: counted("Dead letters") }) },
  ],
  isKeyed: true,
};

/** What people have paused. */
export const pausesRoute: Route<object, object> = {
  ...looking,
  id: "listPauses",
  path: "/pauses",
  summary: "What people have paused",
  query: noQuery,
  answers: [{ status: 200, what: "Pauses", schema: exactly({ rows: z.array(pause) }) }],
};

const pausable: z.ZodType<PausableParams> = exactly({
  kind: z.enum(["entity", "connection"]),
  name: line(40, "Such as `quotes`, or `erp`"),
});

/** Pauses something. */
export const pauseRoute: Route<PausableParams, object> = {
  ...doing,
  id: "pause",
  method: "put",
  path: "/pauses/{kind}/{name}",
  summary: "Pause an entity or a connection, for all workers",
  more: "What was sent is brought to an end, nothing more is read or written; webhooks are kept.",
  params: pausable,
  query: noQuery,
  answers: [{ status: 200, what: "It is paused", schema: changed }],
  problems: ["pausable_unknown"],
};

/** Lets it go on. */
export const resumeRoute: Route<PausableParams, object> = {
  ...doing,
  id: "resume",
  method: "delete",
  path: "/pauses/{kind}/{name}",
  summary: "Let what is paused go on",
  params: pausable,
  query: noQuery,
  answers: [{ status: 200, what: "It goes on", schema: changed }],
  problems: ["pausable_unknown"],
};

/** The proof that both systems agree, or what differs. */
export const statementRoute: Route<
  object,
  { readonly entity?: EntityName | undefined; readonly asOf?: string | undefined }
> = {
  ...looking,
  id: "statement",
  path: "/statement",
  summary: "Whether both systems agree, to the field and to the cent, or what differs and why",
  query: exactly({
    entity: entity.optional().describe("Only this entity"),
    asOf: day.optional().describe("Documents up to this day, as both systems showed them then"),
  }),
  answers: [
    {
      status: 200,
      what: "The statement",
      schema: z.looseObject({ madeAt: z.string(), contract: z.string(), entities: rows }),
    },
  ],
  problems: ["entity_hidden"],
};

/** Who is asking. */
export const meRoute: Route<object, object> = {
  ...looking,
  id: "me",
  tag: "Access",
  scope: null,
  roles: everyRole,
  path: "/me",
  summary: "What the key or the person that asks may do",
  query: noQuery,
  answers: [
    {
      status: 200,
      what: "The key, or the person of the session",
      schema: exactly({
        kind: z.enum(["key", "person"]),
        key: saidOrNull("The public part of the key"),
        csrfToken: saidOrNull("What unsafe requests of the session carry in `X-CSRF-Token`"),
        name: z.string(),
        role: z.string(),
        scopes: z.array(z.string()),
        expiresAt: z.string().nullable(),
        hidden: z.record(z.string(), z.array(z.string())).describe("Fields that its role does not see"),
      }),
    },
  ],
};

import type { EntityName } from "@crossfoot/model";
import { z } from "zod";
import { everyRole } from "./route.ts";
import type { Route } from "./route.ts";
import {
  anything,
  entity,
  exactly,
  fieldsOfRecord,
  linkName,
  noQuery,
  pageOf,
  paging,
  recordName,
  saidOrNull,
} from "./schema.ts";
import type { Paging } from "./schema.ts";

/** A record in a path: its entity, and its name. */
export interface RecordParams {
  readonly entity: EntityName;
  readonly id: string;
}

const member = exactly({
  connection: z.string(),
  id: z.string(),
  kind: z.string().describe("What was seen of it: `present`, `archived`, `deleted`, `not_seen` ..."),
  version: z.string().nullable(),
  modifiedAt: saidOrNull("Its last change there, where the system tells"),
  fields: fieldsOfRecord,
  problems: z.record(z.string(), z.unknown()).describe("Values that the mapping refuses, by field"),
});
const record = exactly({
  link: z.string(),
  entity,
  state: z.string().describe("`single`, `live`, `dormant`, `ended`"),
  verdict: saidOrNull("Outcome of its last decision"),
  members: z.array(member).describe("What each connection shows of it, as last read"),
});
const why = z
  .looseObject({
    link: z.string().nullable(),
    entity,
    state: z.string(),
    verdict: z.string().nullable(),
    members: z.array(z.looseObject({ connection: z.string(), id: z.string(), fields: fieldsOfRecord })),
    now: z.array(z.string()).describe("The decision as it would be taken now, in sentences"),
    journal: z.array(anything("An entry of the journal")),
  })
  .describe("Everything stored about the record that explains it");

const reading = {
  tag: "Records",
  method: "get",
  scope: "records:read",
  roles: everyRole,
  body: null,
  isKeyed: false,
  budgetMs: null,
} as const;
const paramsOfRecord: z.ZodType<RecordParams> = exactly({ entity, id: recordName });

/** The records of an entity. */
export const listRecordsRoute: Route<{ readonly entity: EntityName }, Paging> = {
  ...reading,
  id: "listRecords",
  path: "/records/{entity}",
  summary: "The records of an entity, as both systems were last read",
  more: "Reads the store only. Fields that the key's role does not see are left out.",
  params: exactly({ entity }),
  query: paging,
  answers: [{ status: 200, what: "A page of records", schema: pageOf(record) }],
  problems: ["cursor_invalid", "entity_hidden"],
};

/** One record with all its sides. */
export const recordRoute: Route<RecordParams, object> = {
  ...reading,
  id: "getRecord",
  path: "/records/{entity}/{id}",
  summary: "One record",
  more: "",
  params: paramsOfRecord,
  query: noQuery,
  answers: [{ status: 200, what: "The record", schema: record }],
  problems: ["record_unknown", "entity_hidden"],
};

/** Why a record is as it is. */
export const whyRoute: Route<RecordParams, object> = {
  ...reading,
  id: "explainRecord",
  path: "/records/{entity}/{id}/why",
  summary: "Why a record is as it is",
  more: "",
  params: paramsOfRecord,
  query: noQuery,
  answers: [{ status: 200, what: "What explains it", schema: why }],
  problems: ["record_unknown", "entity_hidden"],
};

/** The records that a link holds together. */
export const linkRoute: Route<{ readonly id: string }, object> = {
  ...reading,
  id: "getLink",
  path: "/links/{id}",
  summary: "The records that a link holds together",
  more: "",
  params: exactly({ id: linkName }),
  query: noQuery,
  answers: [{ status: 200, what: "The link with its records", schema: record }],
  problems: ["record_unknown", "entity_hidden"],
};

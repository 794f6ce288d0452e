import type { EntityName } from "@crossfoot/model";
import { z } from "zod";
import { everyRole } from "./route.ts";
import type { Route } from "./route.ts";
import {
  anything,
  counted,
  entity,
  exactly,
  fieldsOfRecord,
  line,
  linkName,
  noQuery,
  pageKeys,
  pageOf,
  recordName,
  recordParams,
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

/** A page of records, of all or of those with certain words. */
export interface RecordsQuery extends Paging {
  readonly search?: string | undefined;
}

/** The records of an entity. */
export const listRecordsRoute: Route<{ readonly entity: EntityName }, RecordsQuery> = {
  ...reading,
  id: "listRecords",
  path: "/records/{entity}",
  summary: "The records of an entity, as both systems were last read",
  more:
    "Reads the store only. Fields that the key's role does not see are left out, and nothing is found by " +
    "them. A search looks at some thousand records a call: its page may hold few rows or none and yet have " +
    "a `next`.",
  params: exactly({ entity }),
  query: exactly({
    ...pageKeys,
    search: line(
      200,
      "Only records in which each of these words stands, in a value or an id, whatever case and accents",
    ).optional(),
  }),
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

/** How many of the newest records of each entity are shown. */
export interface NewestQuery {
  readonly newest: number;
}

const amount = (what: string) => saidOrNull(`${what}, a decimal number as text`);
const customer = exactly({
  account: record,
  documents: z
    .array(
      exactly({
        entity,
        status: saidOrNull("Canonical state"),
        currency: saidOrNull("ISO 4217; null for documents without an amount"),
        count: counted("Documents"),
        gross: amount("Their gross totals"),
        open: amount("What is open of them"),
        overdue: amount("What is open of them and past its due date"),
      }),
    )
    .describe("Quotes, orders and invoices added up by state and currency"),
  related: z
    .array(
      exactly({
        entity,
        count: counted("Records that name the account; shipments are those of its orders"),
        records: z.array(record).describe("The newest ones"),
        isWhole: z.boolean().describe("False: the sums are those of the first 1,000 records"),
      }),
    )
    .describe("By entity"),
});

/** A customer with contacts, documents and sums. */
export const customerRoute: Route<{ readonly id: string }, NewestQuery> = {
  ...reading,
  id: "getCustomer360",
  path: "/accounts/{id}/customer-360",
  summary: "A customer at a glance: contacts, quotes, orders, invoices, shipments, and what is open",
  more:
    "Reads the store only, as of the last pass. Orders, invoices and shipments are told as the ERP shows " +
    "them, all else as the CRM does. Entities and fields that the key's role does not see are left out, of " +
    "the sums too.",
  params: recordParams,
  query: exactly({
    newest: z.coerce
      .number()
      .int()
      .min(0)
      .max(100)
      .default(20)
      .describe("Records of each entity, 100 at most"),
  }),
  answers: [{ status: 200, what: "The customer", schema: customer }],
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

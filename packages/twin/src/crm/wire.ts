import { isoDate, isoInstant, parseIsoInstant } from "../calendar.ts";
import type { BodyRules } from "../body.ts";
import { TwinError, type RefusalReason } from "../failure.ts";
import { numberIn, textIn, type TwinRecord } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { WireStyle } from "../pipeline.ts";
import type { RecordStyle } from "../records.ts";
import type { Orders } from "../shelf.ts";
import type { WebhookStyle } from "../webhook.ts";
import { createHmac } from "node:crypto";

/** Text fields without a length of their own hold that many characters. */
export const CRM_TEXT_MAX = 255;

const REFUSALS: Readonly<Record<RefusalReason, readonly [number, string]>> = {
  required: [400, "VALIDATION"],
  "too-long": [400, "VALIDATION"],
  "bad-value": [400, "VALIDATION"],
  "read-only": [400, "VALIDATION"],
  "unknown-field": [400, "VALIDATION"],
  "unknown-reference": [400, "VALIDATION"],
  "unknown-currency": [400, "VALIDATION"],
  "null-byte": [400, "VALIDATION"],
  duplicate: [409, "DUPLICATE"],
  state: [409, "STATE"],
  "in-use": [409, "IN_USE"],
  locked: [409, "LOCKED"],
  "not-found": [404, "NOT_FOUND"],
  stale: [412, "STALE"],
  forbidden: [403, "FORBIDDEN"],
};

/** The CRM's refusal for a reason. */
export function crmRefusal(reason: RefusalReason, path: string, message: string): TwinError {
  const [status, code] = REFUSALS[reason];
  return new TwinError(status, code, { message, field: path === "" ? null : path });
}

/** What the CRM decides about bodies. */
export function crmRules(ledger: Ledger): BodyRules {
  return {
    refuse: crmRefusal,
    joinPath: (parent, key) => (typeof key === "number" ? `${parent}[${key}]` : `${parent}.${key}`),
    textMax: CRM_TEXT_MAX,
    longText: "refuse",
    storeText: (value) => value,
    date: isoDate,
    instant: parseIsoInstant,
    fixedScale: false,
    exists: (target, _by, id) => ledger.get(target, id) !== undefined,
    idType: "string",
    nextRowId: () => `row_${String(ledger.nextNumber("rows", 1)).padStart(6, "0")}`,
  };
}

/** The CRM's id columns and stamps. */
export function crmStyle(ledger: Ledger, clock: () => number, granularityMs: number): RecordStyle {
  return {
    columns: ["id", "createdAt", "updatedAt", "createdBy", "updatedBy", "version", "archived"],
    stamp: (before, actor) => {
      const now = clock();
      const at = isoInstant(now - (now % granularityMs));
      const by = `usr_${actor}`;
      return {
        createdAt: before?.["createdAt"] ?? at,
        updatedAt: at,
        createdBy: before?.["createdBy"] ?? by,
        updatedBy: by,
        version: (numberIn(before, "version") ?? 0) + 1,
        ...(before === null ? { archived: false } : {}),
      };
    },
    nextId: (schema) => `${schema.prefix}_${String(ledger.nextNumber(schema.name, 1)).padStart(6, "0")}`,
    versionOf: (record) => String(numberIn(record, "version")),
    stampOf: (record) => Date.parse(stampOf(record)),
  };
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function stampOf(record: TwinRecord): string {
  return textIn(record, "updatedAt") ?? "";
}

/** The CRM's list orders. */
export const CRM_ORDERS: Orders = {
  byId: (left, right) => compareText(String(left.id), String(right.id)),
  byStamp: (left, right) =>
    compareText(stampOf(left), stampOf(right)) || compareText(String(left.id), String(right.id)),
};

/** The CRM's envelope: credentials, errors, rate headers. `tokens` is token to login. */
export function crmWire(tokens: Readonly<Record<string, string>>): WireStyle {
  return {
    base: "/api/v2",
    listField: "results",
    authenticate: (headers) => {
      const token = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";
      return Object.hasOwn(tokens, token) ? (tokens[token] ?? null) : null;
    },
    errorBody: (failure) => {
      if (failure.code === "MERGED") return failure.extra;
      const field = failure.field === null ? {} : { field: failure.field };
      return { error: { code: failure.code, message: failure.message, ...field, ...failure.extra } };
    },
    errors: {
      unauthorised: () => new TwinError(401, "UNAUTHORIZED", "token missing or wrong"),
      notFound: () => new TwinError(404, "NOT_FOUND", "no such resource"),
      notJson: () => new TwinError(400, "VALIDATION", "the body is not JSON"),
      throttled: () => new TwinError(429, "RATE_LIMIT", "too many calls"),
      broken: (status) =>
        new TwinError(status, status === 503 ? "UNAVAILABLE" : "INTERNAL", "something went wrong"),
    },
    rateHeaders: ({ limit, remaining, resetAt }) => ({
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    }),
  };
}

const CHANGES: Readonly<Record<string, string>> = {
  create: "created",
  write: "updated",
  delete: "deleted",
  archive: "archived",
  unarchive: "updated",
  merge: "merged",
  unmerge: "created",
};

/** How the CRM tells and signs events. */
export const CRM_WEBHOOKS: WebhookStyle = {
  eventOf: (commit) => {
    const change = CHANGES[commit.kind] ?? "updated";
    return {
      topic: `${commit.object}.${change}`,
      body: {
        eventId: `evt_${String(commit.seq).padStart(8, "0")}`,
        object: commit.object,
        id: commit.id,
        change,
        occurredAt: isoInstant(commit.committedAt),
      },
    };
  },
  batchMax: 50,
  bodyOf: (events) => events,
  headersOf: (rawBody, secret, now) => {
    const timestamp = String(Math.floor(now / 1000));
    const digest = createHmac("sha256", secret).update(`${timestamp}.${rawBody}`).digest("hex");
    return { "x-brightdesk-timestamp": timestamp, "x-brightdesk-signature": `sha256=${digest}` };
  },
  backoffMs: [1000, 4000, 16_000, 64_000],
};

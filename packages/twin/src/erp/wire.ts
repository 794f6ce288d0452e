import { createHmac } from "node:crypto";
import type { BodyRules } from "../body.ts";
import { compactDate, parsePlainInstant, plainInstant } from "../calendar.ts";
import { TwinError, type RefusalReason } from "../failure.ts";
import { textIn, type JsonMap } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { WireStyle } from "../pipeline.ts";
import type { RecordStyle } from "../records.ts";
import type { Orders } from "../shelf.ts";
import type { WebhookStyle } from "../webhook.ts";

/** Text fields without a length of their own hold that many characters. */
export const ERP_TEXT_MAX = 120;

const REFUSALS: Readonly<Record<RefusalReason, readonly [number, string]>> = {
  required: [422, "REQUIRED"],
  "too-long": [422, "TOO_LONG"],
  "bad-value": [422, "BAD_VALUE"],
  "read-only": [422, "READ_ONLY"],
  "unknown-field": [422, "UNKNOWN_FIELD"],
  "unknown-reference": [422, "UNKNOWN_REFERENCE"],
  "unknown-currency": [422, "UNKNOWN_CURRENCY"],
  "null-byte": [422, "NULL_BYTE"],
  duplicate: [409, "DUPLICATE"],
  state: [409, "STATE"],
  "in-use": [409, "IN_USE"],
  locked: [423, "LOCKED"],
  "not-found": [404, "NOT_FOUND"],
  stale: [409, "STALE_ROW"],
  forbidden: [405, "NOT_ALLOWED"],
};

/** The ERP's refusal for a reason. */
export function erpRefusal(reason: RefusalReason, path: string, message: string): TwinError {
  const [status, code] = REFUSALS[reason];
  return new TwinError(status, code, { message, field: path === "" ? null : path });
}

/** A refusal of the business rules: 422 with a code of its own. */
export function businessRefusal(code: string, field: string | null, message: string): TwinError {
  return new TwinError(422, code, { message, field });
}

/** Settings that change what the ERP stores. */
export interface ErpStoreSettings {
  /** Change stamps are cut to this, ms. */
  readonly stampGranularityMs: number;
  readonly longText: "refuse" | "truncate";
  readonly upperCaseCity: boolean;
  readonly reuseIds: boolean;
}

/** What the ERP decides about bodies. */
export function erpRules(ledger: Ledger, settings: ErpStoreSettings): BodyRules {
  return {
    refuse: erpRefusal,
    joinPath: (parent, key) => `${parent}.${key}`,
    textMax: ERP_TEXT_MAX,
    longText: settings.longText,
    storeText: (value, field) => {
      const trimmed = value.trim();
      if (trimmed === "") return null;
      return settings.upperCaseCity && field.name === "city" ? trimmed.toUpperCase() : trimmed;
    },
    date: compactDate,
    instant: parsePlainInstant,
    fixedScale: true,
    exists: (target, by, value) =>
      by === null ? ledger.get(target, value) !== undefined : ledger.where(target, by, [value]).length > 0,
    idType: "number",
    nextRowId: (rowsPath) => ledger.nextNumber(`rows.${rowsPath}`, 1),
  };
}

/** The ERP's id columns and stamps. */
export function erpStyle(ledger: Ledger, clock: () => number, settings: ErpStoreSettings): RecordStyle {
  return {
    columns: ["id", "created_at", "changed_at", "created_by", "changed_by", "row_version"],
    stamp: (before, actor) => {
      const now = clock();
      const at = plainInstant(now - (now % settings.stampGranularityMs));
      const version = Number((textIn(before, "row_version") ?? "rv-0").slice(3)) + 1;
      return {
        created_at: before?.["created_at"] ?? at,
        changed_at: at,
        created_by: before?.["created_by"] ?? actor,
        changed_by: actor,
        row_version: `rv-${version}`,
      };
    },
    nextId: (schema) => {
      const free = settings.reuseIds ? ledger.state.freeIds[schema.name]?.shift() : undefined;
      return free ?? ledger.nextNumber(schema.name, 1);
    },
    versionOf: (record) => textIn(record, "row_version") ?? "",
    stampOf: (record) => Date.parse(`${(textIn(record, "changed_at") ?? "").replace(" ", "T")}Z`),
  };
}

function compareStamp(left: JsonMap, right: JsonMap): number {
  const a = textIn(left, "changed_at") ?? "";
  const b = textIn(right, "changed_at") ?? "";
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The ERP's list orders. */
export const ERP_ORDERS: Orders = {
  byId: (left, right) => Number(left.id) - Number(right.id),
  byStamp: (left, right) => compareStamp(left, right) || Number(left.id) - Number(right.id),
};

function basicLogin(header: string, passwords: Readonly<Record<string, string>>): string | null {
  const encoded = /^Basic (.+)$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, "base64").toString();
  const login = decoded.slice(0, decoded.indexOf(":"));
  const password = decoded.slice(decoded.indexOf(":") + 1);
  return Object.hasOwn(passwords, login) && passwords[login] === password ? login : null;
}

/** The ERP's envelope: credentials, errors, rate headers. */
export function erpWire(
  apiKeys: Readonly<Record<string, string>>,
  passwords: Readonly<Record<string, string>>,
): WireStyle {
  return {
    base: "/rest/v1",
    listField: "rows",
    authenticate: (headers) => {
      const key = headers.get("x-api-key");
      if (key !== null) return Object.hasOwn(apiKeys, key) ? (apiKeys[key] ?? null) : null;
      return basicLogin(headers.get("authorization") ?? "", passwords);
    },
    errorBody: (failure) => {
      const field = failure.field === null ? {} : { field: failure.field };
      return { code: failure.code, text: failure.message, ...field };
    },
    errors: {
      unauthorised: () => new TwinError(401, "UNAUTHORISED", "key missing or wrong"),
      notFound: () => new TwinError(404, "NOT_FOUND", "no such resource"),
      notJson: () => new TwinError(400, "BAD_JSON", "the body is not JSON"),
      throttled: () => new TwinError(429, "TOO_MANY", "too many calls"),
      broken: (status) =>
        new TwinError(status, status === 503 ? "UNAVAILABLE" : "INTERNAL", "something went wrong"),
    },
    rateHeaders: ({ remaining }) => ({ "ratelimit-remaining": String(remaining) }),
  };
}

/** How the ERP tells and signs events: one per request, created and changed only. */
export const ERP_WEBHOOKS: WebhookStyle = {
  eventOf: (commit) => {
    if (commit.after === null || commit.object === "stock" || commit.object === "purchase_lines") return null;
    const topic = `${commit.object}.${commit.kind === "create" ? "created" : "changed"}`;
    return { topic, body: { topic, id: commit.id } };
  },
  batchMax: 1,
  bodyOf: (events) => events[0] ?? null,
  headersOf: (rawBody, secret) => ({
    "x-northgate-hmac": createHmac("sha256", secret).update(rawBody).digest("base64"),
  }),
  backoffMs: [2000, 8000],
};

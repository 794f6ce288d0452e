/**
 * A realistic CRM and a realistic ERP, in process and over HTTP, with faults on demand. API.md tells their
 * wire formats. Nothing here shares code with the engine, or agreement would prove nothing.
 */
export type { ArithmeticSettings } from "./arithmetic.ts";
export { CRM_TOKEN, createCrm, type Crm, type CrmOptions } from "./crm/crm.ts";
export type { CrmPeople } from "./crm/people.ts";
export type { Rounding } from "./decimal.ts";
export type { Payment, PaymentMethod } from "./erp/billing.ts";
export type { CarrierEvent, Departure, Quantities } from "./erp/delivery.ts";
export { createErp, ERP_API_KEY, ERP_PASSWORD, type Erp, type ErpOptions } from "./erp/erp.ts";
export type { ErpPeople, PriceChange, StockPlace } from "./erp/people.ts";
export { TwinError } from "./failure.ts";
export type { FaultEffect, FaultRule, Faults, FiredFault } from "./fault.ts";
export type { Field, FieldChange, FieldKind } from "./field.ts";
export type { Json, JsonMap, RecordId, RecordRef, TwinRecord } from "./json.ts";
export type { Commit, CommitKind, Deletion, LedgerState } from "./ledger.ts";
export type { TwinOptions } from "./options.ts";
export type { QuotaSettings } from "./quota.ts";
export { randomStream, type Random } from "./random.ts";
export type { Automation } from "./records.ts";
export { seedDemo, type DemoContents, type DemoOptions } from "./seed/demo.ts";
export type { Listening, ListenOptions } from "./serve.ts";
export type { Twin, TwinSnapshot } from "./twin.ts";
export type { Delivery, PendingEvent, Send, WebhookEffect, WebhookFault, Webhooks } from "./webhook.ts";

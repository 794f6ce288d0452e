import type { WebhookRule } from "./webhook-rule.ts";

/**
 * How vendors prove and write their deliveries. What a form leaves open (the secret, which native name is
 * which entity) is the user's. Each fact with its source; short names of sources are those of
 * packages/connector-sdk/SOURCES.md. UNCONFIRMED: no page and no recording tells it.
 */

/** A vendor's form: the rule, less what only the user knows. */
export type WebhookForm = Partial<WebhookRule>;

/**
 * HubSpot, signature v3: base64 HMAC-SHA256 with the app's client secret over method, address, body and the
 * time as it was sent (ms), 5 minutes; of the address only these escapes are decoded; the address is the one
 * that HubSpot calls, not that behind a proxy [HS-SIG]. An array of up to 100 events; `eventId` is not
 * promised to be unique, so a delivery is known by its bytes [HS-WH]. UNCONFIRMED: that every kind of
 * subscription sends `objectTypeId` (`0-1` contact, `0-2` company, `0-3` deal); the classic ones tell the
 * object in `subscriptionType` (`contact.creation`). A merge names its records otherwise: the next poll
 * finds it.
 */
const hubspot: WebhookForm = {
  signature: {
    header: "x-hubspot-signature-v3",
    encoding: "base64",
    signs: ["method", "url", "body", "timestamp"].map(braced).join(""),
    decodes: ":/?@!$'()*,;",
  },
  timestamp: { header: "x-hubspot-request-timestamp", form: "epochMs", toleranceMs: 300_000 },
  deliveryId: { digest: true },
  entity: { path: "objectTypeId" },
  id: "objectId",
};

/**
 * Salesforce, outbound message: no signature. The sender shows the organisation's client certificate, and its
 * `OrganizationId` has to be the one expected [SF-OM-SEC]; a proxy checks the certificate. SOAP, up to 100
 * notifications, an Ack in the answer [SF-OM-WSDL], again for 24 hours, in no order, known by the ids of the
 * notifications [SF-OM-NOT].
 */
const salesforce: WebhookForm = {
  certificate: true,
  body: "outbound-message",
  deliveryId: { path: "delivery" },
  rows: "notifications",
  entity: { path: "object" },
  id: "record",
};

/**
 * Dataverse, service endpoint of contract 8: no signature and no time; a key in the query (`code`,
 * WebhookKey) or in a header of one's own (then `token: {header, secret}`) [DV-WHREG]. The body is a
 * RemoteExecutionContext with the moment of the operation in it, so equal bytes are one delivery [DV-WHUSE].
 * A failure is tried once more on 502, 503 and 504 only [DV-WHREG].
 */
const dataverse: WebhookForm = {
  token: { query: "code" },
  deliveryId: { digest: true },
  busyStatus: 503,
  entity: { path: "PrimaryEntityName" },
  id: "PrimaryEntityId",
};

/**
 * Business Central, API subscriptions: no signature; `clientState` in every notification is the only secret.
 * Before a subscription is made or renewed the address is called with `validationToken`, which is the
 * answer. A status that is not 408, 429 or 5xx deletes the subscription. Of more than 1,000 changes it sends
 * one `collection` with an address that names no record: the next poll finds them [BC-SUB].
 */
const businessCentral: WebhookForm = {
  handshake: { query: "validationToken" },
  token: { path: "clientState" },
  deliveryId: { digest: true },
  rows: "value",
  entity: { path: "resource", after: "/", before: "(" },
  id: { path: "resource", after: "(", end: ")" },
};

/**
 * Frappe and ERPNext, DocType Webhook: base64 HMAC-SHA256 of the body as it was sent (Python's separators and
 * escapes); no time. Up to 3 tries, also after a time-out, so duplicates are normal [FR-WEBHOOK]. The body is
 * what its owner wrote: it has to name the record and its DocType.
 */
const frappe: WebhookForm = {
  signature: { header: "x-frappe-webhook-signature", encoding: "base64" },
  entity: { path: "doctype" },
  id: "name",
};

/**
 * EspoCRM: `Signature` is base64 of the webhook's id, a colon and the hex HMAC-SHA256 of the body; an array
 * of up to 50 events, which do not say what they are: the event stands in the address that we gave
 * (`?event=Account.update`). 429 loses the delivery, 503 is tried again, 410 deletes the subscription
 * [ESPO] (recorded).
 */
const espocrm: WebhookForm = {
  signature: { header: "signature", unwrap: "base64", after: ":", encoding: "hex" },
  busyStatus: 503,
  entity: { query: "event" },
  id: "id",
};

/**
 * Twenty: hex HMAC-SHA256 over the time (ms), a colon and the body. One event a call, no second try
 * [TWENTY]. Its nonce is not signed, so a delivery is known by its bytes.
 */
const twenty: WebhookForm = {
  signature: { header: "x-twenty-webhook-signature", signs: ["timestamp", "body"].map(braced).join(":") },
  timestamp: { header: "x-twenty-webhook-timestamp", form: "epochMs", toleranceMs: 300_000 },
  deliveryId: { digest: true },
  entity: { path: "objectMetadata.nameSingular" },
  id: "record.id",
};

/** Odoo 17 and later, automation "Send Webhook Notification": no signature, no second try [ODOO]. */
const odoo: WebhookForm = { token: { query: "token" }, entity: { path: "_model" }, id: "_id" };

/**
 * Dolibarr, module Webhook: no signature, a key in the address; sent before the commit, so that what is read
 * at once may be the state before: the next poll finds the rest [DOLI] (recorded). Use type 1 only: with
 * type 0 a receiver that is down makes the user's save fail.
 */
const dolibarr: WebhookForm = {
  token: { query: "token" },
  entity: { path: "triggercode" },
  id: "object.id",
};

function braced(name: string): string {
  return `\${${name}}`;
}

/** Forms by the name that a description uses. */
const forms: { readonly [name: string]: WebhookForm } = {
  "business-central": businessCentral,
  dataverse,
  dolibarr,
  espocrm,
  frappe,
  "hubspot-v3": hubspot,
  "odoo-automation": odoo,
  "salesforce-outbound-message": salesforce,
  twenty,
};

/** Names of the vendors' forms. */
export const webhookForms: readonly string[] = Object.keys(forms);

/** Whether a form of that name is known. */
export const isWebhookForm = (name: string): boolean => Object.hasOwn(forms, name);

/** The form of that name, or undefined when there is none. */
export const webhookForm = (name: string): WebhookForm | undefined =>
  isWebhookForm(name) ? forms[name] : undefined;

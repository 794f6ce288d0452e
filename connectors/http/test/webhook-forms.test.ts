import { createHmac } from "node:crypto";
import type { Received } from "@crossfoot/connector-sdk";
import { webhookForms } from "@crossfoot/connector-sdk";
import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { openWith, recordingAt, reply, variable } from "./session.ts";
import type { JsonMap } from "../src/wire.ts";

/** The signature that a vendor would make, by Node's own HMAC over the text put together here. */
const hmac = (key: string, text: string | Uint8Array, encoding: "hex" | "base64"): string =>
  createHmac("sha256", key).update(text).digest(encoding);

const now = Date.parse("2026-11-23T10:20:00.000Z");
const list = { path: "/accounts", rows: "$" };
const accounts = { object: "accounts", record: { id: "id" }, list };
const hook = variable("secret.hook");
const both = [hook, variable("secret.hookBefore")];

function described(webhook: JsonMap): JsonMap {
  return { language: 1, title: "t", auth: { kind: "none" }, entities: { accounts }, webhook };
}

/** Forms of which a delivery was taken here, and of which one was refused as forged. */
const tested = { taken: new Set<string>(), forged: new Set<string>() };

type Given = NonNullable<Parameters<typeof deliveryOf>[1]>;

async function opened(webhook: JsonMap & { readonly form: string }) {
  const { connection } = await openWith(described(webhook), () => reply(200, {}), { tenant: "t" });
  return {
    connection,
    receive: (body: string | Uint8Array, given: Given = {}): Received => {
      const received = connection.receive(deliveryOf(body, { receivedAt: now, ...given }));
      if (received.ok) tested.taken.add(webhook.form);
      else if (received.fault === "forged") tested.forged.add(webhook.form);
      return received;
    },
  };
}

const hint = (id: string) => [{ entity: "accounts", id }];
const isForged = { ok: false, fault: "forged" };

describe("hubspot-v3", () => {
  const form = {
    form: "hubspot-v3",
    secret: both,
    entity: { values: { "0-2": "accounts" } },
  };
  const body = JSON.stringify([
    {
      eventId: 3_816_279_340,
      subscriptionType: "object.propertyChange",
      objectId: 7001,
      objectTypeId: "0-2",
    },
  ]);
  const url = "https://hooks.acme.example/hooks/crm";
  const stamp = String(now - 1000);
  const signed = (key: string, text: string): Given => ({
    url,
    headers: { "x-hubspot-signature-v3": hmac(key, text, "base64"), "x-hubspot-request-timestamp": stamp },
  });

  it("signs method, address, body and time, base64", async () => {
    const { receive } = await opened(form);
    expect(receive(body, signed("hook-1", `POST${url}${body}${stamp}`))).toMatchObject({
      ok: true,
      secret: "hook",
      hints: hint("7001"),
    });
    expect(receive(body, signed("hook-0", `POST${url}${body}${stamp}`))).toMatchObject({
      secret: "hookBefore",
    });
    expect(receive(body, signed("guess", `POST${url}${body}${stamp}`))).toMatchObject(isForged);
    expect(receive(body, { ...signed("hook-1", `POST${url}${body}${stamp}`), url: `${url}x` })).toMatchObject(
      isForged,
    );
  });

  it("decodes some escapes of the address and no others before it signs", async () => {
    const { receive } = await opened(form);
    const asked = `${url}?a=%3A%2f%40&b=%20%25`;
    const text = `POST${url}?a=:/@&b=%20%25${body}${stamp}`;
    expect(receive(body, { ...signed("hook-1", text), url: asked })).toMatchObject({ ok: true });
  });

  it("five minutes old is stale; the same bytes at the same time are one delivery", async () => {
    const { receive } = await opened(form);
    const given = signed("hook-1", `POST${url}${body}${stamp}`);
    const late = { ...given, receivedAt: now + 300_000 };
    expect(receive(body, late)).toMatchObject({ ok: false, fault: "stale" });
    const first = receive(body, given);
    const again = receive(body, { ...given, receivedAt: now + 5_000 });
    expect(first.ok && again.ok && first.deliveryId === again.deliveryId).toBe(true);
  });
});

describe("business-central", () => {
  const form = {
    form: "business-central",
    secret: both,
    entity: { values: { customers: "accounts" } },
  };
  const company = "api/v2.0/companies(0f3c5a70-0000-4000-8000-000000000001)";
  const row = (resource: string, clientState = "hook-1"): JsonMap => ({
    subscriptionId: "cf-customers",
    clientState,
    resource,
    changeType: "updated",
    lastModifiedDateTime: "2026-11-23T10:20:00.057Z",
  });
  const told = (...value: readonly JsonMap[]): string => JSON.stringify({ value });
  const customer = `${company}/customers(8c2f5a70-0000-4000-8000-000000000002)`;

  it("answers the handshake with its token, and takes no hint from it", async () => {
    const { connection } = await opened(form);
    const asked = (token: string) =>
      connection.greet?.(deliveryOf("", { url: `https://x.example/hooks/erp?validationToken=${token}` }));
    expect(asked("Abc-12.3_")).toEqual({ contentType: "text/plain; charset=utf-8", body: "Abc-12.3_" });
    expect(asked(encodeURIComponent("<script>"))).toBe(null);
    expect(asked("x".repeat(1025))).toBe(null);
    expect(connection.greet?.(deliveryOf(told(row(customer))))).toBe(null);
  });

  it("is proved by clientState in every notification", async () => {
    const { receive } = await opened(form);
    expect(receive(told(row(customer)))).toMatchObject({
      ok: true,
      secret: "hook",
      hints: hint("8c2f5a70-0000-4000-8000-000000000002"),
    });
    expect(receive(told(row(customer, "hook-0")))).toMatchObject({ ok: true, secret: "hookBefore" });
    expect(receive(told(row(customer), row(customer, "guess")))).toMatchObject(isForged);
    expect(receive(told(row(customer), row(customer, "hook-0")))).toMatchObject(isForged);
    expect(receive(told())).toMatchObject(isForged);
    expect(receive("[]")).toMatchObject(isForged);
    expect(receive("{")).toMatchObject({ ok: false, fault: "malformed" });
  });

  it("of a collection, or of another resource, has no hint", async () => {
    const { receive } = await opened(form);
    const many = row(`${company}/customers?$filter=lastDateTimeModified gt 2026-11-23`);
    const other = row(`${company}/vendors(8c2f)`);
    expect(receive(told(many, other))).toMatchObject({ ok: true, hints: [] });
  });
});

describe("dataverse", () => {
  const form = {
    form: "dataverse",
    secret: both,
    entity: { values: { account: "accounts" } },
  };
  const body = JSON.stringify({
    MessageName: "Update",
    PrimaryEntityName: "account",
    PrimaryEntityId: "8c2f5a70-0000-4000-8000-000000000003",
    OperationCreatedOn: "/Date(1795421700123+0000)/",
  });

  it("is proved by the key in the address", async () => {
    const { receive, connection } = await opened(form);
    const at = (code: string): Given => ({ url: `https://x.example/hooks/crm?code=${code}` });
    expect(receive(body, at("hook-1"))).toMatchObject({
      ok: true,
      hints: hint("8c2f5a70-0000-4000-8000-000000000003"),
    });
    expect(receive(body, at("hook-2"))).toMatchObject(isForged);
    expect(receive(body)).toMatchObject(isForged);
    expect(connection.manifest.webhookBusyStatus).toBe(503);
  });

  it("takes its key from a header where the description says so", async () => {
    const { receive } = await opened({ ...form, token: { header: "X-Key" } });
    expect(receive(body, { headers: { "x-key": "hook-1" } })).toMatchObject({ ok: true });
  });
});

describe("frappe", () => {
  const form = { form: "frappe", secret: hook, entity: { values: { Customer: "accounts" } } };

  it("signs the bytes that Python wrote, escapes and blanks included", async () => {
    const { receive } = await opened(form);
    const body = String.raw`{"doctype": "Customer", "name": "M\u00fcller", "modified": "2026-11-23"}`;
    const given = { headers: { "x-frappe-webhook-signature": hmac("hook-1", body, "base64") } };
    expect(receive(body, given)).toMatchObject({ ok: true, hints: hint("Müller") });
    expect(receive(JSON.stringify(JSON.parse(body)), given)).toMatchObject(isForged);
  });

  it("is proved by the bytes as they came, also where they are no UTF-8", async () => {
    const { receive } = await opened(form);
    const bytes = Buffer.concat([
      Buffer.from('{"doctype":"Customer","name":"A","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const sign = (of: Uint8Array): Given => ({
      headers: { "x-frappe-webhook-signature": hmac("hook-1", of, "base64") },
    });
    expect(receive(bytes, sign(bytes))).toMatchObject({ ok: true, hints: hint("A") });
    expect(receive(bytes, sign(Buffer.from(bytes.toString("utf8"))))).toMatchObject(isForged);
  });
});

describe("espocrm", () => {
  it("recorded deliveries of two subscriptions are proved, and told apart by the address", async () => {
    const { receive, connection } = await opened({
      form: "espocrm",
      secret: variable("secret.webhook"),
      entity: { values: { "Account.create": "accounts" } },
    });
    const { request } = recordingAt("espocrm/54-webhook-received-account-create");
    const at = (event: string): Given => ({
      headers: request.headers,
      url: `https://x.example/hooks/crm?event=${event}`,
    });
    const body = request.rawBody ?? "";
    expect(receive(body, at("Account.create"))).toMatchObject({ ok: true, hints: hint("6b0445365e687ca38") });
    expect(receive(body, at("Task.create"))).toMatchObject({ ok: true, hints: [] });
    expect(receive(`${body} `, at("Account.create"))).toMatchObject(isForged);
    expect(connection.manifest.webhookBusyStatus).toBe(503);
  });
});

describe("twenty", () => {
  it("signs time, colon and body, hex", async () => {
    const { receive } = await opened({
      form: "twenty",
      secret: hook,
      entity: { values: { company: "accounts" } },
    });
    const body = JSON.stringify({ objectMetadata: { nameSingular: "company" }, record: { id: "c-1" } });
    const stamp = String(now);
    const headers = {
      "x-twenty-webhook-timestamp": stamp,
      "x-twenty-webhook-signature": hmac("hook-1", `${stamp}:${body}`, "hex"),
    };
    expect(receive(body, { headers })).toMatchObject({ ok: true, hints: hint("c-1") });
    const older = { ...headers, "x-twenty-webhook-timestamp": String(now - 1) };
    expect(receive(body, { headers: older })).toMatchObject(isForged);
  });
});

describe("odoo-automation and dolibarr", () => {
  it.each([
    ["odoo-automation", "res.partner", { _action: "Send", _id: 1187, _model: "res.partner" }],
    ["dolibarr", "COMPANY_MODIFY", { triggercode: "COMPANY_MODIFY", object: { id: 1187 } }],
  ])("%s is proved by the token in the address", async (form, name, body) => {
    const { receive } = await opened({ form, secret: hook, entity: { values: { [name]: "accounts" } } });
    const at = (token: string): Given => ({ url: `https://x.example/hooks/erp?token=${token}` });
    expect(receive(JSON.stringify(body), at("hook-1"))).toMatchObject({ ok: true, hints: hint("1187") });
    expect(receive(JSON.stringify(body), at(""))).toMatchObject(isForged);
  });
});

it("of every form that is offered a delivery was taken above, and a forged one refused", () => {
  // The one with a body of its own has a file of its own: webhook-outbound.test.ts.
  const here = webhookForms.filter((form) => form !== "salesforce-outbound-message");
  expect(here.length).toBe(webhookForms.length - 1);
  for (const forms of Object.values(tested)) expect([...forms].toSorted()).toEqual(here.toSorted());
});

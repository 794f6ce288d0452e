import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { openWith, reply } from "./session.ts";
import type { JsonMap } from "../src/wire.ts";

const list = { path: "/accounts", rows: "$" };
const accounts = { object: "accounts", record: { id: "id" }, list };
const organization = "00D000000000001EAA";
const notification = (id: string, record: string, type = "sf:Account"): string =>
  `<Notification><Id>${id}</Id><sObject xsi:type="${type}" ` +
  'xmlns:sf="urn:sobject.enterprise.soap.sforce.com">' +
  `<sf:Id>${record}</sf:Id><sf:Name>A &amp; B</sf:Name></sObject></Notification>`;
const message = (...notifications: readonly string[]): string =>
  '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ' +
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>' +
  '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">' +
  `<OrganizationId>${organization}</OrganizationId><ActionId>04k</ActionId>` +
  '<SessionId xsi:nil="true"/><EnterpriseUrl>https://x.example</EnterpriseUrl>' +
  `${notifications.join("")}</notifications></soapenv:Body></soapenv:Envelope>`;

const webhook: JsonMap = {
  form: "salesforce-outbound-message",
  expects: { organization },
  entity: { values: { Account: "accounts" } },
};

async function receiver(rule: JsonMap = webhook) {
  const description = {
    language: 1,
    title: "t",
    auth: { kind: "none" },
    entities: { accounts },
    webhook: rule,
  };
  const { connection } = await openWith(description, () => reply(200, {}), { tenant: "t" });
  return (body: string, hasCertificate = true) => connection.receive(deliveryOf(body, { hasCertificate }));
}

describe("an outbound message of Salesforce", () => {
  it("is taken with the certificate and the organisation, and acknowledged as a whole", async () => {
    const receive = await receiver();
    const body = message(
      notification("04l1", "001000000000001AAA"),
      notification("04l2", "003000000000001AAA", "sf:Contact"),
    );
    const received = receive(body);
    expect(received).toMatchObject({
      ok: true,
      hints: [{ entity: "accounts", id: "001000000000001AAA" }],
      answer: { contentType: "text/xml; charset=utf-8" },
    });
    expect(received.ok ? received.answer?.body : "").toContain("<Ack>true</Ack>");
    expect(receive(body, false)).toMatchObject({ ok: false, fault: "forged" });
    expect(receive(body.replaceAll(organization, "00D000000000002EAA"))).toMatchObject({
      ok: false,
      fault: "forged",
      reason: "organization is not what the description expects",
    });
  });

  it("is the same when its notifications come again, in whatever order", async () => {
    const receive = await receiver();
    const [a, b] = [notification("04l1", "1"), notification("04l2", "2")] as const;
    const idOf = (body: string): string => {
      const received = receive(body);
      return received.ok ? received.deliveryId : "";
    };
    expect(idOf(message(a, b))).toBe(idOf(message(b, a)));
    expect(idOf(message(a, b))).not.toBe(idOf(message(a)));
  });

  const bomb =
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Envelope>&b;</Envelope>';
  const dtd = "the body has a document type; an outbound message has none";
  const cut = "the body is no whole SOAP envelope";
  const unread = "the body is no XML, or its elements are nested too deeply";
  const other = "the body is no outbound message";
  it.each([
    ["entities that name each other", bomb, dtd],
    ["an entity from outside", '<!doctype a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', dtd],
    ["elements a thousand deep", `<Envelope>${"<a>".repeat(1000)}${"</a>".repeat(1000)}</Envelope>`, unread],
    ["its end cut off", message(notification("04l1", "1")).slice(0, -3), cut],
    ["a tag that is not closed", "<Envelope><a <b></Envelope>", other],
    ["no XML at all", '{"a":1}', cut],
    ["another message", "<Envelope><Body><other/></Body></Envelope>", other],
    ["no notification", message(), "the message has no notification"],
    [
      "a hundred and one",
      message(...Array.from({ length: 101 }, (_one, at) => notification(`n${at}`, "1"))),
      "more than 100 notifications",
    ],
    [
      "names of prototypes",
      "<Envelope><Body><__proto__><Notification/></__proto__></Body></Envelope>",
      unread,
    ],
  ])("with %s is refused as unreadable", async (_title, body, reason) => {
    expect((await receiver())(body)).toEqual({ ok: false, fault: "malformed", reason });
    expect(({} as { Notification?: unknown }).Notification).toBe(undefined);
  });

  it("a rule without certificate, token or signature is refused by the checker", async () => {
    await expect(receiver({ ...webhook, certificate: false })).rejects.toThrow(
      "description.webhook: needs signature or token or certificate",
    );
  });
});

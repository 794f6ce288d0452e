import { createHash } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import type { Json } from "@crossfoot/kernel";
import { isList, isMap, mapsOf } from "./native-json.ts";
import type { DeliveryAnswer } from "./ports.ts";

/**
 * Outbound messages of Salesforce: SOAP 1.1 with namespace http://soap.sforce.com/2005/09/outbound, one
 * `notifications` with `OrganizationId`, `ActionId` and up to 100 `Notification` of `Id` and `sObject`, whose
 * `xsi:type` is the object and whose `sf:Id` is the record. Answered by an `Ack` for the whole batch; without
 * it the batch comes again for 24 hours. Source: SOAP API guide,
 * sforce_api_om_outboundmessaging_notifications and _wsdl (as in SOURCES.md).
 */

/** Notifications of one message; more is not a message of Salesforce. */
const notificationsMax = 100;
/** Elements in each other: envelope, body, notifications, notification, record, field. */
const depthMax = 20;

const parser: XMLParser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: depthMax,
  isArray: (name) => name === "Notification",
});

/**
 * An outbound message as JSON: `organization`, `action`, `delivery` (a digest of the ids of its
 * notifications, the same when the batch comes again) and `notifications` of `{id, object, record}`, null
 * where one is missing. A text: why it is none. Neither a DOCTYPE nor an entity is ever looked at. Pure;
 * never throws.
 */
export function readOutboundMessage(bytes: Uint8Array): Json {
  const text = new TextDecoder("utf-8", { fatal: false }).decode(bytes);
  if (/<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text))
    return "the body has a document type; an outbound message has none";
  // The parser is lenient: what was cut on the way is told by its end.
  if (!/<\/(?:[\w.-]{1,40}:)?Envelope>\s{0,40}$/.test(text.slice(-100)))
    return "the body is no whole SOAP envelope";
  try {
    return messageOf(parser.parse(text) as Json);
  } catch {
    return "the body is no XML, or its elements are nested too deeply";
  }
}

function messageOf(document: Json): Json {
  const told = inner(document, ["Envelope", "Body", "notifications"]);
  if (!isMap(told)) return "the body is no outbound message";
  const rows = mapsOf(told["Notification"]);
  if (rows.length === 0) return "the message has no notification";
  if (rows.length > notificationsMax) return `more than ${notificationsMax} notifications`;
  const notifications = rows.map((row) => {
    const type = textAt(row, ["sObject", "@type"]);
    return {
      id: textAt(row, ["Id"]),
      object: type === null ? null : (type.split(":").at(-1) ?? null),
      record: textAt(row, ["sObject", "Id"]),
    };
  });
  const ids = notifications.map(({ id }) => id ?? "").toSorted();
  return {
    organization: textAt(told, ["OrganizationId"]),
    action: textAt(told, ["ActionId"]),
    delivery: createHash("sha256").update(ids.join("\n")).digest("hex"),
    notifications,
  };
}

/** What stands under these elements; the first where one stands several times. */
function inner(json: Json | undefined, names: readonly string[]): Json | undefined {
  const [name, ...rest] = names;
  const one = isList(json) ? json[0] : json;
  if (name === undefined) return one;
  return isMap(one) && Object.hasOwn(one, name) ? inner(one[name], rest) : undefined;
}

function textAt(json: Json, names: readonly string[]): string | null {
  const found = inner(json, names);
  return typeof found === "string" && found !== "" ? found : null;
}

/** Tells Salesforce that a message was taken; without this body it sends the message again. */
export const outboundAcknowledgement: DeliveryAnswer = {
  contentType: "text/xml; charset=utf-8",
  body:
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>' +
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>",
};

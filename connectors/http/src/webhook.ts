import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Delivery, Hint, Received } from "@crossfoot/connector-sdk";
import { secretScope } from "./auth.ts";
import type { System } from "./call.ts";
import { parseJson } from "./json.ts";
import type { Signature, Webhook } from "./language.ts";
import { at } from "./path.ts";
import { render, scopeOf } from "./template.ts";
import type { Scope } from "./template.ts";
import { idOf, isList, textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/** Largest delivery that is looked at; a hint is small. */
const bodyLengthMax = 1_048_576;
/** Most hints of one delivery; more is a flood, and the next poll finds what it meant. */
const rowsMax = 5000;
const toleranceDefaultMs = 300_000;

/** Proves a delivery, then reads which records to look at. Pure; never throws. */
export function receive(system: System, delivery: Delivery): Received {
  const { webhook } = system.description;
  if (webhook === undefined) return refuse("the description has no webhook");
  if (delivery.body.length > bodyLengthMax) return refuse(`longer than ${bodyLengthMax} characters`);
  const doubt = unproved(system, webhook, delivery);
  if (doubt !== undefined) return refuse(doubt);
  const body = parseJson(delivery.body);
  if (body === undefined) return refuse("the body is no JSON");
  const told = webhook.rows === undefined ? body : at(body, webhook.rows);
  const rows = isList(told) ? told : [told ?? null];
  if (rows.length > rowsMax) return refuse(`more than ${rowsMax} rows`);
  const hints = rows.flatMap((row) => hintOf(webhook, row));
  return { ok: true, deliveryId: deliveryId(webhook, delivery, body), hints };
}

const refuse = (reason: string): Received => ({ ok: false, reason });

/** A row about an entity that we do not know, or without an id, is no hint. */
function hintOf(webhook: Webhook, row: Json): readonly Hint[] {
  const { entity } = webhook;
  const value = entity.path === undefined ? undefined : textOf(at(row, entity.path));
  const values = entity.values ?? {};
  const name = entity.is ?? (value !== undefined && Object.hasOwn(values, value) ? values[value] : undefined);
  const id = idOf(at(row, webhook.id));
  return name === undefined || id === undefined ? [] : [{ entity: name, id }];
}

/**
 * The sender's own id. Without one, body and time of arrival: two equal deliveries may be two changes, and
 * a hint too many costs one read, a hint too few is a change seen late.
 */
function deliveryId(webhook: Webhook, delivery: Delivery, body: Json): string {
  const { path, header } = webhook.deliveryId ?? {};
  const told = path === undefined ? undefined : textOf(at(body, path));
  const named = told ?? (header === undefined ? undefined : delivery.headers[header.toLowerCase()]);
  if (named !== undefined && named !== "") return named;
  return createHash("sha256").update(`${delivery.receivedAt}\n${delivery.body}`).digest("hex");
}

/**
 * Why a delivery is not proved, or undefined when it is. Names what is wrong, never a secret or a
 * signature.
 */
function unproved(system: System, webhook: Webhook, delivery: Delivery): string | undefined {
  const scope = secretScope(system.session, system.scope);
  try {
    const late = untimely(webhook, delivery);
    if (late !== undefined) return late;
    if (webhook.token !== undefined && !hasToken(webhook.token, delivery, scope))
      return "the token is missing or wrong";
    if (webhook.signature === undefined) return webhook.token === undefined ? "nothing proves it" : undefined;
    return isSigned(webhook.signature, stamped(webhook, delivery), scope)
      ? undefined
      : "the signature is missing or wrong";
  } catch (error) {
    if (error instanceof ConnectorError) return error.message;
    throw error;
  }
}

function untimely(webhook: Webhook, delivery: Delivery): string | undefined {
  const { timestamp } = webhook;
  if (timestamp === undefined) return undefined;
  const text = delivery.headers[timestamp.header.toLowerCase()];
  if (text === undefined || text.trim() === "") return "the time of the delivery is missing";
  const form = timestamp.form ?? "epoch";
  const ms = form === "iso" ? Date.parse(text) : Number(text) * (form === "epoch" ? 1000 : 1);
  if (!Number.isFinite(ms)) return "the time of the delivery cannot be read";
  const isClose = Math.abs(delivery.receivedAt - ms) <= (timestamp.toleranceMs ?? toleranceDefaultMs);
  return isClose ? undefined : "too old or too early";
}

function hasToken(
  token: { readonly header: string; readonly secret: string },
  delivery: Delivery,
  scope: Scope,
): boolean {
  const given = delivery.headers[token.header.toLowerCase()];
  const secret = textOf(render(token.secret, scope));
  return (
    given !== undefined &&
    secret !== undefined &&
    secret !== "" &&
    isSame(Buffer.from(given), Buffer.from(secret))
  );
}

/** A delivery with the time that its header tells. */
interface Stamped extends Delivery {
  readonly stamp: string | undefined;
}

function stamped(webhook: Webhook, delivery: Delivery): Stamped {
  const header = webhook.timestamp?.header.toLowerCase();
  return { ...delivery, stamp: header === undefined ? undefined : delivery.headers[header] };
}

function isSigned(signature: Signature, delivery: Stamped, scope: Scope): boolean {
  const given = givenSignature(signature, delivery.headers[signature.header.toLowerCase()]);
  if (given === undefined || given.length === 0) return false;
  const signed =
    signature.signs === undefined
      ? delivery.body
      : textOf(render(signature.signs, scopeOf({ timestamp: delivery.stamp, body: delivery.body })));
  if (signed === undefined) return false;
  const templates = typeof signature.secret === "string" ? [signature.secret] : signature.secret;
  // Every key is tried, so that the time taken does not tell which one fitted.
  const results = templates.map((template) => {
    const secret = textOf(render(template, scope));
    if (secret === undefined || secret === "") return false;
    return isSame(
      given,
      createHmac(signature.algorithm ?? "sha256", secret)
        .update(signed, "utf8")
        .digest(),
    );
  });
  return results.includes(true);
}

function givenSignature(signature: Signature, header: string | undefined): Buffer | undefined {
  let text = header?.trim();
  if (text === undefined) return undefined;
  if (signature.unwrap === "base64") text = Buffer.from(text, "base64").toString("latin1");
  if (signature.after !== undefined) {
    const from = text.lastIndexOf(signature.after);
    if (from < 0) return undefined;
    text = text.slice(from + signature.after.length);
  }
  if (signature.prefix !== undefined) {
    if (!text.startsWith(signature.prefix)) return undefined;
    text = text.slice(signature.prefix.length);
  }
  if ((signature.encoding ?? "hex") === "base64") return Buffer.from(text, "base64");
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : undefined;
}

/** Compares in a time that does not depend on where the two differ. */
function isSame(a: Buffer, b: Buffer): boolean {
  const digest = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}

import { createHash } from "node:crypto";
import {
  ConnectorError,
  outboundAcknowledgement,
  partOf,
  proveDelivery,
  queryOf,
  readOutboundMessage,
} from "@crossfoot/connector-sdk";
import type {
  Delivery,
  DeliveryAnswer,
  Hint,
  NamedSecret,
  Proved,
  Received,
  WebhookRule,
} from "@crossfoot/connector-sdk";
import { secretScope } from "./auth.ts";
import type { System } from "./call.ts";
import { parseJson } from "./json.ts";
import { at } from "./path.ts";
import { render, variablesOf } from "./template.ts";
import type { Scope } from "./template.ts";
import { idOf, isList, textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/** Largest delivery that is looked at; a hint is small. */
const bodyBytesMax = 1_048_576;
/** Most hints of one delivery; more is a flood, and the next poll finds what it meant. */
const rowsMax = 5000;
/** Longest question of a sender that asks whether the address is ours, and what it may be made of. */
const greeting = /^[\w.~+/=:-]{1,1024}$/;

/** Proves a delivery, then reads which records to look at. Pure; never throws. */
export function receive(system: System, delivery: Delivery): Received {
  const { webhook } = system.description;
  if (webhook === undefined) return forged("the description has no webhook");
  if (delivery.body.length > bodyBytesMax) return malformed(`longer than ${bodyBytesMax} bytes`);
  let proved: Proved;
  try {
    proved = prove(system, webhook, delivery);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return forged(error.message);
  }
  if (!proved.ok) return proved;
  const read = readBody(webhook, delivery);
  if ("problem" in read) return malformed(read.problem);
  const { body, rows } = read;
  const other = unexpected(system, webhook, body);
  if (other !== undefined) return forged(`${other} is not what the description expects`);
  if (rows.length > rowsMax) return malformed(`more than ${rowsMax} rows`);
  const hints = rows.flatMap((row) => hintOf(webhook, row, delivery.url));
  return {
    ok: true,
    deliveryId: deliveryId(webhook, delivery, body),
    hints,
    ...(proved.secret === null ? {} : { secret: proved.secret }),
    ...(webhook.body === "outbound-message" ? { answer: outboundAcknowledgement } : {}),
  };
}

/** What a sender wants to hear that asks whether the address is ours; null when it does not ask. */
export function greet(system: System, delivery: Delivery): DeliveryAnswer | null {
  const { handshake } = system.description.webhook ?? {};
  const asked = handshake === undefined ? undefined : queryOf(delivery.url, handshake.query);
  if (asked === undefined || !greeting.test(asked)) return null;
  return { contentType: "text/plain; charset=utf-8", body: asked };
}

const forged = (reason: string): Refused => ({ ok: false, fault: "forged", reason });
const malformed = (reason: string): Refused => ({ ok: false, fault: "malformed", reason });

type Refused = Extract<Received, { readonly ok: false }>;

interface Body {
  readonly body: Json;
  readonly rows: readonly Json[];
}

function readBody(webhook: WebhookRule, delivery: Delivery): Body | { readonly problem: string } {
  const isSoap = webhook.body === "outbound-message";
  const body = isSoap
    ? readOutboundMessage(delivery.body)
    : parseJson(new TextDecoder().decode(delivery.body));
  if (body === undefined) return { problem: "the body is no JSON" };
  if (isSoap && typeof body === "string") return { problem: body };
  const told = webhook.rows === undefined ? body : at(body, webhook.rows);
  return { body, rows: isList(told) ? told : [told ?? null] };
}

/** The body is read before it is proved only where the proof stands in it. */
function prove(system: System, webhook: WebhookRule, delivery: Delivery): Proved {
  const { token, signature } = webhook;
  const scope = secretScope(system.session, system.scope);
  const named = (texts: string | readonly string[] | undefined): readonly NamedSecret[] =>
    secretsOf(texts ?? webhook.secret ?? [], scope);
  const read = token?.path === undefined ? null : readBody(webhook, delivery);
  if (read !== null && "problem" in read) return malformed(read.problem);
  const proved = proveDelivery(webhook, delivery, {
    signature: named(signature?.secret),
    token: named(token?.secret),
    tokens: token === undefined ? [] : tokensOf(token, delivery, read?.rows ?? []),
  });
  return proved;
}

/** Which of the values that have to stand in the body is another one, or undefined when none is. */
function unexpected(system: System, webhook: WebhookRule, body: Json): string | undefined {
  return Object.entries(webhook.expects ?? {}).find(([path, template]) => {
    const wanted = textOf(render(template, system.scope));
    return wanted === undefined || textOf(at(body, path)) !== wanted;
  })?.[0];
}

/**
 * Secrets by the names that `crossfoot.yaml` gives them. One of several may not be set: a description names
 * two, and the second is there only while the first is changed.
 */
function secretsOf(texts: string | readonly string[], scope: Scope): readonly NamedSecret[] {
  const templates = typeof texts === "string" ? [texts] : texts;
  const found: NamedSecret[] = [];
  let missing: ConnectorError | null = null;
  for (const [index, template] of templates.entries()) {
    const [variable = `secret.${index + 1}`] = variablesOf(template);
    try {
      const value = textOf(render(template, scope)) ?? "";
      found.push({ name: variable.replace(/^secret\./, ""), value });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      missing ??= error;
    }
  }
  if (found.length === 0 && missing !== null) throw missing;
  return found;
}

function tokensOf(
  token: NonNullable<WebhookRule["token"]>,
  delivery: Delivery,
  rows: readonly Json[],
): readonly (string | undefined)[] {
  const { header, query, path } = token;
  if (path !== undefined) return rows.map((row) => textOf(at(row, path)));
  return [query === undefined ? delivery.headers[header?.toLowerCase() ?? ""] : queryOf(delivery.url, query)];
}

/** A row about an entity that we do not know, or without an id, is no hint. */
function hintOf(webhook: WebhookRule, row: Json, url: string): readonly Hint[] {
  const { entity, id } = webhook;
  const values = entity.values ?? {};
  const told = entity.query === undefined ? textOf(at(row, entity.path ?? "$")) : queryOf(url, entity.query);
  const value = told === undefined ? undefined : partOf(told, entity);
  const name = entity.is ?? (value !== undefined && Object.hasOwn(values, value) ? values[value] : undefined);
  const found = at(row, typeof id === "string" ? id : id.path);
  const external = typeof id === "string" ? idOf(found) : idOf(partOf(textOf(found) ?? "", id));
  return name === undefined || external === undefined ? [] : [{ entity: name, id: external }];
}

/**
 * The sender's own id; else, where its rule says so, a digest of time and bytes. Without either the moment of
 * arrival counts too: two equal deliveries may be two changes, and a hint too many costs one read, a hint too
 * few is a change seen late.
 */
function deliveryId(webhook: WebhookRule, delivery: Delivery, body: Json): string {
  const { path, header, digest } = webhook.deliveryId ?? {};
  const told = path === undefined ? undefined : textOf(at(body, path));
  const named = told ?? (header === undefined ? undefined : delivery.headers[header.toLowerCase()]);
  if (named !== undefined && named !== "") return named.length > idLengthMax ? sha256(named) : named;
  const stamp =
    webhook.timestamp === undefined ? "" : delivery.headers[webhook.timestamp.header.toLowerCase()];
  const moment = digest === true ? (stamp ?? "") : String(delivery.receivedAt);
  const address = webhook.entity.query === undefined ? "" : delivery.url;
  return sha256(`${moment}\n${address}\n`, delivery.body);
}

/** Longest id of a sender that is kept as it is. */
const idLengthMax = 200;

function sha256(head: string, body: Uint8Array = new Uint8Array()): string {
  return createHash("sha256").update(head).update(body).digest("hex");
}

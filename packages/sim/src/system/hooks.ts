import { createHash } from "node:crypto";
import type { Delivery, DeliveryFault, Received } from "@crossfoot/connector-sdk";
import type { ExternalId } from "@crossfoot/kernel";
import { isEntityName } from "@crossfoot/model";
import type { Profile } from "./profile.ts";

/** Deliveries whose stamp is further away from our clock are refused, ms. */
const ageMsMax = 300_000;
/** Longest body that is looked at. */
const bodyCharsMax = 20_000;

const mark = (secret: string, text: string): string =>
  createHash("sha256").update(`${secret}\n${text}`).digest("hex");

/** The key that a system signs its deliveries with. */
export const secretOf = ({ role }: Profile): string => `webhook key of ${role}`;

/** A delivery as a system sends it. */
export function signedDelivery(at: {
  readonly secret: string;
  readonly id: string;
  /** The sender's clock, ms since 1970. */
  readonly stamp: number;
  readonly records: readonly { readonly entity: string; readonly id: string }[];
}): Omit<Delivery, "receivedAt"> {
  const body = JSON.stringify({ records: at.records });
  const stamp = String(at.stamp);
  return {
    method: "POST",
    url: "https://hooks.example/",
    hasCertificate: false,
    headers: {
      "content-type": "application/json",
      "x-delivery": at.id,
      "x-stamp": stamp,
      "x-signature": mark(at.secret, `${at.id}\n${stamp}\n${body}`),
    },
    body: Buffer.from(body),
  };
}

/** The body of a delivery as text. */
export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

/** Reads a delivery as the system's connector would: whoever cannot sign is not heard. Never throws. */
export function receiveFrom(profile: Profile, delivery: Delivery): Received {
  const { headers, receivedAt } = delivery;
  const body = textOf(delivery.body);
  const refuse = (fault: DeliveryFault, reason: string): Received => ({ ok: false, fault, reason });
  if (headers["content-type"] !== "application/json") return refuse("malformed", "the body is no JSON");
  if (body.length > bodyCharsMax) return refuse("malformed", "the body is too large");
  const id = headers["x-delivery"] ?? "";
  const stamp = headers["x-stamp"] ?? "";
  if (headers["x-signature"] !== mark(secretOf(profile), `${id}\n${stamp}\n${body}`))
    return refuse("forged", "the signature does not fit");
  const isNear = Math.abs(receivedAt - Number(stamp)) <= ageMsMax;
  if (!isNear) return refuse("stale", "the stamp is too far from our clock");
  const parsed = JSON.parse(body) as { readonly records: readonly { entity: string; id: string }[] };
  const hints = parsed.records.flatMap((record) =>
    isEntityName(record.entity) ? [{ entity: record.entity, id: record.id as ExternalId }] : [],
  );
  return { ok: true, deliveryId: id, hints };
}

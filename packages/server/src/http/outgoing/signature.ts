import { createHmac } from "node:crypto";

/** What is signed: the id and the body of a message, and when it is sent. */
export interface Signed {
  /** Without a full stop: the parts are joined by them. */
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The three headers of a signed message, with one signature for each key: `v1,` and HMAC-SHA256 over
 * `id.timestamp.body` in base64; while two secrets rotate a receiver takes whichever it knows. Source:
 * Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md,
 * sections "Signature scheme" and "Webhook headers", read 2026-11).
 */
export function signatureHeaders(
  { id, timestamp, body }: Signed,
  keys: readonly Uint8Array[],
): { readonly [header: string]: string } {
  const signatures = keys.map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}

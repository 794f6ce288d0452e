import type { Delivery } from "../ports.ts";

/** A delivery as the server hands it over: a POST without headers, received at 0, where nothing is said. */
export function deliveryOf(body: string | Uint8Array, given: Partial<Omit<Delivery, "body">> = {}): Delivery {
  const { headers = {}, receivedAt = 0, hasCertificate = false } = given;
  const { method = "POST", url = "https://hooks.example/hooks/crm" } = given;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { method, url, headers, body: bytes, hasCertificate, receivedAt };
}

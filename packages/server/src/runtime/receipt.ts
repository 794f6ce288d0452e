import type { DeliveryAnswer } from "@crossfoot/connector-sdk";

/** What the sender of a webhook delivery is told. */
export interface Receipt {
  readonly status: number;
  /** A word for a program; never why a delivery was not proved. */
  readonly reason: string;
  /** What the sender wants to hear instead; only with status 200. */
  readonly answer?: DeliveryAnswer;
  /** When it may try again, s. */
  readonly retryAfterSeconds?: number;
}

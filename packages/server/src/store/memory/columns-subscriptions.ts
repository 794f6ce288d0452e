import type { AttemptState } from "../port.ts";

/** A row of `subscription`. */
interface SubscriptionTable {
  readonly name: string;
  readonly state: "open" | "stopped";
  readonly reason: string | null;
  readonly places: readonly number[];
  readonly last_number: number;
  readonly delivered_at: number | null;
  readonly holder: string;
  readonly fence: number;
  readonly expires_at: number;
}

/** A row of `subscription_delivery`. */
export interface SubscriptionDeliveryTable {
  readonly subscription: string;
  readonly number: number;
  readonly shard: number;
  readonly seq: number;
  readonly kind: string;
  readonly attempt: number;
  readonly at: number;
  readonly state: AttemptState;
  readonly status: number | null;
  readonly cause: string | null;
  readonly ms: number | null;
  readonly next_at: number | null;
  readonly is_again: boolean;
  readonly asked_by: string | null;
}

/** Rows of subscriptions, by table. */
export interface SubscriptionRows {
  readonly subscription: SubscriptionTable;
  readonly subscription_delivery: SubscriptionDeliveryTable;
}

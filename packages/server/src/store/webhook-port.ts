import type { ConnectionId } from "@crossfoot/kernel";
import type { RecordKey } from "./facts.ts";

/** What may become of a delivery, in the order in which it is shown. Each is counted by itself. */
export const deliveryOutcomes = [
  "accepted",
  "duplicate",
  "forged",
  "stale",
  "malformed",
  "too_large",
  "too_many",
] as const;

/** What became of a delivery. */
export type DeliveryOutcome = (typeof deliveryOutcomes)[number];

/** A delivery that was proved: what it is known by, and the records to look at. */
export interface ProvedDelivery {
  readonly connection: ConnectionId;
  readonly id: string;
  readonly hints: readonly RecordKey[];
}

/** How often something became of deliveries of a connection. */
export interface DeliveryTally {
  readonly connection: ConnectionId;
  readonly outcome: DeliveryOutcome;
  /** Name of the secret that proved them, so that one sees when an old one is no longer used; else empty. */
  readonly secret: string;
  readonly count: number;
  /** Why the last of them was refused; null where none was. Names nothing that the sender wrote. */
  readonly reason: string | null;
}

/** A tally as it is stored, and when it last grew (an instant of the store's clock). */
export interface DeliveryCount extends DeliveryTally {
  readonly lastAt: string;
}

/** How long it is kept that a delivery came, ms: longer than any sender tries again. */
export const keepDeliveriesMs = 604_800_000;

/** Webhook deliveries and the hints they left. */
export interface WebhookStore {
  /**
   * Stores deliveries and their hints in one commit, and answers for each whether it was known: stored
   * before, or earlier in this list. The hints of one that was stored before are not stored again.
   */
  saveDeliveries(deliveries: readonly ProvedDelivery[]): Promise<readonly ("stored" | "known")[]>;
  /** Takes the oldest hints, of any connection and entity. */
  takeHints(limit: number): Promise<readonly RecordKey[]>;
  /** How many hints of each connection wait; connections without any are left out. */
  countHints(): Promise<readonly { readonly connection: ConnectionId; readonly count: number }[]>;
  /**
   * Adds to the counts, and forgets a thousand deliveries that are older than {@link keepDeliveriesMs}: one
   * commit for as many deliveries as the caller has added up.
   */
  addDeliveryCounts(tallies: readonly DeliveryTally[]): Promise<void>;
  /** All counts, by connection, outcome and secret. */
  deliveryCounts(): Promise<readonly DeliveryCount[]>;
}

import type { AttemptRow, EventStore, KeyRole, SubscriptionRow, SubscriptionStore } from "../store/port.ts";

/** A subscription as the project declares it, fit to be shown. */
export interface SubscriptionFacts {
  readonly name: string;
  /** Host that messages go to. */
  readonly host: string;
  readonly role: KeyRole;
  /** Null for all. */
  readonly kinds: readonly string[] | null;
  /** Null for all. */
  readonly entities: readonly string[] | null;
}

/** How a subscription stands. */
export interface SubscriptionStanding
  extends SubscriptionFacts, Omit<SubscriptionRow, "name" | "state" | "places"> {
  /** `new` until a server has begun with it. */
  readonly state: "new" | SubscriptionRow["state"];
  /** Entries of the journal that were not looked at yet. */
  readonly behind: number;
}

/** What is shown of a subscription, without where exactly its messages go. */
export function factsOf(
  subscription: Omit<SubscriptionFacts, "host"> & { readonly url: string },
): SubscriptionFacts {
  const { name, role, kinds, entities, url } = subscription;
  return { name, host: new URL(url).host, role, kinds, entities };
}

/** How those stand whom events are told to, by name. */
export async function subscriptionReport(
  told: readonly SubscriptionFacts[],
  { store, events }: { readonly store: SubscriptionStore; readonly events: EventStore },
): Promise<readonly SubscriptionStanding[]> {
  if (told.length === 0) return [];
  const rows = new Map((await store.listSubscriptions()).map((row) => [row.name, row]));
  const heads = await events.journalPlaces();
  const fresh = { state: "new", reason: null, waiting: 0, parked: 0, deliveredAt: null, behind: 0 } as const;
  return told
    .map((facts): SubscriptionStanding => {
      const row = rows.get(facts.name);
      if (row === undefined) return { ...facts, ...fresh };
      const { places, name: _name, ...standing } = row;
      const behind = heads.reduce((sum, seq, shard) => sum + Math.max(0, seq - (places[shard] ?? 0)), 0);
      return { ...facts, ...standing, behind };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An attempt as it is shown. */
export interface ShownDelivery extends Omit<AttemptRow, "number" | "shard" | "seq" | "isAgain"> {
  readonly id: string;
  /** The event, as `GET /events` names it. */
  readonly event: string;
}

/** An attempt as it is shown. Pure. */
export function deliveryOf(row: AttemptRow): ShownDelivery {
  const { number, shard, seq, isAgain: _asked, ...rest } = row;
  return { id: String(number), event: `ev-${shard}-${seq}`, ...rest };
}

import { forgottenAttemptsMax, LeaseLost } from "../port.ts";
import type { AttemptDraft, SubscriptionStore } from "../port.ts";
import { inOrder, instant, instantOrNull } from "./basics.ts";
import type { SubscriptionDeliveryTable, SubscriptionRows } from "./columns-subscriptions.ts";
import { isOver } from "./leases.ts";
import type { State } from "./state.ts";

type SubscriptionTable = SubscriptionRows["subscription"];

const waitingOf = (state: State, name: string): readonly SubscriptionDeliveryTable[] =>
  state.tables.subscriptionDelivery.by("subscription", name).filter((row) => row.state === "waiting");

/** Whom events are told to (see the SQL store). */
export function subscriptionPart(state: State): SubscriptionStore {
  const { subscription, subscriptionDelivery: delivery } = state.tables;
  const keep = (own: SubscriptionTable, draft: AttemptDraft, now: number): void => {
    for (const row of waitingOf(state, own.name)) {
      if (row.shard !== draft.shard || row.seq !== draft.seq) continue;
      if (row.attempt === 0) delivery.remove(row);
      else delivery.change(row, { state: "failed", next_at: null });
    }
    const { nextInMs, isAgain: is_again, ...rest } = draft;
    const next_at = nextInMs === null ? null : now + nextInMs;
    const number = own.last_number + 1;
    const times = { at: now, next_at };
    delivery.insert({ subscription: own.name, number, ...rest, ...times, is_again, asked_by: null });
    const delivered = draft.state === "delivered" ? { delivered_at: now } : {};
    subscription.change(own, { last_number: number, ...delivered });
  };
  return {
    async claimSubscription({ name, holder, ttlMs, places }) {
      return state.commit((now) => {
        const row = subscription.get(name);
        const expires_at = now + ttlMs;
        if (row === undefined) {
          const start = { state: "open", reason: null, last_number: 0, delivered_at: null } as const;
          subscription.insert({ name, ...start, places, holder, fence: 1, expires_at });
          return { right: { name, holder, fence: 1 }, state: "open" as const, places };
        }
        if (row.holder !== "" && row.holder !== holder && !isOver(row.expires_at, now, ttlMs)) return null;
        const fence = row.fence + (row.holder === holder ? 0 : 1);
        subscription.change(row, { holder, fence, expires_at });
        return { right: { name, holder, fence }, state: row.state, places: row.places };
      });
    },
    async releaseSubscription({ name, holder, fence }) {
      state.commit((now) => {
        const row = subscription.get(name);
        if (row?.holder === holder && row.fence === fence)
          subscription.change(row, { holder: "", expires_at: now });
      });
    },
    async commitStep({ name, holder, fence }, { places, attempt, stop }) {
      state.commit((now) => {
        const own = (): SubscriptionTable => {
          const row = subscription.get(name);
          if (row?.holder !== holder || row.fence !== fence) throw new LeaseLost(`subscription/${name}`);
          return row;
        };
        const row = own();
        if (places !== null) subscription.change(row, { places });
        if (attempt !== null) keep(own(), attempt, now);
        if (stop !== null) subscription.change(own(), { state: "stopped", reason: stop });
      });
    },
    ...shownPart(state),
    async forgetAttempts(keepMs) {
      return state.commit((now) => {
        const old = delivery.all().filter((row) => row.state !== "waiting" && row.at < now - keepMs);
        const rows = inOrder(old, (row) => [row.at, row.subscription, row.number]);
        const gone = rows.slice(0, forgottenAttemptsMax);
        for (const row of gone) delivery.remove(row);
        return gone.length;
      });
    },
  };
}

function shownPart(
  state: State,
): Pick<SubscriptionStore, "waitingDeliveries" | "listSubscriptions" | "listAttempts" | "redeliver"> {
  const { subscription, subscriptionDelivery: delivery } = state.tables;
  const ofName = (name: string): readonly SubscriptionDeliveryTable[] => delivery.by("subscription", name);
  return {
    async waitingDeliveries(name, limit) {
      const now = state.now();
      const rows = inOrder(waitingOf(state, name), (row) => [
        row.is_again ? 1 : 0,
        // Nothing is last, as PostgreSQL has it.
        row.next_at ?? Number.MAX_SAFE_INTEGER,
        row.number,
      ]);
      return rows.slice(0, limit).map(({ shard, seq, attempt, is_again: isAgain, at, next_at }) => {
        const dueInMs = at > now + 1_000 ? 0 : Math.max(0, (next_at ?? 0) - now);
        return { shard, seq, attempt, isAgain, dueInMs };
      });
    },
    async listSubscriptions() {
      return inOrder(subscription.all(), ({ name }) => [name]).map((row) => {
        const count = (of: string): number => ofName(row.name).filter((each) => each.state === of).length;
        const { name, state: is, reason, places } = row;
        const counts = { waiting: count("waiting"), parked: count("parked") };
        return { name, state: is, reason, places, ...counts, deliveredAt: instantOrNull(row.delivered_at) };
      });
    },
    async listAttempts({ name, limit, before }) {
      const rows = ofName(name).filter(({ number }) => before === null || number < before);
      return inOrder(rows, ({ number }) => [-number])
        .slice(0, limit)
        .map(({ subscription: _of, at, next_at, is_again: isAgain, asked_by: askedBy, ...row }) => ({
          ...{ ...row, at: instant(at), nextAt: instantOrNull(next_at), isAgain, askedBy },
        }));
    },
    async redeliver(name, { number, by }) {
      return state.commit((now) => {
        const own = subscription.get(name);
        if (own === undefined) return null;
        const rows = inOrder(ofName(name), (row) => [row.number]);
        const wanted = rows.find((row) => row.number === number);
        if (number !== null && wanted === undefined) return null;
        const isOf = (row: SubscriptionDeliveryTable, of: SubscriptionDeliveryTable): boolean =>
          row.shard === of.shard && row.seq === of.seq;
        const parked = rows.filter(
          (row) => row.state === "parked" && (wanted === undefined || isOf(row, wanted)),
        );
        for (const row of parked) delivery.change(row, { state: "failed" });
        const asked = wanted === undefined ? parked : [wanted];
        let last = own.last_number;
        for (const row of asked) {
          const waits = waitingOf(state, name).filter((each) => isOf(each, row));
          for (const each of waits) delivery.change(each, { next_at: now });
          if (waits.length > 0) continue;
          last += 1;
          const { shard, seq, kind } = row;
          delivery.insert({
            ...{ subscription: name, number: last, shard, seq, kind, attempt: 0, at: now, state: "waiting" },
            ...{ status: null, cause: null, ms: null, next_at: now, is_again: true, asked_by: by },
          });
        }
        subscription.change(own, { state: "open", reason: null, last_number: last });
        return asked.length;
      });
    },
  };
}

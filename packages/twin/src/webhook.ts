import { firesAt } from "./fault.ts";
import type { Json, RecordId } from "./json.ts";
import type { Commit } from "./ledger.ts";
import type { Random } from "./random.ts";

/** Who is told of what. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  /** `accounts.updated`, `accounts.*` or `*`. */
  readonly patterns: readonly string[];
  readonly active: boolean;
}

/** One event that waits to be told, or was told. */
export interface PendingEvent {
  readonly seq: number;
  readonly subscriptionId: string;
  readonly object: string;
  readonly id: RecordId;
  readonly body: Json;
  readonly dueAt: number;
  readonly attempts: number;
}

/** One request that was made. `status` is 0 when it could not be delivered. */
export interface Delivery {
  readonly url: string;
  readonly events: readonly number[];
  readonly status: number;
  readonly forged: boolean;
}

/** What a webhook fault does to the n-th event. */
export type WebhookEffect =
  | { readonly kind: "drop" }
  | { readonly kind: "duplicate"; readonly copies: number }
  | { readonly kind: "reorder"; readonly window: number }
  | { readonly kind: "forge" }
  | { readonly kind: "replay" }
  | { readonly kind: "delay"; readonly ms: number };

/** When a webhook fault fires: counted over events in their order. */
export interface WebhookFault {
  readonly nth?: number;
  readonly times?: number;
  readonly effect: WebhookEffect;
}

/** How one system forms and signs its deliveries. */
export interface WebhookStyle {
  /** Topic and body of the event a commit makes, or null when it makes none. */
  readonly eventOf: (commit: Commit) => { readonly topic: string; readonly body: Json } | null;
  /** How many events one request may hold. */
  readonly batchMax: number;
  readonly bodyOf: (events: readonly Json[]) => Json;
  readonly headersOf: (rawBody: string, secret: string, now: number) => Record<string, string>;
  /** Waits between attempts, ms; after the last the event is given up. */
  readonly backoffMs: readonly number[];
}

/** A request as it was sent; a replay sends the same bytes again. */
export interface SentRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** The stored form of webhooks. */
export interface WebhookState {
  subscriptions: Subscription[];
  pending: PendingEvent[];
  faults: { rule: WebhookFault; matches: number }[];
  eventSeq: number;
  lastRequest: SentRequest | null;
}

/** Sends a request, as `fetch` does. */
export type Send = (request: Request) => Promise<Response>;

interface Outgoing {
  readonly subscription: Subscription;
  readonly events: PendingEvent[];
  readonly forged: boolean;
}

function patternMatches(pattern: string, topic: string): boolean {
  return (
    pattern === "*" || pattern === topic || (pattern.endsWith(".*") && topic.startsWith(pattern.slice(0, -1)))
  );
}

/** Subscriptions of one system and the events that wait for them. */
export class Webhooks {
  state: WebhookState = { subscriptions: [], pending: [], faults: [], eventSeq: 0, lastRequest: null };
  /** Called when there is something to deliver. */
  onPending: (() => void) | null = null;
  readonly #style: WebhookStyle;
  readonly #clock: () => number;
  readonly #random: Random;
  #flushing: Promise<Delivery[]> | null = null;

  constructor(style: WebhookStyle, clock: () => number, random: Random) {
    this.#style = style;
    this.#clock = clock;
    this.#random = random;
  }

  /** Faults on events, in the order they were added. */
  get faults(): { add: (rule: WebhookFault) => void; clear: () => void } {
    return {
      add: (rule) => void this.state.faults.push({ rule, matches: 0 }),
      clear: () => {
        this.state.faults = [];
      },
    };
  }

  /** Events not delivered yet, oldest first. */
  get pending(): readonly PendingEvent[] {
    return this.state.pending;
  }

  subscribe(url: string, secret: string, patterns: readonly string[]): Subscription {
    const id = `hook_${String(this.state.subscriptions.length + 1).padStart(3, "0")}`;
    const subscription = { id, url, secret, patterns, active: true };
    this.state.subscriptions.push(subscription);
    return subscription;
  }

  /** True when there was such a subscription. */
  unsubscribe(id: string): boolean {
    const found = this.state.subscriptions.find(
      (subscription) => subscription.id === id && subscription.active,
    );
    this.state.subscriptions = this.state.subscriptions.map((subscription) =>
      subscription.id === id ? { ...subscription, active: false } : subscription,
    );
    return found !== undefined;
  }

  /** Queues what a commit tells. */
  note(commit: Commit): void {
    const active = this.state.subscriptions.filter((subscription) => subscription.active);
    if (active.length === 0) return;
    const event = this.#style.eventOf(commit);
    if (event === null) return;
    for (const subscription of active) {
      if (!subscription.patterns.some((pattern) => patternMatches(pattern, event.topic))) continue;
      this.state.eventSeq += 1;
      this.state.pending.push({
        seq: this.state.eventSeq,
        subscriptionId: subscription.id,
        object: commit.object,
        id: commit.id,
        body: event.body,
        dueAt: commit.visibleAt,
        attempts: 0,
      });
    }
    this.onPending?.();
  }

  /** Delivers without waiting: `flush` settles each failure by itself, so there is nothing to hear of. */
  deliverSoon(): void {
    this.flush().then(
      () => undefined,
      () => undefined,
    );
  }

  /** Delivers what is due with `send` (default: the global `fetch`) and gives the requests that were made. */
  flush(send: Send = (request) => fetch(request)): Promise<Delivery[]> {
    const after = this.#flushing ?? Promise.resolve([]);
    const turn = after.then(() => this.#deliverDue(send));
    this.#flushing = turn.catch(() => []);
    return turn;
  }

  async #deliverDue(send: Send): Promise<Delivery[]> {
    const now = this.#clock();
    const due = this.state.pending.filter((event) => event.dueAt <= now);
    this.state.pending = this.state.pending.filter((event) => event.dueAt > now);
    const made: Delivery[] = [];
    for (const outgoing of this.#grouped(this.#faulted(due, now))) {
      made.push(await this.#deliver(outgoing, send));
    }
    return made;
  }

  #effectOf(event: PendingEvent): WebhookEffect | null {
    if (event.attempts > 0) return null;
    let effect: WebhookEffect | null = null;
    for (const entry of this.state.faults) {
      entry.matches += 1;
      if (effect === null && firesAt(entry.matches, entry.rule.nth, entry.rule.times))
        effect = entry.rule.effect;
    }
    return effect;
  }

  #faulted(
    due: readonly PendingEvent[],
    now: number,
  ): { event: PendingEvent; kind: "real" | "forge" | "replay" }[] {
    const sent: { event: PendingEvent; kind: "real" | "forge" | "replay" }[] = [];
    const held: { event: PendingEvent; left: number }[] = [];
    for (const event of due) {
      const effect = this.#effectOf(event);
      if (effect?.kind === "delay") this.state.pending.push({ ...event, dueAt: now + effect.ms });
      else if (effect?.kind === "reorder") held.push({ event, left: effect.window });
      else if (effect?.kind !== "drop") {
        if (effect?.kind === "forge" || effect?.kind === "replay") sent.push({ event, kind: effect.kind });
        const copies = effect?.kind === "duplicate" ? effect.copies : 0;
        for (let copy = 0; copy <= copies; copy += 1) sent.push({ event, kind: "real" });
      }
      if (effect?.kind === "reorder") continue;
      for (const waiting of [...held]) {
        waiting.left -= 1;
        if (waiting.left > 0) continue;
        held.splice(held.indexOf(waiting), 1);
        sent.push({ event: waiting.event, kind: "real" });
      }
    }
    return sent.concat(held.toReversed().map(({ event }) => ({ event, kind: "real" as const })));
  }

  #grouped(sent: readonly { event: PendingEvent; kind: "real" | "forge" | "replay" }[]): (Outgoing | null)[] {
    const groups: (Outgoing | null)[] = [];
    for (const { event, kind } of sent) {
      const subscription = this.state.subscriptions.find(
        (candidate) => candidate.id === event.subscriptionId,
      );
      if (!subscription?.active) continue;
      const last = groups.at(-1);
      const joins =
        kind === "real" &&
        last &&
        !last.forged &&
        last.subscription.id === subscription.id &&
        last.events.length < this.#style.batchMax &&
        !last.events.includes(event);
      if (kind === "replay") groups.push(null);
      else if (joins) last.events.push(event);
      else groups.push({ subscription, events: [event], forged: kind === "forge" });
    }
    return groups;
  }

  async #deliver(outgoing: Outgoing | null, send: Send): Promise<Delivery> {
    const now = this.#clock();
    if (outgoing === null) return this.#replay(send);
    const { subscription, events, forged } = outgoing;
    const body = JSON.stringify(this.#style.bodyOf(events.map((event) => event.body)));
    const secret = forged ? `not-${this.#random.between(0, 1_000_000)}` : subscription.secret;
    const headers = { "content-type": "application/json", ...this.#style.headersOf(body, secret, now) };
    const sent: SentRequest = { url: subscription.url, body, headers };
    if (!forged) this.state.lastRequest = sent;
    const status = await this.#send(sent, send);
    if (!forged && (status < 200 || status > 299)) for (const event of events) this.#again(event, now);
    return { url: subscription.url, events: events.map((event) => event.seq), status, forged };
  }

  async #replay(send: Send): Promise<Delivery> {
    const last = this.state.lastRequest;
    if (last === null) return { url: "", events: [], status: 0, forged: true };
    return {
      url: last.url,
      events: [],
      status: await this.#send(last, send),
      forged: true,
    };
  }

  async #send({ url, body, headers }: SentRequest, send: Send): Promise<number> {
    try {
      const response = await send(new Request(url, { method: "POST", body, headers }));
      await response.text();
      return response.status;
    } catch {
      return 0;
    }
  }

  #again(event: PendingEvent, now: number): void {
    const wait = this.#style.backoffMs[event.attempts];
    if (wait === undefined) return;
    this.state.pending.push({ ...event, dueAt: now + wait, attempts: event.attempts + 1 });
  }
}

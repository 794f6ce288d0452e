import { createHmac, timingSafeEqual } from "node:crypto";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { MemoryStore } from "../../store/memory/memory-store.ts";
import { createTail } from "../api/event-tail.ts";
import { sightOf } from "../api/sight.ts";
import { createTeller } from "../outgoing/teller.ts";
import type { Subscription, Teller, TellerDeps } from "../outgoing/teller.ts";

/** A request that a receiver got. */
export interface Got {
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** What a receiver answers: a status, with headers if it likes, or no answer and why. */
type Said = number | string | { readonly status: number; readonly retryAfter: string };

/** A store in memory, clocks that stand still, and receivers that do as they are told. */
export interface TellerWorld {
  readonly store: MemoryStore;
  /** What was sent, in the order in which it came. */
  readonly got: Got[];
  readonly log: string[];
  /** What is answered next, one each; 200 when nothing is left. */
  readonly says: Said[];
  readonly deps: (holder?: string, more?: Partial<TellerDeps>) => TellerDeps;
  readonly subscription: (more?: Partial<Subscription>) => Subscription;
  readonly teller: (holder?: string, more?: Partial<TellerDeps>) => Teller;
  /** Lets time pass on every clock, or the store's alone. */
  readonly pass: (ms: number) => void;
  readonly setStoreClock: (ms: number) => void;
  /** Something happens: an entity of that name is paused. */
  readonly happen: (name: string) => Promise<void>;
  /** Names of what was sent, in order. */
  readonly names: () => readonly string[];
}

/** A key as it is made for tests: 32 bytes of one number. */
export const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const start = Date.UTC(2026, 0, 31, 10);

/** Opens it. */
export function tellerWorld(): TellerWorld {
  let now = start;
  let storeNow = start;
  const clock = { now: () => now, monotonic: () => now };
  const entropy = { digest: (text: string) => text, uuid: () => "u" };
  const store = createMemoryStore({ entropy, clock, storeClock: { now: () => storeNow } });
  const got: Got[] = [];
  const log: string[] = [];
  const says: Said[] = [];
  const note = (event: string, facts?: object): void => void log.push(`${event} ${JSON.stringify(facts)}`);
  const post: Subscription["post"] = async (headers, body) => {
    got.push({ headers, body });
    const said = says.shift() ?? 200;
    if (typeof said === "string") throw new Error(said);
    if (typeof said === "number") return { status: said, headers: {} };
    return { status: said.status, headers: { "retry-after": said.retryAfter } };
  };
  const subscription: TellerWorld["subscription"] = (more = {}) => ({
    ...{ name: "warehouse", attemptsMax: 3, timeoutMs: 15_000, keys: () => [keyOf(1)], post },
    ...{ kinds: null, sight: sightOf("viewer", {}), close: () => Promise.resolve(), ...more },
  });
  const deps: TellerWorld["deps"] = (holder = "one", more = {}) => ({
    ...{ store, clock, holder, random: () => 0.5, tail: createTail(store, clock.monotonic) },
    ...{ log: { info: note, warn: note, error: note }, signal: new AbortController().signal, ...more },
  });
  return {
    ...{ store, got, log, says, deps, subscription },
    teller: (holder, more) => createTeller(subscription(), deps(holder, more)),
    pass: (ms) => {
      now += ms;
      storeNow += ms;
    },
    setStoreClock: (ms) => {
      storeNow += ms;
    },
    async happen(name) {
      await store.pause({ kind: "entity", name }, "ada");
    },
    names: () => got.map(({ body }) => nameIn(body)),
  };
}

/** What a message is about. */
function nameIn(body: string): string {
  const message = JSON.parse(body) as {
    readonly type: string;
    readonly data: { readonly facts: { readonly name?: string } };
  };
  return message.data.facts.name ?? message.type;
}

/** Takes turns until there is nothing to be done at once. */
export async function settle(teller: Teller): Promise<number> {
  for (let turns = 0; turns < 200; turns += 1) {
    const pause = await teller.turn();
    if (pause > 0) return pause;
  }
  throw new Error("it never rests");
}

/**
 * Whether a receiver that knows this key takes a message, as the specification says it should look (Standard
 * Webhooks 1.0.0, "Verifying webhook authenticity"). Shares no code with what signs.
 */
export function isGenuine({ headers, body }: Got, key: Uint8Array, nowMs: number): boolean {
  const id = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (id === "" || id.includes(".") || !/^\d+$/.test(stamp)) return false;
  if (Math.abs(nowMs / 1_000 - Number(stamp)) > 300) return false;
  const wanted = createHmac("sha256", Buffer.from(key));
  wanted.update(id);
  wanted.update(".");
  wanted.update(stamp);
  wanted.update(".");
  wanted.update(Buffer.from(body, "utf8"));
  const digest = wanted.digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((each) => {
    const [version, signature = ""] = each.split(",", 2);
    const bytes = Buffer.from(signature, "base64");
    return version === "v1" && bytes.length === digest.length && timingSafeEqual(bytes, digest);
  });
}

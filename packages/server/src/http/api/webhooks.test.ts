import { describe, expect, it } from "vitest";
import { fakeEngine } from "../../cli/testing.ts";
import type { AttemptDraft, SubscriptionRight, SubscriptionStore } from "../../store/port.ts";
import { apiWorld } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";

const failed: AttemptDraft = {
  ...{ shard: 3, seq: 7, kind: "run.ended", attempt: 1, state: "parked", status: 500 },
  ...{ cause: "the receiver answered 500", ms: 12, nextInMs: null, isAgain: false },
};

/** The API over a store in which a subscription was told something, so many times. */
async function world(attempts: number) {
  const engine = fakeEngine();
  const api = await apiWorld(engine);
  const store: SubscriptionStore = engine.subscriptions();
  const claim = { name: "quotes", holder: "one", ttlMs: 60_000, places: [0] };
  const right = (await store.claimSubscription(claim))?.right as SubscriptionRight;
  for (let seq = 1; seq <= attempts; seq += 1)
    await store.commitStep(right, { places: null, attempt: { ...failed, seq }, stop: null });
  return { ...api, store, right, events: engine.events() };
}

interface Page {
  readonly rows: readonly { readonly id: string; readonly event: string }[];
  readonly next: string | null;
}
const page = async ({ ask }: ApiWorld, path: string): Promise<Page> =>
  (await (await ask("GET", path)).json()) as Page;
const codeOf = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  ((await response.json()) as { readonly code: string }).code,
];

describe("webhooks over the API", () => {
  it("tells how subscriptions stand, and of an address its host alone", async () => {
    const { ask, store, events } = await world(2);
    const response = await ask("GET", "/webhooks");
    const entries = (await events.journalPlaces()).reduce((sum, seq) => sum + seq, 0);
    expect(entries).toBeGreaterThan(5);
    const wanted = {
      ...{ name: "quotes", host: "hooks.example.com", state: "open", parked: 2, behind: entries },
    };
    expect(await response.json()).toMatchObject({ rows: [wanted] });
    await store.redeliver("quotes", { number: null, by: "ada" });
    expect(await (await ask("GET", "/webhooks")).json()).toMatchObject({ rows: [{ parked: 0, waiting: 2 }] });
  });

  it("one that no server has begun with is there, and new", async () => {
    const { ask } = await apiWorld(fakeEngine());
    expect(await (await ask("GET", "/webhooks")).json()).toMatchObject({ rows: [{ state: "new" }] });
    expect(await (await ask("GET", "/webhooks/quotes/deliveries")).json()).toEqual({ rows: [], next: null });
  });

  it("lists attempts in pages, the newest first, each once, also while others are added", async () => {
    const at = await world(5);
    const first = await page(at, "/webhooks/quotes/deliveries?limit=2");
    await at.store.commitStep(at.right, { places: null, attempt: { ...failed, seq: 9 }, stop: null });
    const second = await page(at, `/webhooks/quotes/deliveries?limit=2&cursor=${first.next ?? ""}`);
    const third = await page(at, `/webhooks/quotes/deliveries?limit=2&cursor=${second.next ?? ""}`);
    expect([first, second, third].map(({ rows }) => rows.map(({ event }) => event))).toEqual([
      ["ev-3-5", "ev-3-4"],
      ["ev-3-3", "ev-3-2"],
      ["ev-3-1"],
    ]);
    expect(third.next).toBeNull();
    for (const cursor of ["e30", Buffer.from('["webhook quotes","x"]').toString("base64url")])
      expect(await codeOf(await at.ask("GET", `/webhooks/quotes/deliveries?cursor=${cursor}`))).toEqual([
        ...[400, "cursor_invalid"],
      ]);
  });

  it("asks for an event again, once under one Idempotency-Key", async () => {
    const at = await world(2);
    const headers = { "idempotency-key": "tell-it-again-1" };
    const again = () => at.ask("POST", "/webhooks/quotes/deliveries/1/redeliver", { headers });
    for (const response of [await again(), await again()])
      expect([response.status, await response.json()]).toEqual([202, { event: "ev-3-1" }]);
    const waiting = await at.store.waitingDeliveries("quotes", 9);
    expect(waiting.map(({ seq, isAgain }) => [seq, isAgain])).toEqual([[1, true]]);
    const [row] = await at.store.listAttempts({ name: "quotes", limit: 1, before: null });
    expect(row?.askedBy).toMatch(/^key /);
  });

  it("knows no other subscription, and no other attempt", async () => {
    const { ask } = await world(1);
    const none = "/webhooks/nobody/deliveries";
    expect(await codeOf(await ask("GET", none))).toEqual([404, "webhook_unknown"]);
    expect(await codeOf(await ask("POST", `${none}/1/redeliver`))).toEqual([404, "webhook_unknown"]);
    const other = await ask("POST", "/webhooks/quotes/deliveries/2/redeliver");
    expect(await codeOf(other)).toEqual([404, "delivery_unknown"]);
    expect((await ask("POST", "/webhooks/quotes/deliveries/0/redeliver")).status).toBe(422);
  });
});

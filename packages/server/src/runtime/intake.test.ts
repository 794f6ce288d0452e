import { connectionId, externalId } from "@crossfoot/kernel";
import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import type { Connection, Received } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import type { DeliveryTally, ProvedDelivery } from "../store/port.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { createIntake } from "./intake.ts";
import type { IntakeDeps } from "./intake.ts";
import type { HookTerms } from "./world.ts";

const crm = connectionId("crm");

/** Bodies of these deliveries say what becomes of them: `forged`, `stale`, `malformed`, `hello`, or an id. */
const receive: Connection["receive"] = ({ body }): Received => {
  const text = new TextDecoder().decode(body);
  if (text === "forged" || text === "stale" || text === "malformed")
    return { ok: false, fault: text, reason: `it is ${text}` };
  const hints = [{ entity: "accounts" as const, id: externalId(text) }];
  return { ok: true, deliveryId: text, hints, secret: text.startsWith("old") ? "hookBefore" : "hook" };
};

function scene(options: { readonly terms?: HookTerms; readonly busyStatus?: 429 | 503 } = {}) {
  const { terms, busyStatus } = options;
  const clock = { ms: 0, now: () => 1_767_600_000_000, monotonic: () => clock.ms };
  const entropy = { digest: (text: string) => text, uuid: () => "u" };
  const store = createMemoryStore({ entropy, clock });
  const commits: number[] = [];
  const trouble = { store: false, counts: false };
  const gate = { holds: null as Promise<unknown> | null };
  const logged: string[] = [];
  const deps: IntakeDeps = {
    store: {
      saveDeliveries: async (deliveries: readonly ProvedDelivery[]) => {
        commits.push(deliveries.length);
        await gate.holds;
        if (trouble.store) throw new Error("the store is away");
        return store.saveDeliveries(deliveries);
      },
      countHints: () => store.countHints(),
      addDeliveryCounts: async (tallies: readonly DeliveryTally[]) => {
        if (trouble.counts) throw new Error("the store is away");
        await store.addDeliveryCounts(tallies);
      },
    },
    sides: [
      {
        id: crm,
        ...(terms === undefined ? {} : { hooks: terms }),
        open: () =>
          Promise.resolve({
            manifest: busyStatus === undefined ? {} : { webhookBusyStatus: busyStatus },
            receive,
            greet: ({ url }: { readonly url: string }) =>
              url.endsWith("?hello") ? { contentType: "text/plain", body: "hello" } : null,
          } as unknown as Connection),
      },
    ],
    clock,
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (event) => void logged.push(event),
    },
  };
  const intake = createIntake(deps);
  const send = (text: string) => intake.receive(crm, deliveryOf(text));
  const counts = async () => {
    await intake.flush();
    const rows = await store.deliveryCounts();
    return Object.fromEntries(
      rows.map(({ outcome, secret, count }) => [secret === "" ? outcome : `${outcome} ${secret}`, count]),
    );
  };
  return { intake, store, send, counts, clock, commits, trouble, gate, logged };
}

const wide: HookTerms = { perSecond: 1000, burst: 100_000, backlogMax: 100_000 };

describe("a delivery", () => {
  it("is stored once, whoever sends it again; each outcome and each secret is counted", async () => {
    const { send, counts, store } = scene();
    const answers = await Promise.all(["a", "a", "old-b", "forged", "stale", "malformed"].map(send));
    expect(answers.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      "200 stored",
      "200 known",
      "200 stored",
      "401 refused",
      "401 refused",
      "400 it cannot be read",
    ]);
    expect((await store.takeHints(10)).length).toBe(2);
    expect(await counts()).toEqual({
      "accepted hook": 1,
      "accepted hookBefore": 1,
      "duplicate hook": 1,
      forged: 1,
      malformed: 1,
      stale: 1,
    });
    expect((await store.deliveryCounts()).find(({ outcome }) => outcome === "stale")?.reason).toBe(
      "it is stale",
    );
  });

  it("that asks whether the address is ours is answered, and neither stored nor counted", async () => {
    const { intake, counts, commits } = scene();
    const answer = await intake.receive(crm, deliveryOf("a", { url: "https://x.example/hooks/crm?hello" }));
    expect(answer).toEqual({
      status: 200,
      reason: "greeted",
      answer: { contentType: "text/plain", body: "hello" },
    });
    expect(commits).toEqual([]);
    expect(await counts()).toEqual({});
  });

  it("is answered after its own commit; those that come meanwhile share the next one", async () => {
    const { send, commits, gate } = scene();
    const held = Promise.withResolvers<null>();
    gate.holds = held.promise;
    const heard: string[] = [];
    const first = send("a").then(() => heard.push("a"));
    const others = Array.from({ length: 1200 }, (_one, at) => send(`b${at}`).then(() => heard.push("b")));
    await Promise.resolve();
    expect(heard).toEqual([]);
    held.resolve(null);
    await Promise.all([first, ...others]);
    expect(heard.length).toBe(1201);
    expect(commits).toEqual([1, 500, 500, 200]);
  });

  it("that could not be stored is not acknowledged, and the next one is stored", async () => {
    const { send, trouble, counts } = scene();
    trouble.store = true;
    const lost = await Promise.allSettled([send("a"), send("b")]);
    expect(lost.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    trouble.store = false;
    expect((await send("a")).reason).toBe("stored");
    expect(await counts()).toEqual({ "accepted hook": 1 });
  });
});

describe("a flood", () => {
  it("of forged deliveries costs no commit, and takes no room from the true sender", async () => {
    const { send, commits, store, counts } = scene({ terms: { perSecond: 1, burst: 1, backlogMax: 10 } });
    for (let nth = 0; nth < 5000; nth += 1) expect((await send("forged")).status).toBe(401);
    expect(commits).toEqual([]);
    expect(await store.deliveryCounts()).toEqual([]);
    expect((await send("a")).reason).toBe("stored");
    expect(await counts()).toEqual({ "accepted hook": 1, forged: 5000 });
  });

  it("beyond burst and rate is told when to come again, and is taken then", async () => {
    const { send, clock, counts } = scene({ terms: { perSecond: 2, burst: 3, backlogMax: 1000 } });
    for (const id of ["a", "b", "c"]) expect((await send(id)).status).toBe(200);
    expect(await send("d")).toMatchObject({ status: 429, retryAfterSeconds: 1 });
    clock.ms += 499;
    expect((await send("d")).status).toBe(429);
    clock.ms += 1;
    expect((await send("d")).status).toBe(200);
    clock.ms += 60_000;
    const later = await Promise.all(["e", "f", "g", "h"].map(send));
    expect(later.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(await counts()).toEqual({ "accepted hook": 7, too_many: 3 });
  });

  it("is answered 503 where the sender would give up on 429", async () => {
    const { send } = scene({ terms: { perSecond: 1, burst: 1, backlogMax: 9 }, busyStatus: 503 });
    await send("a");
    expect((await send("b")).status).toBe(503);
  });

  it("of hints that nobody reads is refused, and taken again when there is room", async () => {
    const { send, clock, store } = scene({ terms: { ...wide, backlogMax: 2 } });
    for (const id of ["a", "b"]) expect((await send(id)).status).toBe(200);
    expect(await send("c")).toMatchObject({ status: 429, retryAfterSeconds: 30 });
    expect((await store.takeHints(10)).length).toBe(2);
    clock.ms += 1000;
    // This one finds that there is room, for the next.
    expect((await send("c")).status).toBe(429);
    expect((await send("c")).reason).toBe("stored");
  });
});

describe("counts", () => {
  it("that could not be stored are kept, and stored with the next", async () => {
    const { send, intake, trouble, counts } = scene();
    await send("forged");
    trouble.counts = true;
    await expect(intake.flush()).rejects.toThrow("away");
    await send("forged");
    trouble.counts = false;
    expect(await counts()).toEqual({ forged: 2 });
  });

  it("are stored now and then while deliveries come, and a failure of that costs no delivery", async () => {
    const { send, clock, store, trouble, logged } = scene({ terms: wide });
    await send("a");
    expect(await store.deliveryCounts()).toEqual([]);
    clock.ms += 5_000;
    trouble.counts = true;
    expect((await send("b")).reason).toBe("stored");
    await expect.poll(() => logged).toEqual(["deliveries_failed"]);
    trouble.counts = false;
    clock.ms += 5_000;
    await send("c");
    await expect.poll(async () => (await store.deliveryCounts())[0]?.count).toBe(3);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { openSubscriptions } from "../../compose.ts";
import type { SubscriptionSettings } from "../../config/project.ts";
import type { Resolve } from "../../platform/address-guard.ts";
import { systemClock } from "../../platform/clock.ts";
import { answer, rudeServer } from "../../platform/testing/rude-server.ts";
import type { Behaviour } from "../../platform/testing/rude-server.ts";
import { isGenuine, keyOf, settle, tellerWorld } from "../testing/teller-world.ts";
import { createTeller } from "./teller.ts";
import { trySubscription } from "./trial.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const settings: SubscriptionSettings = {
  ...{ name: "warehouse", url: "", kinds: null, entities: null, role: "viewer", attemptsMax: 3 },
  ...{ timeoutMs: 300, isPrivateAllowed: false, secrets: () => [], keys: () => [keyOf(1)] },
};

/** A subscription as `up` opens it, over real connections. */
function opened(more: Partial<SubscriptionSettings>, resolve?: Resolve) {
  const [subscription] = openSubscriptions(
    { subscriptions: [{ ...settings, ...more }], visibility: {} as never },
    { clock: systemClock, ...(resolve === undefined ? {} : { resolve }) },
  );
  if (subscription === undefined) throw new Error("one is opened for each");
  closing.push(subscription.close);
  return subscription;
}

/** Tells one event to a server that behaves so; what became of the attempts, and what the server heard. */
async function told(behave: Behaviour, attempts: number) {
  const server = await rudeServer(behave);
  closing.push(server.close);
  const world = tellerWorld();
  const teller = createTeller(opened({ url: `${server.url}/hooks/in` }), world.deps());
  await settle(teller);
  await world.happen("a");
  for (let tried = 0; tried < attempts; tried += 1) {
    world.pass(600_000);
    await settle(teller);
  }
  const rows = await world.store.listAttempts({ name: "warehouse", limit: 9, before: null });
  return { rows: rows.toReversed(), received: server.received, now: world.deps().clock.now() };
}

describe("a receiver at the other end of a real connection", () => {
  it("gets what it can verify from the bytes alone", async () => {
    const { rows, received, now } = await told((socket) => socket.write(answer("")), 1);
    expect(rows.map(({ state, status }) => [state, status])).toEqual([["delivered", 200]]);
    const [head = "", body = ""] = received.join("").split("\r\n\r\n");
    expect(head).toMatch(/^POST \/hooks\/in HTTP\/1\.1\r\n/);
    const headers = Object.fromEntries(
      head
        .split("\r\n")
        .map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 1).trim(),
        ]),
    );
    expect(headers["content-type"]).toBe("application/json");
    expect(isGenuine({ headers, body }, keyOf(1), now)).toBe(true);
  });

  it("that hangs, then resets, then answers 500 is tried again and parked in the end", async () => {
    const { rows } = await told((socket, at) => {
      if (at === 2) socket.resetAndDestroy();
      if (at === 3) socket.write(answer("our database password is hunter2", [], "500 Oops"));
    }, 3);
    expect(rows.map(({ state, status }) => [state, status])).toEqual([
      ["failed", null],
      ["failed", null],
      ["parked", 500],
    ]);
    expect(rows[0]?.cause).toContain("no answer within 300 ms");
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });

  it("that redirects to where a cloud keeps credentials sends us nowhere", async () => {
    const where = "location: http://169.254.169.254/latest/meta-data/";
    const { rows, received } = await told((socket) => socket.write(answer("", [where], "307 Away")), 1);
    expect(rows).toMatchObject([{ state: "waiting", status: 307 }]);
    expect(received.length).toBe(1);
  });
});

describe("an address", () => {
  const leads = (address: string): Resolve => {
    const family = address.includes(":") ? 6 : 4;
    return (_host, _options, done) => done(null, [{ address, family }]);
  };
  const ends = async (url: string, resolve?: Resolve, more: Partial<SubscriptionSettings> = {}) =>
    (await trySubscription(opened({ url, ...more }, resolve), systemClock)).why ?? "";

  it.each([
    ...["10.0.0.5", "172.31.0.1", "192.168.1.9", "100.64.0.1", "198.18.0.1", "fd00::1", "fec0::1"],
    ...["224.0.0.1", "255.255.255.255", "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1"],
  ])("of a name that leads to %s is refused before anything is sent", async (address) => {
    expect(await ends("https://hooks.example.com/in", leads(address))).toContain("a private address");
  });

  it("inside of the network is refused as a number too, and is allowed where it is said", async () => {
    expect(await ends("https://10.0.0.5/in")).toContain("a private address");
    const refused = leads("127.0.0.1");
    const more = { isPrivateAllowed: true };
    // Then it may be anything private; never this machine by another name, nor a metadata address.
    expect(await ends("https://hooks.example.com/in", refused, more)).toContain("leads to this machine");
    expect(await ends("https://hooks.example.com/in", leads("169.254.169.254"), more)).toContain("metadata");
  });

  it("is judged at each connection: a name that changes its mind (DNS rebinding) is refused", async () => {
    const asked: string[] = [];
    const turning: Resolve = (host, _options, done) => {
      asked.push(host);
      if (asked.length === 1) done(new Error("not there yet"), []);
      else done(null, [{ address: "169.254.169.254", family: 4 }]);
    };
    const subscription = opened({ url: "https://hooks.example.com/in" }, turning);
    const first = await trySubscription(subscription, systemClock);
    const second = await trySubscription(subscription, systemClock);
    expect([first.why, second.why].map((why) => why?.includes("nothing was sent"))).toEqual([true, true]);
    expect(second.why).toContain("metadata");
    expect(asked.length).toBe(2);
  });
});

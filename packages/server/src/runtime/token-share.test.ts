import { ConnectorError } from "@crossfoot/connector-sdk";
import type { AccessToken, TokenRequest } from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import { createSealer } from "../platform/sealer.ts";
import type { Store } from "../store/port.ts";
import { miniWorld } from "./testing/world.ts";
import { inMemory } from "./testing/random-world.ts";
import { createTokenShare } from "./token-share.ts";

const crm = connectionId("crm");
const hour = 3_600_000;
let store: Store;
let pass: (ms: number) => void;
let now: () => number;
beforeEach(async () => {
  const mini = await miniWorld({ database: inMemory });
  ({ store } = mini);
  ({ pass } = mini);
  now = mini.world.clock.now;
});

/** A worker over the store; waiting moves the clock and lets the others work. */
function worker(
  name: string,
  more: { readonly secrets?: readonly string[]; readonly store?: Store } = {},
): (request: Partial<TokenRequest>) => Promise<AccessToken> {
  const share = createTokenShare({
    store: more.store ?? store,
    connection: crm,
    sealer: createSealer(() => more.secrets ?? ["client secret"], { purpose: "access token", name: crm }),
    sleep: async (ms) => {
      pass(ms);
      await Promise.resolve();
      return true;
    },
    worker: name,
  });
  return (request) =>
    share({ take: () => given(`of-${name}`), refused: null, renewBeforeMs: 60_000, ...request }, now());
}
const given = (token: string, life = hour): Promise<AccessToken> =>
  Promise.resolve({ token, takenAt: now(), expiresAt: now() + life });
/** A system that answers when it is told to. */
function slow(): { readonly take: () => Promise<AccessToken>; readonly answer: (token: string) => void } {
  let answer = (_token: string): void => undefined;
  const answered = new Promise<AccessToken>((resolve) => {
    answer = (token) => void given(token).then(resolve);
  });
  return { take: () => answered, answer: (token) => answer(token) };
}
const forbidden = (): Promise<AccessToken> => Promise.reject(new Error("nobody was to ask"));

describe("an access token", () => {
  test("is taken once by all workers and callers, also at one time", async () => {
    const [one, other] = [worker("one"), worker("other")];
    let asked = 0;
    const take = async (): Promise<AccessToken> => {
      asked += 1;
      return given(`t-${asked}`);
    };
    const all = await Promise.all([one, other, one, other].map((each) => each({ take })));
    expect(all.map(({ token }) => token)).toEqual(["t-1", "t-1", "t-1", "t-1"]);
    expect((await worker("late")({ take: forbidden })).token).toBe("t-1");
    pass(hour - 30_000);
    expect((await other({ take })).token).toBe("t-2");
    expect([(await one({ take })).token, asked]).toEqual(["t-2", 2]);
  });

  test("that was refused is replaced once, whoever was refused", async () => {
    const [one, other] = [worker("one"), worker("other")];
    await one({});
    const anew = await one({ refused: "of-one", take: () => given("anew") });
    expect([anew.token, (await other({ refused: "of-one", take: forbidden })).token]).toEqual([
      ...["anew", "anew"],
    ]);
  });

  test("of a worker that died while it took one is waited for, then taken by another", async () => {
    const { take, answer } = slow();
    const dead = worker("dead")({ take });
    const began = now();
    expect((await worker("other")({})).token).toBe("of-other");
    expect(now() - began).toBeGreaterThanOrEqual(30_000);
    // It was only slow: its token is good for itself, and the one that is kept stays.
    answer("late");
    expect((await dead).token).toBe("late");
    expect((await worker("third")({ take: forbidden })).token).toBe("of-other");
  });

  test("that is not given is asked for by the next at once, with the failure of each", async () => {
    const failure = new ConnectorError({ failure: "throttled", code: "token_unavailable", message: "later" });
    const began = now();
    await expect(worker("one")({ take: () => Promise.reject(failure) })).rejects.toBe(failure);
    expect((await worker("other")({})).token).toBe("of-other");
    expect(now() - began).toBeLessThan(30_000);
  });

  test("is in the store sealed only, and for who knows the secrets", async () => {
    await worker("one")({});
    const kept = await store.loadToken(crm);
    expect(JSON.stringify(kept)).not.toContain("of-one");
    const rotated = await worker("other", { secrets: ["another"] })({});
    expect(rotated.token).toBe("of-other");
    await store.saveToken(crm, { rev: (await store.loadToken(crm)).rev, state: { sealed: "AAAA" } });
    expect((await worker("third")({})).token).toBe("of-third");
  });

  test("that the store cannot keep is used by its worker all the same", async () => {
    let saves = 0;
    const failing: Store = {
      ...store,
      saveToken: (...args) =>
        (saves += 1) === 2 ? Promise.reject(new Error("the disk is full")) : store.saveToken(...args),
    };
    expect((await worker("one", { store: failing })({})).token).toBe("of-one");
  });
});

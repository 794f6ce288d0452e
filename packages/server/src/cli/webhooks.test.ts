import { afterEach, beforeEach, expect, it } from "vitest";
import { plainEnvironment, plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { Engine } from "../runtime/engine.ts";
import type { AttemptDraft, SubscriptionRight } from "../store/port.ts";
import { command as commandOf, fakeEngine } from "./testing.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const environment = { ...plainEnvironment, TOLD: secret };
const declared = `subscriptions:
  warehouse: { url: "https://hooks.example.com/in/path-0815", secret: "env:TOLD", kinds: run.ended }
`;

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": declared + plainProject });
});
afterEach(() => folder.remove());

const command: typeof commandOf = (argv, more) =>
  commandOf([...argv, "--project", folder.path], { environment, ...more });

const parked: AttemptDraft = {
  ...{ shard: 3, seq: 7, kind: "run.ended", attempt: 12, state: "parked", status: 500 },
  ...{ cause: "the receiver answered 500", ms: 12, nextInMs: null, isAgain: false },
};
async function told(engine: Engine, stop: string | null = null): Promise<void> {
  const store = engine.subscriptions();
  const claim = { name: "warehouse", holder: "one", ttlMs: 60_000, places: [0] };
  const right = (await store.claimSubscription(claim))?.right as SubscriptionRight;
  await store.commitStep(right, { places: null, attempt: parked, stop });
}

it("lists whom events are told to; what waits for a person ends it with 2", async () => {
  const engine = fakeEngine();
  const fresh = await command(["webhooks"], { engine });
  expect([fresh.code, fresh.out.includes("hooks.example.com"), fresh.out.includes("new")]).toEqual([
    ...[0, true, true],
  ]);
  await told(engine, "the receiver answered 410: it wants no more");
  const list = await command(["webhooks", "list"], { engine });
  expect(list.code).toBe(2);
  expect(list.out).toContain("warehouse is told nothing: the receiver answered 410");
  expect(list.out).toContain("1 event parked; `crossfoot webhooks redeliver warehouse`");
  expect(list.out).not.toContain("path-0815");
});

it("shows attempts, and has them told again: one, or all that are parked", async () => {
  const engine = fakeEngine();
  await told(engine);
  expect((await command(["webhooks", "log", "warehouse"], { engine })).out).toContain("ev-3-7");
  const one = await command(["webhooks", "redeliver", "warehouse", "1", "--json"], { engine });
  expect([one.code, JSON.parse(one.out)]).toEqual([0, { asked: 1 }]);
  const all = await command(["webhooks", "redeliver", "warehouse", "--json"], { engine });
  expect(JSON.parse(all.out)).toEqual({ asked: 0 });
  const log = await command(["webhooks", "log", "warehouse", "--limit", "1"], { engine });
  expect([log.out.includes("asked for by ada"), log.out.includes("parked")]).toEqual([true, false]);
});

it("tries a subscription, and says what became of it", async () => {
  const good = await command(["webhooks", "test", "warehouse"]);
  expect([good.code, good.out]).toEqual([0, "Taken: hooks.example.com answered 204 (7 ms).\n"]);
  const tryWebhook = () => Promise.resolve({ status: null, why: "nothing was sent", ms: 1 });
  const bad = await command(["webhooks", "test", "warehouse"], { tryWebhook });
  expect([bad.code, bad.out]).toEqual([1, "Not taken: nothing was sent (1 ms).\n"]);
});

it("refuses what there is not", async () => {
  for (const argv of [
    ["webhooks", "burn"],
    ["webhooks", "log"],
    ["webhooks", "log", "warehuse"],
    ["webhooks", "log", "warehouse", "--limit", "0"],
    ["webhooks", "redeliver", "warehouse", "x"],
    ["webhooks", "redeliver", "warehouse"],
  ])
    expect([argv, (await command(argv, { engine: fakeEngine() })).code]).toEqual([argv, 4]);
  const near = await command(["webhooks", "log", "warehuse"], { engine: fakeEngine() });
  expect(near.err).toContain("did you mean `warehouse`?");
});

it("check and status tell the host, and what waits for a person", async () => {
  const engine = fakeEngine();
  await told(engine);
  const check = await command(["check"], { engine });
  expect([check.code, check.err]).toEqual([0, ""]);
  expect(check.out).toContain("events are told to hooks.example.com and to no other host");
  expect(check.out).toContain("1 event parked");
});

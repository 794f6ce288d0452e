import { connectionId, linkId } from "@crossfoot/kernel";
import { describe, expect, it } from "vitest";
import { firstEpoch } from "../store/epochs.ts";
import type { StatusReport } from "../runtime/engine.ts";
import { createHttpApp } from "./app.ts";
import { metricsText } from "./metrics.ts";

const now = Date.parse("2026-01-31T10:00:00Z");
const crm = connectionId("crm");
const erp = connectionId('e"r\\p\n');

const counts = {
  dormant: 0,
  ended: 4,
  work: 3,
  openIntents: 1,
  parks: 4,
  conflicts: 5,
  candidates: 6,
  waits: 7,
};
const delivery = { secret: "", lastAt: "2026-01-31T09:00:00Z", reason: null };
const status: StatusReport = {
  connections: [
    { id: crm, system: "http", role: "crm", tenant: "Acme of Ada Person", state: "ready", reason: null },
    { id: erp, system: "tryton", role: "erp", tenant: null, state: "refused", reason: "Ada Person said no" },
  ],
  observed: [],
  sealing: null,
  pauses: [{ kind: "entity", name: "products", by: "Ada Person", since: "2026-01-31T09:00:00Z" }],
  shards: [
    { shard: 0, holder: "host-1", since: "2026-01-31T09:00:00Z" },
    { shard: 1, holder: null, since: null },
  ],
  entities: [{ entity: "accounts", single: 2, live: 1_200, ...counts }],
  proofs: [
    {
      ...{ entity: "accounts", records: 9, fields: 90, recordsEqual: 8, fieldsEqual: 80 },
      ...{
        recordsProven: 7,
        fieldsProven: 70,
        recordsApart: 1,
        fieldsApart: 2,
        oldest: { link: linkId("l-1"), ageMs: 2_500 },
      },
    },
  ],
  cursors: [],
  subscriptions: [
    {
      ...{ name: "warehouse", state: "stopped", reason: "the receiver answered 410", waiting: 2 },
      ...{ parked: 3, deliveredAt: null },
    },
  ],
  outlooks: [
    {
      connection: crm,
      now,
      quota: {} as never,
      records: 1,
      calls: 2,
      caughtUpAt: now + 61_000,
      boundBy: null,
      loading: [],
    },
    {
      connection: erp,
      now,
      quota: {} as never,
      records: 1,
      calls: 3,
      caughtUpAt: null,
      boundBy: "pause",
      loading: [],
    },
  ],
  epoch: firstEpoch,
  webhooks: {
    counts: [
      { connection: crm, outcome: "accepted", count: 3, ...delivery },
      { connection: crm, outcome: "accepted", count: 4, ...delivery, secret: "second" },
      { connection: crm, outcome: "forged", count: 1, ...delivery },
    ],
    waiting: [{ connection: crm, count: 2 }],
  },
  runs: [
    {
      ...{ id: "r2", command: "run", state: "running", startedAt: "2026-01-31T09:59:00Z" },
      endedAt: null,
      summary: null,
    },
    {
      ...{ id: "r1", command: "order crm:1", state: "done", startedAt: "2026-01-31T09:58:00Z" },
      ...{ endedAt: "2026-01-31T09:59:30Z", summary: { by: "Ada Person" } },
    },
  ],
};

/** A strict reader of the text format; throws for a line that is none. */
function read(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const typed = new Set<string>();
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of text.slice(0, -1).split("\n")) {
    const [, name] = /^# (?:HELP|TYPE) ([a-z_]+) (?:[^\\]+|gauge|counter)$/.exec(line) ?? [];
    if (name !== undefined) {
      if (line.startsWith("# TYPE")) {
        if (typed.has(name)) throw new Error(`${name} twice`);
        typed.add(name);
      }
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\d+(?:\.\d+)?|\+Inf)$/.exec(
      line,
    );
    const [, own = "", labels = "", value = ""] = sample ?? [];
    if (!typed.has(own)) throw new Error(`no metric: ${line}`);
    const key = own + labels;
    if (values.has(key)) throw new Error(`${key} twice`);
    values.set(key, value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value));
  }
  return values;
}

describe("metrics", () => {
  it("say what the status says, in the text format, whatever the names are", () => {
    const values = read(metricsText(status, now));
    const odd = String.raw`e\"r\\p\n`;
    const expected: readonly (readonly [string, number])[] = [
      ['crossfoot_connection_ready{connection="crm",role="crm"}', 1],
      [`crossfoot_connection_ready{connection="${odd}",role="erp"}`, 0],
      ['crossfoot_links{entity="accounts",state="live"}', 1_200],
      ['crossfoot_waiting{entity="accounts",for="dead_letter"}', 4],
      ['crossfoot_waiting{entity="accounts",for="parent"}', 7],
      ['crossfoot_records_compared{entity="accounts"}', 9],
      ['crossfoot_records_proven{entity="accounts"}', 7],
      ['crossfoot_records_apart{entity="accounts"}', 1],
      ['crossfoot_oldest_unproven_seconds{entity="accounts"}', 2.5],
      ['crossfoot_webhook_deliveries_total{connection="crm",outcome="accepted"}', 7],
      ['crossfoot_webhook_deliveries_total{connection="crm",outcome="forged"}', 1],
      ['crossfoot_caught_up_seconds{connection="crm"}', 61],
      [`crossfoot_caught_up_seconds{connection="${odd}"}`, Number.POSITIVE_INFINITY],
      ['crossfoot_last_run_age_seconds{state="done"}', 30],
      ['crossfoot_paused{kind="entity",name="products"}', 1],
      ["crossfoot_shards_held", 1],
      ["crossfoot_store_held", 0],
    ];
    for (const [name, value] of expected) expect([name, values.get(name)]).toEqual([name, value]);
  });

  it("name no person, no tenant and no record", () => {
    const text = metricsText(status, now);
    for (const word of ["Ada", "Acme", "l-1", "crm:1", "host-1"]) expect(text).not.toContain(word);
  });
});

describe("readiness", () => {
  const asked = async (change: Partial<StatusReport>, trouble: string | null = null) => {
    const engine = { status: () => Promise.resolve({ ...status, ...change }) } as never;
    const options = { connections: [], contractHash: "c", now: () => now, trouble: () => trouble };
    const response = await createHttpApp(engine, options).request("/readyz");
    return [response.status, await response.json()];
  };

  it("is there while work goes on, also when a connected system refuses", async () => {
    expect(await asked({})).toEqual([200, { ready: true, reasons: [] }]);
  });

  it("is not there while the store is held or does not answer, or the loop is in trouble", async () => {
    const held = { epoch: { ...firstEpoch, state: "held", reason: "older" } as const };
    const word = "the store was restored and waits for a person";
    expect(await asked(held, "stuck")).toEqual([503, { ready: false, reasons: ["stuck", word] }]);
    const engine = { status: () => Promise.reject(new Error("connect 10.0.0.7 failed")) } as never;
    const app = createHttpApp(engine, { connections: [], contractHash: "c", now: () => now });
    const response = await app.request("/readyz");
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, reasons: ["the store does not answer"] },
    ]);
    expect((await app.request("/metrics")).status).toBe(503);
  });

  it("serves the metrics under their type", async () => {
    const engine = { status: () => Promise.resolve(status) } as never;
    const app = createHttpApp(engine, { connections: [], contractHash: "c", now: () => now });
    const response = await app.request("/metrics");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(read(await response.text()).size).toBeGreaterThan(20);
  });
});

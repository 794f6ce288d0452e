/**
 * Program of the quota tests: a worker of its own that makes so many calls to a counting system, through its
 * gate over a store. Arguments: addresses of store and system, calls, requests and length of the window.
 */
import { connectionId, unlimited } from "@crossfoot/kernel";
import { systemClock } from "../../platform/clock.ts";
import { systemEntropy } from "../../platform/entropy.ts";
import { createLog } from "../../platform/log.ts";
import { openServer } from "../../platform/server.ts";
import { sleep } from "../../platform/sleep.ts";
import { createStore } from "../../store/store.ts";
import { openTerms } from "../gate.ts";
import { createDaySpan } from "../quota-day.ts";
import { createGate } from "../quota-gate.ts";

const [place = "", system = "", ...numbers] = process.argv.slice(2);
const [calls = 0, requests = 0, windowMs = 0] = numbers.map(Number);

const database = await openServer(place);
const gate = createGate({
  connection: connectionId("erp"),
  rules: {
    limits: { ...unlimited, windows: [{ name: "short", requests, windowMs, zone: null }] },
    daySpan: createDaySpan(),
  },
  concurrency: 4,
  isShared: true,
  callMsMax: 10_000,
  store: createStore({ database, entropy: systemEntropy, clock: systemClock }),
  clock: systemClock,
  sleep,
  log: createLog({ format: "plain", level: "error" }),
  uuid: systemEntropy.uuid,
});

async function call(): Promise<void> {
  const pass = await gate.admit(openTerms("poll"), { isWrite: false });
  const answer = await fetch(system);
  await answer.text();
  pass.end({ told: { limits: [], isThrottled: answer.status === 429, waitMs: null } });
}

process.stdout.write("there\n");
await Promise.all(Array.from({ length: calls }, call));
await gate.rest();
process.stdout.write(`made ${calls}\n`);
await database.close();

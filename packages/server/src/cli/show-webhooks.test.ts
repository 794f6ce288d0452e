import { connectionId } from "@crossfoot/kernel";
import { expect, it } from "vitest";
import type { DeliveryCount } from "../store/port.ts";
import { webhooksPart } from "./show-webhooks.ts";
import { smallStatus } from "./testing.ts";

const crm = connectionId("crm");
const counted = (outcome: DeliveryCount["outcome"], more: Partial<DeliveryCount> = {}): DeliveryCount => ({
  connection: crm,
  outcome,
  secret: "",
  count: 1,
  reason: null,
  lastAt: "2026-01-31T10:00:00.000Z",
  ...more,
});

it("webhooks: outcomes add up over secrets; secrets and refusals are told with their last time", () => {
  const counts = [
    counted("accepted", { secret: "hook", count: 10_000, lastAt: "2026-01-31T09:00:00.000Z" }),
    counted("accepted", { secret: "hookNext", count: 3 }),
    counted("duplicate", { secret: "hook", count: 2, lastAt: "2026-01-31T08:00:00.000Z" }),
    counted("forged", { count: 7, reason: "the signature is missing or wrong" }),
    counted("too_many", { reason: "too many at once", lastAt: "2026-01-31T07:00:00.000Z" }),
  ];
  const waiting = [
    { connection: crm, count: 40 },
    { connection: connectionId("erp"), count: 1 },
  ];
  const lines = webhooksPart({ ...smallStatus, webhooks: { counts, waiting } }, 200).split("\n");
  const cells = (line: string | undefined): readonly string[] => (line ?? "").trim().split(/ {2,}/);
  const row = lines.find((line) => line.startsWith("crm "));
  expect(cells(row).slice(0, 9)).toEqual(["crm", "10,003", "2", "7", "0", "0", "0", "1", "40"]);
  expect(lines.find((line) => line.startsWith("erp "))).toContain(" 1 ");
  expect(lines.slice(-4)).toEqual([
    expect.stringMatching(/^crm: secret `hookNext` proved 3 deliveries, the last 2026-01-31 /),
    expect.stringMatching(/^crm: secret `hook` proved 10002 deliveries, the last 2026-01-31 /),
    expect.stringMatching(/^crm: last forged 2026-01-31 .*: the signature is missing or wrong$/),
    expect.stringMatching(/^crm: last too many 2026-01-31 .*: too many at once$/),
  ]);
});

it("nothing is said of webhooks before one has come", () => {
  expect(webhooksPart(smallStatus, 100)).toBe("");
});

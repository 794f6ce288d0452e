import type { FaultKind } from "./fault-kind.ts";
import type { Trigger } from "./faults.ts";
import type { Random } from "./random.ts";

/** Deliveries of one system within a run that a drawn trigger may wait for. */
const deliveriesMax = 12;

const onDelivery = (random: Random): Trigger => ({
  on: "delivery",
  where: { system: random.pick(["crm", "erp"]) },
  nth: random.between(1, deliveriesMax),
});

/** Faults of webhooks (group W). */
export const hookFaults: readonly FaultKind[] = [
  {
    name: "W1",
    title: "a forged delivery, one with an old stamp, or a captured one again",
    draw: (random) => ({
      trigger: onDelivery(random),
      params: { kind: random.pick(["forged", "old", "replayed"]), ms: random.pick([0, 60_000, 600_000]) },
    }),
  },
  {
    name: "W2",
    title: "a delivery comes several times, also at once",
    draw: (random) => ({ trigger: onDelivery(random), params: { count: random.between(1, 4) } }),
  },
  {
    name: "W3",
    title: "deliveries out of order: a child before its parent, a delete before its create",
    draw: (random) => ({ trigger: onDelivery(random), params: { ms: random.pick([1_000, 8_000, 60_000]) } }),
  },
  {
    name: "W4",
    title: "a delivery is lost, or the subscription is switched off in silence",
    draw: (random) => ({ trigger: onDelivery(random), params: { kind: random.pick(["lost", "disabled"]) } }),
  },
  {
    name: "W5",
    title: "a flood of deliveries, too large a body, or the wrong kind of content",
    draw: (random) => ({
      trigger: onDelivery(random),
      params: { count: random.pick([0, 10, 40]), kind: random.pick(["oversized", "html"]) },
    }),
  },
  {
    name: "W6",
    title: "a hint for a record that is not known",
    draw: (random) => ({ trigger: onDelivery(random), params: {} }),
  },
];

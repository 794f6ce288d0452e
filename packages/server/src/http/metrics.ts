import type { StatusReport } from "../runtime/engine.ts";

/** One value of a metric, with what it is about. */
type Sample = readonly [labels: { readonly [name: string]: string }, value: number];

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: (status: StatusReport, now: number) => readonly Sample[];
}

const secondsSince = (iso: string, now: number): number => Math.max(0, (now - Date.parse(iso)) / 1_000);

/** By what they wait for, the columns of the counts of an entity. */
const waiting = {
  decision: "work",
  write: "openIntents",
  parent: "waits",
  dead_letter: "parks",
  conflict: "conflicts",
  candidate: "candidates",
} as const;

const metrics: readonly Metric[] = [
  {
    name: "crossfoot_connection_ready",
    type: "gauge",
    help: "1 while a connection can be used, else 0.",
    samples: ({ connections }) =>
      connections.map(({ id, role, state }) => [{ connection: id, role }, state === "ready" ? 1 : 0]),
  },
  {
    name: "crossfoot_links",
    type: "gauge",
    help: "Links between records, by entity and state.",
    samples: ({ entities }) =>
      entities.flatMap(({ entity, ...counts }) =>
        (["single", "live", "dormant", "ended"] as const).map((state): Sample => [
          { entity, state },
          counts[state],
        ]),
      ),
  },
  {
    name: "crossfoot_waiting",
    type: "gauge",
    help: "What waits, by entity and by what it waits for; the last three need a person.",
    samples: ({ entities }) =>
      entities.flatMap(({ entity, ...counts }) =>
        Object.entries(waiting).map(([reason, column]): Sample => [{ entity, for: reason }, counts[column]]),
      ),
  },
  {
    name: "crossfoot_records_compared",
    type: "gauge",
    help: "Links with a record on both sides, by entity.",
    samples: ({ proofs }) => proofs.map(({ entity, records }) => [{ entity }, records]),
  },
  {
    name: "crossfoot_records_proven",
    type: "gauge",
    help: "Those whose sides are proven equal, both read lately.",
    samples: ({ proofs }) => proofs.map(({ entity, recordsProven }) => [{ entity }, recordsProven]),
  },
  {
    name: "crossfoot_records_apart",
    type: "gauge",
    help: "Those that differ only in what the contract keeps apart: they owe no proof.",
    samples: ({ proofs }) => proofs.map(({ entity, recordsApart }) => [{ entity }, recordsApart]),
  },
  {
    name: "crossfoot_oldest_unproven_seconds",
    type: "gauge",
    help: "For how long the oldest record that owes it was not proven equal; 0 when all are.",
    samples: ({ proofs }) =>
      proofs.map(({ entity, oldest }) => [{ entity }, oldest === null ? 0 : oldest.ageMs / 1_000]),
  },
  {
    name: "crossfoot_read_age_seconds",
    type: "gauge",
    help: "Time since an entity was last read to its end from a connection; missing before the first time.",
    samples: ({ cursors }, now) =>
      cursors.flatMap(({ connection, entity, readAt }) =>
        readAt === null ? [] : [[{ connection, entity }, secondsSince(readAt, now)] as const],
      ),
  },
  {
    name: "crossfoot_webhook_deliveries_total",
    type: "counter",
    help: "Webhook deliveries that came in, by what became of them.",
    samples: ({ webhooks }) => {
      const rows = Map.groupBy(webhooks.counts, ({ connection, outcome }) => `${connection} ${outcome}`);
      return [...rows.values()].flatMap(([first, ...others]): readonly Sample[] =>
        first === undefined
          ? []
          : [
              [
                { connection: first.connection, outcome: first.outcome },
                others.reduce((sum, { count }) => sum + count, first.count),
              ],
            ],
      );
    },
  },
  {
    name: "crossfoot_webhook_records_waiting",
    type: "gauge",
    help: "Records that wait to be read because of webhooks.",
    samples: ({ webhooks }) => webhooks.waiting.map(({ connection, count }) => [{ connection }, count]),
  },
  {
    name: "crossfoot_calls_due",
    type: "gauge",
    help: "Calls that what is due takes, at most.",
    samples: ({ outlooks }) => outlooks.map(({ connection, calls }) => [{ connection }, calls]),
  },
  {
    name: "crossfoot_caught_up_seconds",
    type: "gauge",
    help: "Time until that is done under the limits; +Inf when nothing makes room for it.",
    samples: ({ outlooks }) =>
      outlooks.map(({ connection, caughtUpAt, now }) => [
        { connection },
        caughtUpAt === null ? Number.POSITIVE_INFINITY : Math.max(0, (caughtUpAt - now) / 1_000),
      ]),
  },
  {
    name: "crossfoot_subscription_events_waiting",
    type: "gauge",
    help: "Events that a subscription did not take and that are told again.",
    samples: ({ subscriptions }) => subscriptions.map(({ name, waiting }) => [{ name }, waiting]),
  },
  {
    name: "crossfoot_subscription_events_parked",
    type: "gauge",
    help: "Events that a subscription did not take and that wait for a person.",
    samples: ({ subscriptions }) => subscriptions.map(({ name, parked }) => [{ name }, parked]),
  },
  {
    name: "crossfoot_subscription_stopped",
    type: "gauge",
    help: "1 for a subscription that is told nothing: its receiver said that it wants no more.",
    samples: ({ subscriptions }) =>
      subscriptions.map(({ name, state }) => [{ name }, state === "stopped" ? 1 : 0]),
  },
  {
    name: "crossfoot_last_run_age_seconds",
    type: "gauge",
    help: "Time since the last run ended, by how it ended, among those that status shows.",
    samples: ({ runs }, now) => {
      const byState = Map.groupBy(
        runs.filter(({ endedAt }) => endedAt !== null),
        ({ state }) => state,
      );
      return [...byState].map(([state, ofState]) => [
        { state },
        Math.min(...ofState.map(({ endedAt }) => secondsSince(endedAt ?? "", now))),
      ]);
    },
  },
  {
    name: "crossfoot_paused",
    type: "gauge",
    help: "1 for what people have paused.",
    samples: ({ pauses }) => pauses.map(({ kind, name }) => [{ kind, name }, 1]),
  },
  {
    name: "crossfoot_shards_held",
    type: "gauge",
    help: "Shards of the links that a worker holds; 0 while no worker is at work.",
    samples: ({ shards }) => [[{}, shards.filter(({ holder }) => holder !== null).length]],
  },
  {
    name: "crossfoot_store_held",
    type: "gauge",
    help: "1 while the store was restored and waits for a person.",
    samples: ({ epoch }) => [[{}, epoch.state === "held" ? 1 : 0]],
  },
];

/** Type of the text. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

const escaped = (value: string): string =>
  value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);

function line(name: string, [labels, value]: Sample): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const at = inside.length === 0 ? "" : `{${inside.join(",")}}`;
  return `${name}${at} ${value === Number.POSITIVE_INFINITY ? "+Inf" : String(value)}`;
}

/**
 * How everything stands as text for Prometheus (prometheus.io, Exposition formats, text format 0.0.4, read
 * 2026-11). It names connections, entities and states, and never a record. Pure.
 */
export function metricsText(status: StatusReport, now: number): string {
  return metrics
    .map(({ name, type, help, samples }) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples(status, now).map((each) => line(name, each)),
      ]
        .map((each) => `${each}\n`)
        .join(""),
    )
    .join("");
}

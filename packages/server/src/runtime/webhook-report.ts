import type { ConnectionId } from "@crossfoot/kernel";
import { deliveryOutcomes } from "../store/port.ts";
import type { DeliveryCount, DeliveryOutcome } from "../store/port.ts";

/** What became of webhook deliveries, and how many records wait to be read because of them. */
export interface WebhookStatus {
  readonly counts: readonly DeliveryCount[];
  readonly waiting: readonly { readonly connection: ConnectionId; readonly count: number }[];
}

/** What became of the deliveries of one connection. */
export interface WebhookRow {
  readonly connection: ConnectionId;
  readonly counts: { readonly [outcome in DeliveryOutcome]: number };
  /** Records that wait to be read because of them. */
  readonly waiting: number;
  /** When the last one came, as far as it was counted. */
  readonly lastAt: string | null;
  /** Secrets that proved them, the one used last first: one that is no longer there can be taken away. */
  readonly secrets: readonly { readonly name: string; readonly count: number; readonly lastAt: string }[];
  /** The last reason of each kind of refusal, the newest first. */
  readonly refusals: readonly DeliveryCount[];
}

/** Outcomes as they are headed in a table. */
export const outcomeTitles: readonly (readonly [outcome: DeliveryOutcome, title: string])[] =
  deliveryOutcomes.map((outcome) => [outcome, outcome.replace("_", " ")]);

/** Webhooks by connection; connections without any are left out. Pure. */
export function webhookRows({ counts, waiting }: WebhookStatus): readonly WebhookRow[] {
  const names = new Set([...counts, ...waiting].map(({ connection }) => connection));
  return [...names].toSorted().map((connection) => {
    const own = counts.filter((row) => row.connection === connection);
    const newest = own.toSorted((a, b) => b.lastAt.localeCompare(a.lastAt));
    const sum = (outcome: DeliveryOutcome): number =>
      own.reduce((total, row) => total + (row.outcome === outcome ? row.count : 0), 0);
    return {
      connection,
      counts: Object.fromEntries(
        deliveryOutcomes.map((outcome) => [outcome, sum(outcome)]),
      ) as WebhookRow["counts"],
      waiting: waiting.find((row) => row.connection === connection)?.count ?? 0,
      lastAt: newest[0]?.lastAt ?? null,
      secrets: secretsOf(newest),
      refusals: newest.filter(({ reason }) => reason !== null),
    };
  });
}

function secretsOf(newest: readonly DeliveryCount[]): WebhookRow["secrets"] {
  const named = Map.groupBy(
    newest.filter(({ secret }) => secret !== ""),
    ({ secret }) => secret,
  );
  return [...named].map(([name, rows]) => ({
    name,
    count: rows.reduce((total, row) => total + row.count, 0),
    lastAt: rows[0]?.lastAt ?? "",
  }));
}

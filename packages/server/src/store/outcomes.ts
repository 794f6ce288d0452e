import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { isRepair } from "./port.ts";
import type { IntentOutcome } from "./port.ts";

/**
 * What a write that settled did, so that it can be undone from the journal alone: what the target held before
 * and what it holds now, field by field. What was sent stands for the latter where it was not read back.
 */
function madeOf({ intent, after }: IntentOutcome): JsonMap {
  const { before, transition, runId, plan, undo } = intent;
  const unread = Object.entries(intent.fields).filter(
    ([field]) => after === null || (intent.kind === "create" && after[field] === undefined),
  );
  const isUnread = after === null || unread.length > 0;
  const sent = isUnread ? { sent: Object.fromEntries(unread) as unknown as Json } : {};
  const more = undo === null ? {} : { undo: { ...undo } };
  const mends = isRepair(intent) ? { isRepair: true } : {};
  return { before, after, ...sent, transition, run: runId, plan: plan?.id ?? null, ...more, ...mends };
}

/** What an undo makes of a link. */
function turned({ intent, state, linkState }: IntentOutcome): readonly Note[] {
  if (linkState === null || state !== "settled") return [];
  const { entity, link, key, target } = intent;
  return [{ kind: `link_${linkState}`, entity, link, body: { key, target } }];
}

/** What the journal says of an outcome. */
export function outcomeNotes(outcome: IntentOutcome): readonly Note[] {
  const { intent, state } = outcome;
  const at = { entity: intent.entity, link: intent.link };
  const body = { key: intent.key, target: intent.target, kind: intent.kind, id: outcome.id };
  const code = outcome.failure?.code ?? null;
  return [
    {
      kind: `intent_${state}`,
      ...at,
      body: { ...body, code, ...(state === "settled" ? madeOf(outcome) : {}) },
    },
    ...outcome.losses.map((loss) => ({
      kind: "discarded",
      ...at,
      body: { ...loss, key: intent.key } as unknown as Json,
    })),
    ...outcome.baseMoves.map(({ connection, images }) => ({
      kind: "base_moved",
      ...at,
      body: { connection, images },
    })),
    ...turned(outcome),
    ...(outcome.park === null
      ? []
      : [{ kind: "parked", ...at, body: { reason: outcome.park.reason, code } }]),
  ];
}

/** Links that outcomes end, or let live on; the last word on each. */
export function turnedLinks(outcomes: readonly IntentOutcome[]): readonly {
  readonly link_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly external_id: string;
  readonly state: "ended" | "live";
}[] {
  const rows = outcomes.flatMap(({ intent, id, state, linkState }) => {
    if (linkState === null || state !== "settled") return [];
    const { link: link_id, entity, target: connection } = intent;
    return [{ link_id, entity, connection, external_id: id ?? intent.id ?? "", state: linkState }];
  });
  return [...new Map(rows.map((row) => [row.link_id, row])).values()];
}

/**
 * Links whose record an undo took back end with a tombstone, so that it is not made again; those whose record
 * is there again live on without one.
 */
export async function turnLinks(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<void> {
  const rows = turnedLinks(outcomes);
  if (rows.length === 0) return;
  const given =
    "jsonb_to_recordset($1::jsonb) as r(link_id text, entity text, connection text, external_id text, " +
    "state text)";
  const json = [JSON.stringify(rows)];
  await tx.query(`update link l set state = r.state from ${given} where l.id = r.link_id`, json);
  await tx.query(
    "insert into tombstone (link_id, entity, connection, external_id, reason) select link_id, entity, " +
      `connection, external_id, 'archived_by_us' from ${given} where r.state = 'ended' on conflict do ` +
      "nothing",
    json,
  );
  await tx.query(
    `delete from tombstone t using ${given} where r.state = 'live' and t.link_id = r.link_id and ` +
      "t.connection = r.connection and t.reason = 'archived_by_us'",
    json,
  );
}

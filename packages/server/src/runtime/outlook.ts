import type { Connection } from "@crossfoot/connector-sdk";
import { longestWait } from "@crossfoot/kernel";
import type { ConnectionId, EntityName } from "@crossfoot/kernel";
import type { Backlog, CursorState } from "../store/port.ts";
import type { Outlook } from "./outlook-report.ts";
import { addCalls, batchingOf, callsOfWrites, callsToRead, foreseeCalls, noCalls } from "./planning-cost.ts";
import type { Side, World } from "./world.ts";
import { mappingOf } from "./world.ts";

/** The outlook of each connection. Asks the store alone. Rejects with a StoreError. */
export async function outlooksOf(
  world: World,
  opened: ReadonlyMap<ConnectionId, Connection>,
): Promise<readonly Outlook[]> {
  const backlog = await world.store.backlog();
  const cursors = await world.store.listCursors();
  return Promise.all(world.sides.map((side) => outlookOf({ world, opened, backlog, cursors }, side)));
}

interface Known {
  readonly world: World;
  readonly opened: ReadonlyMap<ConnectionId, Connection>;
  readonly backlog: Backlog;
  readonly cursors: readonly CursorState[];
}

async function outlookOf(known: Known, side: Side): Promise<Outlook> {
  const { world, opened, cursors } = known;
  let records = 0;
  let calls = noCalls;
  for (const { entity } of world.policies) {
    const all = recordsFor(known, side, entity);
    records += all;
    calls = addCalls(calls, callsOfWrites(batchingOf(side, opened, entity), { all, created: 0 }));
  }
  const mapped = world.policies.filter(({ entity }) => mappingOf(side, entity) !== undefined);
  // A run asks first who it is, and what is there that was not there before.
  if (records > 0) calls = addCalls(callsToRead(1 + mapped.length), calls);
  const quota = await side.gate.view();
  const track = await foreseeCalls(side, calls);
  const { endMs, now } = track;
  const done = new Set(
    cursors.flatMap((one) => (one.connection === side.id && one.backfilledAt !== null ? [one.entity] : [])),
  );
  return {
    connection: side.id,
    now,
    quota,
    records,
    calls: calls.reads + calls.writes,
    caughtUpAt: endMs === null ? null : now + Math.round(endMs),
    boundBy: longestWait(track),
    loading: mapped.map(({ entity }) => entity).filter((entity) => !done.has(entity)),
  };
}

/** Writes stored for it, and records due that another connection showed the newest of. */
function recordsFor({ world, backlog }: Known, side: Side, entity: EntityName): number {
  if (mappingOf(side, entity) === undefined || world.observed?.includes(side.id) === true) return 0;
  const stored = backlog.writes.filter((row) => row.entity === entity && row.target === side.id);
  const due = backlog.due.filter((row) => row.entity === entity && row.source !== side.id);
  return [...stored, ...due].reduce((sum, { count }) => sum + count, 0);
}

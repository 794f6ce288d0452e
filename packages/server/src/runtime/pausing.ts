import type { EntityName, FailureRecord } from "@crossfoot/kernel";
import type { PauseOf, PauseRow } from "../store/port.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side } from "./world.ts";

/** Whether somebody has paused the entity, as of the last sign of life. */
export function isEntityPaused({ holding }: Pick<Session, "holding">, entity: EntityName): boolean {
  return holding.pauses.some(({ kind, name }) => kind === "entity" && name === entity);
}

/** Whether nothing more is to be read of an entity of a side in this session. */
export function isCut(session: Session, side: Side, entity: EntityName): boolean {
  return session.signal?.aborted === true || session.away.has(side.id) || isEntityPaused(session, entity);
}

const pausedFailure = (name: string): FailureRecord => ({
  failure: "transient",
  code: "paused",
  message: `${name} is paused; \`crossfoot resume ${name}\` lets it go on`,
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
});

/** From now on the session asks nothing of connections that are paused, and sends nothing to them. */
export function obeyPauses(session: Session): void {
  for (const { kind, name } of session.holding.pauses) {
    const side = session.world.sides.find(({ id }) => id === name);
    if (kind === "connection" && side !== undefined) session.away.set(side.id, pausedFailure(name));
  }
}

/** Tells what is paused as troubles: whatever rests on it does not know what it shows now. */
export function tellPauses(session: Session): void {
  for (const { kind, name } of session.holding.pauses) {
    const failure = pausedFailure(name);
    for (const side of session.world.sides) {
      if (kind === "connection" && side.id === name)
        session.troubles.push({ connection: side.id, entity: null, failure });
      if (kind === "entity" && mappingOf(side, name) !== undefined)
        session.troubles.push({ connection: side.id, entity: name, failure });
    }
  }
}

/** The pause that keeps one of these writes from being made, if any. */
export function pauseOver(
  pauses: readonly PauseRow[],
  writes: readonly { readonly target: string; readonly entity: string }[],
): PauseRow | undefined {
  const stops = ({ kind, name }: PauseOf): boolean =>
    writes.some(({ target, entity }) => name === (kind === "entity" ? entity : target));
  return pauses.find(stops);
}

import type { HappenedEvent } from "../../runtime/events.ts";

/** What is sent: the same bytes under the same id, however often it is tried. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/**
 * The message of an event, as its role sees it. After the restore of a backup the journal counts on from
 * where the backup was: another event may then have the place of one that was told before. So the moment
 * at which it happened is part of the id, or receivers would take the new one for the old.
 */
export function messageOf({ id, kind, at, entity, link, facts }: HappenedEvent): Message {
  return {
    id: `${id}-${Date.parse(at)}`,
    body: JSON.stringify({ type: kind, timestamp: at, data: { id, entity, link, facts } }),
  };
}

/** A message that says nothing, to try whether a receiver takes what we sign. */
export function testMessage(name: string, at: number): Message {
  return {
    id: `test-${name}-${at}`,
    body: JSON.stringify({ type: "webhook.test", timestamp: new Date(at).toISOString(), data: {} }),
  };
}

import { isEqual, isLikelyImage, matchKeysOf } from "@crossfoot/kernel";
import type { FailureRecord } from "@crossfoot/kernel";
import type { Intent } from "../store/port.ts";
import { lookUpLinks, readContext, readObservation, withoutAwaits } from "./canonical.ts";
import { readRows } from "./read-rows.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf, reading } from "./world.ts";
import type { Session } from "./world.ts";

/** A person who has looked puts the write back under this: then it goes its usual way. */
export const seenAlike: FailureRecord = {
  failure: "in_doubt",
  code: "seen_alike",
  message:
    "our reference finds nothing, but a record that showed what was sent was there and is gone: it may " +
    "have landed and been deleted since",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

/**
 * Whether a record was seen on the target that may be what a create made, whose link is not known, and that
 * is gone now: it showed one of the match keys that were sent, or all that was sent. While the create is in
 * doubt nobody links what comes from its target, so that finding nothing by our reference is no proof that it
 * did not land (simulation, seed 937). One that is still there does not carry our reference: we did not make
 * it.
 */
export async function isSeenAlike(session: Session, target: SendTarget, intent: Intent): Promise<boolean> {
  const { side, mapping, policy } = target;
  const { world } = session;
  const sent = new Set(matchKeysOf(policy, withoutAwaits(intent.fields)));
  const unlinked = await world.store.unlinkedOf(intent.entity, true);
  const own = unlinked.filter(
    ({ connection, resolution }) => connection === side.id && resolution !== "candidate",
  );
  if (own.length === 0) return false;
  const links = await lookUpLinks(
    world,
    own.map(({ native }) => ({ side, mapping, native })),
  );
  const context = readContext(world, links, { connection: side.id, lines: [] });
  const alike = own.filter((record) => {
    const { fields } = readObservation(mapping, record, context);
    const isAll = Object.entries(intent.fields).every(
      ([name, value]) => isEqual(fields[name], value) || isLikelyImage(value, fields[name]),
    );
    return isAll || matchKeysOf(policy, withoutAwaits(fields)).some((key) => sent.has(key));
  });
  if (alike.length === 0) return false;
  // As many as one call reads: of several that show one key any will do. One that cannot be read is there.
  const looked = alike.slice(0, abilitiesOf(target.connection, intent.entity)?.readBatchMax ?? 1);
  const { records, unreadable } = await readRows(
    (ids) =>
      reading(session, side, (connection) =>
        connection.readByIds({ entity: intent.entity, roots: mapping.roots, ids }),
      ),
    looked.map(({ id }) => id),
  );
  const found = new Set(
    [...records.filter(({ kind }) => kind !== "deleted"), ...unreadable].map(({ id }) => id),
  );
  return looked.some(({ id }) => !found.has(id));
}

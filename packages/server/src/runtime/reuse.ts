import { matchKeysOf } from "@crossfoot/kernel";
import type { EntityPolicy } from "@crossfoot/kernel";
import type { ObserveCounts, StoredObservation } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side } from "./world.ts";

/**
 * Settles whose the sightings are that contradict what is known under their ids (INVARIANTS.md I27). What
 * never moves decides: a system's own stamps of creation, where it gives them, else the match keys. A program
 * that dies before this is done reads them again, since they were not stored.
 */
export async function settleReuse(
  session: Session,
  side: Side,
  { contradictions = [] }: Pick<ObserveCounts, "contradictions">,
): Promise<void> {
  const { world } = session;
  for (const seen of contradictions) {
    const [known] = await world.store.observationsOf([seen]);
    const policy = world.policies.find(({ entity }) => entity === seen.entity);
    if (known === undefined || policy === undefined || mappingOf(side, seen.entity) === undefined) continue;
    const is = (await isAnother(session, policy, { known, seen })) ? "another" : "same";
    await world.store.commitReuse({ seen, knownEnd: known.readEnd, is }, session.runId);
  }
}

async function isAnother(
  { world }: Session,
  policy: EntityPolicy,
  { known, seen }: { readonly known: StoredObservation; readonly seen: StoredObservation },
): Promise<boolean> {
  const [theirs, mine] = [known.madeAt ?? null, seen.madeAt ?? null];
  if (theirs !== null && mine !== null && theirs !== mine) return true;
  if (known.contentHash === seen.contentHash) return false;
  const [before = [], now = []] = (await canonicalFields(world, policy, [known, seen])).map(({ fields }) =>
    matchKeysOf(policy, fields),
  );
  // What names neither is no contradiction.
  return before.length > 0 && now.length > 0 && now.every((key) => !before.includes(key));
}

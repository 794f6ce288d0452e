import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { EntityName, EntityPolicy } from "@crossfoot/kernel";
import { bookedEntities } from "@crossfoot/model";
import type { Side, World } from "./world.ts";

/** Last day that the system of a side said is closed; null when it said that none is. */
const told = new WeakMap<Side, string | null>();

/**
 * Asks the side that keeps the books up to which day they are closed, where its system tells. When it does
 * not answer, what it said last stands; a system refuses what it has closed by itself, too.
 */
export async function askBooks({ log }: World, side: Side, connection: Connection): Promise<void> {
  if (side.role !== "erp" || connection.closedPeriods === undefined) return;
  try {
    told.set(side, (await connection.closedPeriods()).through);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    log.warn("closed_periods_not_told", { connection: side.id, code: error.code });
  }
}

/** The policies with the books closed that the contract or the system closes: up to the later day. */
export function closedNow(
  { sides, contract }: World,
  policies: readonly EntityPolicy[],
): readonly EntityPolicy[] {
  const books = sides.find(({ role }) => role === "erp");
  const through = books === undefined ? null : (told.get(books) ?? null);
  if (books === undefined || through === null) return policies;
  const booked: readonly string[] = bookedEntities(contract);
  return policies.map((policy) => {
    const isLater = policy.closed === undefined || policy.closed.through < through;
    if (!booked.includes(policy.entity) || !isLater) return policy;
    return { ...policy, closed: { at: books.id, field: "date", through } };
  });
}

/** The policies of these entities, or all, parents first, as they stand now. */
export function policiesOf(world: World, only?: readonly EntityName[]): readonly EntityPolicy[] {
  const { policies } = world;
  return closedNow(
    world,
    only === undefined ? policies : policies.filter(({ entity }) => only.includes(entity)),
  );
}

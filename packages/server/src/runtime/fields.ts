import type { ConnectionId } from "@crossfoot/kernel";
import { pathRoots } from "./check-roots.ts";
import type { EntityFields } from "./field-report.ts";
import { openTerms } from "./gate.ts";
import { mappingOf } from "./world.ts";
import type { World } from "./world.ts";

/**
 * What a system says that its records have, beside what the mapping makes of it. Undefined when there is no
 * such connection. Rejects with a ConnectorError when it cannot be reached.
 */
export async function fieldsOfSide(
  world: World,
  id: ConnectionId,
): Promise<readonly EntityFields[] | undefined> {
  const side = world.sides.find((each) => each.id === id || each.role === id);
  if (side === undefined) return undefined;
  const connection = await side.open(openTerms("interactive"));
  const { fields } = await connection.describe();
  return Object.entries(fields).map(([entity, all]) => {
    const mapping = mappingOf(side, entity);
    const mapped = mapping === undefined ? [] : pathRoots(mapping);
    return {
      entity,
      fields: all.map((field) => ({
        ...field,
        mappedTo: mapped.filter(([, roots]) => roots.includes(field.root)).map(([name]) => name),
      })),
    };
  });
}

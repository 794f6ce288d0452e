import { referencesOf } from "@crossfoot/connector-sdk";
import { carried } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, EntityPolicy, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import { canonicalFields, holdsReferenceTo, referringPart } from "./canonical.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** A record that refers to another, by which fields. */
export interface Child {
  readonly policy: EntityPolicy;
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  /** Null for a record that has no link yet. */
  readonly link: LinkId | null;
  readonly fields: readonly string[];
}

/** Records at once. */
const pageSize = 1_000;

/** What refers to a record on its own connection, as stored; what is gone is left out. */
export async function childrenOf(
  world: World,
  of: {
    readonly connection: ConnectionId;
    readonly entity: EntityName;
    readonly id: ExternalId;
    readonly link: LinkId;
  },
): Promise<readonly Child[]> {
  const found: Child[] = [];
  const side = sideOf(world, of.connection);
  for (const policy of world.policies) {
    const mapping = mappingOf(side, policy.entity);
    if (mapping === undefined || !holdsReferenceTo(mapping, of.entity)) continue;
    const ids = await world.store.knownIds(of.connection, policy.entity);
    for (let from = 0; from < ids.length; from += pageSize) {
      const page = ids.slice(from, from + pageSize);
      const keys = page.map((id) => ({ connection: of.connection, entity: policy.entity, id }));
      const seen = (await world.store.observationsOf(keys)).filter(
        ({ kind, native }) =>
          kind !== "merged" &&
          referencesOf(referringPart(mapping), native).some(
            ({ entity, id }) => entity === of.entity && id === of.id,
          ),
      );
      if (seen.length === 0) continue;
      const links = await world.store.linksOf(seen);
      for (const { record, fields } of await canonicalFields(world, policy, seen)) {
        const own = Object.entries(fields)
          .filter(([, value]) => carried(value).some((each) => "link" in each && each.link === of.link))
          .map(([field]) => field);
        const link = links.get(recordName(record)) ?? null;
        found.push({ policy, connection: of.connection, id: record.id, link, fields: own });
      }
    }
  }
  return found;
}

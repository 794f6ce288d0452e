import { readFields } from "@crossfoot/connector-sdk";
import { carried } from "@crossfoot/kernel";
import type { EntityName, Fields, LinkId } from "@crossfoot/kernel";
import type { LinkBundle, MemberBundle } from "../store/port.ts";
import type { LinkedMember, LinkedRecord } from "./looking-port.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** The records of links in a given order, as last read; a link without a bundle is left out. */
export function recordsOf(
  world: World,
  bundles: readonly LinkBundle[],
  order: readonly LinkId[],
): readonly LinkedRecord[] {
  const byLink = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  return order.flatMap((link) => {
    const bundle = byLink.get(link);
    if (bundle === undefined) return [];
    const { entity, state, verdict } = bundle;
    const members = bundle.members.map((member) => memberOf(world, entity, member));
    return [{ link, entity, state, verdict, members }];
  });
}

function memberOf(world: World, entity: EntityName, member: MemberBundle): LinkedMember {
  const { connection, id, observation } = member;
  const known = world.sides.some((side) => side.id === connection);
  const mapping = known ? mappingOf(sideOf(world, connection), entity) : undefined;
  if (observation === null)
    return { connection, id, kind: "not_seen", version: null, modifiedAt: null, fields: {}, problems: {} };
  const { kind, version, modifiedAt } = observation;
  const at = modifiedAt === null ? null : new Date(modifiedAt).toISOString();
  const head = { connection, id, kind, version, modifiedAt: at };
  if (mapping === undefined) return { ...head, fields: {}, problems: {} };
  const { fields, problems } = readFields(mapping, observation.native, {
    connection,
    // Nothing is looked up: every reference then comes as the id that it names.
    linkOf: () => undefined,
    lineKeyOf: () => undefined,
    isKnownCurrency: world.isKnownCurrency,
  });
  return { ...head, fields: withNamedIds(fields), problems };
}

/** Fields in which a reference is the native id that it names. */
export const withNamedIds = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, namedId(value) ?? value]));

/** The id that a reference names; undefined for any other value. */
function namedId(value: Fields[string]): string | undefined {
  if (value === null || typeof value !== "object" || !("awaits" in value)) return undefined;
  const [reference] = carried(value);
  return reference !== undefined && "awaits" in reference ? reference.awaits.id : undefined;
}

import { readFields } from "@crossfoot/connector-sdk";
import { carried } from "@crossfoot/kernel";
import type { EntityName, Fields, LinkId } from "@crossfoot/kernel";
import type { LinkBundle, MemberBundle } from "../store/port.ts";
import type { LinkedMember, LinkedRecord, Looking } from "./looking-port.ts";
import type { PlanDocument } from "./plan-document.ts";
import { findLink } from "./why.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** What is shown from the store alone. */
export function lookingOf(world: World): Looking {
  const { store } = world;
  return {
    async linkedRecords({ entity, limit, after }) {
      const links = await store.linksOfEntity(entity, limit, after);
      return recordsOf(world, await store.loadBundles(links), links);
    },
    async linkedRecord(record) {
      const link = await findLink(world, record);
      if (link === null) return null;
      const [found] = recordsOf(world, await store.loadBundles([link]), [link]);
      return found === undefined || (record.entity ?? found.entity) !== found.entity ? null : found;
    },
    async keptPlan(id) {
      const row = await store.loadPlan(id);
      const body = row === null ? null : await store.planBody(id);
      if (row === null || body === null) return null;
      const { id: _id, ...rest } = row;
      return { ...rest, plan: body as unknown as PlanDocument };
    },
    runs: (limit) => store.listRuns(limit),
    pauses: () => store.listPauses(),
  };
}

function recordsOf(
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

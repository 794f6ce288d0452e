import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { isEntityName } from "@crossfoot/model";
import { recordName } from "../store/port.ts";
import type { MemberRow, RecordKey } from "../store/port.ts";
import type { Refusal, RefusalCode } from "./moment-port.ts";
import type { Side, World } from "./world.ts";

/** Why there is no answer; a value, since somebody expects it. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(code: RefusalCode, message: string, failure: Refusal["failure"] = null) {
    super(message);
    this.name = "Refused";
    this.refusal = { code, message, failure };
  }
}

/** The side that plays a role. Throws a Refused when there is none. */
export function sideOfRole(world: World, role: "crm" | "erp"): Side {
  const side = world.sides.find((each) => each.role === role);
  if (side === undefined) throw new Refused("not_offered", `no connection is the ${role.toUpperCase()}`);
  return side;
}

/** What a name means: a record of one connection, or a link. Throws a Refused when it is neither. */
export function readName(
  world: World,
  name: string,
): { readonly link: LinkId } | { readonly connection: ConnectionId; readonly id: ExternalId } {
  if (name.startsWith("l-")) return { link: name as LinkId };
  const at = name.indexOf(":");
  const connection = world.sides.find(({ id }) => id === name.slice(0, Math.max(at, 0)))?.id;
  const id = name.slice(at + 1);
  if (connection === undefined || id === "") {
    const known = world.sides.map((side) => `${side.id}:...`).join(" or ");
    throw new Refused("invalid", `a record is named as ${known}, or by the id of its link`);
  }
  return { connection, id: id as ExternalId };
}

/** Ids of records on one side, whatever they were named by; a Refused for what has none there. */
export async function idsOn(
  world: World,
  side: Side,
  { entity, names }: { readonly entity: EntityName; readonly names: readonly string[] },
): Promise<ReadonlyMap<string, ExternalId | Refused>> {
  const found = new Map<string, ExternalId | Refused>();
  const away: { readonly name: string; readonly named: ReturnType<typeof readName> }[] = [];
  for (const name of new Set(names)) {
    try {
      const named = readName(world, name);
      if ("id" in named && named.connection === side.id) found.set(name, named.id);
      else away.push({ name, named });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      found.set(name, error);
    }
  }
  const keys = away.flatMap(({ named }): readonly RecordKey[] =>
    "id" in named ? [{ ...named, entity }] : [],
  );
  const links = await world.store.linksOf(keys);
  const linkOf = (named: ReturnType<typeof readName>): LinkId | undefined =>
    "link" in named ? named.link : links.get(recordName({ ...named, entity }));
  const members = await world.store.membersOf(away.flatMap(({ named }) => linkOf(named) ?? []));
  for (const { name, named } of away) {
    const link = linkOf(named);
    const own = members.filter((member) => member.link === link);
    found.set(name, memberOf(own, side, { entity, name }));
  }
  return found;
}

/** Like {@link idsOn} for one record. Rejects with a Refused when it has no id there. */
export async function idOn(
  world: World,
  side: Side,
  { entity, name }: { readonly entity: EntityName; readonly name: string },
): Promise<ExternalId> {
  const found = (await idsOn(world, side, { entity, names: [name] })).get(name);
  if (found === undefined || found instanceof Refused)
    throw found ?? new Refused("record_unknown", `nothing is known of ${name}`);
  return found;
}

function memberOf(
  members: readonly MemberRow[],
  side: Side,
  { entity, name }: { readonly entity: EntityName; readonly name: string },
): ExternalId | Refused {
  if (members.length === 0)
    return new Refused("record_unknown", `nothing is known of ${title(entity)} ${name}`);
  const wrong = members.find((member) => member.entity !== entity);
  if (wrong !== undefined)
    return new Refused("invalid", `${name} is one of ${wrong.entity}, and ${title(entity)} was asked for`);
  return (
    memberOn(members, side)?.id ??
    new Refused("not_in_erp", `${title(entity)} ${name} has no counterpart in ${side.id} yet`)
  );
}

/** Of the members of a link, the one on a side under its own name. */
export const memberOn = (members: readonly MemberRow[], side: Side): MemberRow | undefined =>
  members.find((each) => each.connection === side.id && !each.isAlias);

const titles: { readonly [entity: string]: string } = {
  accounts: "account",
  products: "product",
  pricebooks: "price book",
  quotes: "quote",
  orders: "order",
};

const title = (entity: EntityName): string =>
  isEntityName(entity) ? (titles[entity] ?? entity) : "a record";

import type { EntityMapping } from "@crossfoot/connector-sdk";
import { referencesOf } from "@crossfoot/connector-sdk";
import type { EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey, StoredObservation } from "../store/port.ts";
import { readContext, readObservation } from "./canonical.ts";
import { Refused } from "./moment-names.ts";
import { readIds } from "./observe.ts";
import { matchFirst } from "./resolve.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Parents of parents that a quote may bring along: an account, its parents, its products. */
const parentsMax = 200;

/** A quote of the CRM, by the name that somebody asked for. */
export interface AskedQuote {
  readonly crm: Side;
  readonly id: ExternalId;
  readonly quote: string;
}

/** A record as it was seen last, with the links of itself and of what it names. */
export interface Looked {
  readonly observed: StoredObservation;
  readonly named: readonly RecordKey[];
  readonly links: ReadonlyMap<string, LinkId>;
}

/** Reads a quote of the CRM. Throws a Refused where there is none. */
export async function readQuote(session: Session, at: AskedQuote): Promise<Looked> {
  const { missing } = await readIds(session, at.crm, { entity: "quotes", ids: [at.id], via: "hint" });
  const looked = missing.length > 0 ? null : await lookAtQuote(session.world, at);
  if (looked === null) throw new Refused("record_unknown", `${at.crm.id} has no quote ${at.id}`);
  return looked;
}

/** A quote as the CRM showed it last; null where it was never read. */
export async function lookAtQuote(world: World, { crm, id }: AskedQuote): Promise<Looked | null> {
  const mapping = mappingOf(crm, "quotes");
  return mapping === undefined ? null : lookAt(world, mapping, { connection: crm.id, entity: "quotes", id });
}

/** Throws a Refused unless the CRM showed the quote as accepted when it was looked at. */
export function refuseOpen(world: World, { crm, id, quote }: AskedQuote, looked: Looked | null): void {
  const mapping = mappingOf(crm, "quotes");
  if (mapping === undefined || looked === null)
    throw new Refused("record_unknown", `${crm.id} has no quote ${id}`);
  const context = readContext(world, looked.links, { connection: crm.id, lines: [] });
  const { status } = readObservation(mapping, looked.observed, context).fields;
  if (status !== "accepted" && status !== "converted")
    throw new Refused(
      "not_accepted",
      `the quote ${quote} is ${typeof status === "string" ? status : "in no known state"}; accept it first`,
    );
}

/**
 * Reads what the quote names and nobody has read yet, and links what has no link. Says whether the quote had
 * none.
 */
export async function linkQuote(
  session: Session,
  { crm }: AskedQuote,
  looked: Looked,
): Promise<{ readonly isNewcomer: boolean }> {
  const names = await readNamed(session, crm, looked);
  const isNewcomer = !looked.links.has(recordName(looked.observed));
  // What has its link already needs no matching.
  if (isNewcomer || names.length > 0) await matchEntities(session, ["quotes", ...names]);
  return { isNewcomer };
}

async function lookAt({ store }: World, mapping: EntityMapping, key: RecordKey): Promise<Looked | null> {
  const [observed] = await store.observationsOf([key]);
  if (observed === undefined) return null;
  const { connection } = key;
  const named = referencesOf(mapping, observed.native).map((each): RecordKey => ({ ...each, connection }));
  return { observed, named, links: await store.linksOf([key, ...named]) };
}

/**
 * Reads the records that a record names and that have no link yet, and those that they name. Answers their
 * entities.
 */
async function readNamed(session: Session, side: Side, first: Looked): Promise<readonly EntityName[]> {
  const read = new Map<string, RecordKey>();
  const readUnread = async ({ named, links }: Looked): Promise<void> => {
    const unread = named.filter((key) => !links.has(recordName(key)) && !read.has(recordName(key)));
    for (const key of unread.slice(0, Math.max(parentsMax - read.size, 0))) {
      read.set(recordName(key), key);
      await readIds(session, side, { entity: key.entity, ids: [key.id], via: "hint" });
    }
  };
  await readUnread(first);
  // Whatever is read on the way is looked at as well.
  for (const key of read.values()) {
    const mapping = mappingOf(side, key.entity);
    const looked = mapping === undefined ? null : await lookAt(session.world, mapping, key);
    if (looked !== null) await readUnread(looked);
  }
  return [...new Set([...read.values()].map(({ entity }) => entity))];
}

/** Gives new records of these entities their links, parents first. */
export async function matchEntities(session: Session, names: readonly EntityName[]): Promise<void> {
  for (const policy of session.world.policies)
    if (names.includes(policy.entity)) await matchFirst(session, policy);
}

/** The link of a quote. Throws a Refused where it has none. */
export async function linkOf(world: World, { crm, id, quote }: AskedQuote): Promise<LinkId> {
  const key: RecordKey = { connection: crm.id, entity: "quotes", id };
  const link = (await world.store.linksOf([key])).get(recordName(key));
  if (link === undefined)
    throw new Refused("held", `the quote ${quote} has no link yet; \`crossfoot candidates\` may say why`);
  return link;
}

/** Settles a quote and what it waits for, parents first. Answers how much was done. */
export async function settleFamily(settling: Settling, quote: LinkId): Promise<number> {
  const { store } = settling.session.world;
  const family = new Set<LinkId>([quote]);
  for (const link of family) {
    if (family.size > parentsMax) break;
    for (const { parentLink } of await store.waitsOf(link)) if (parentLink !== null) family.add(parentLink);
  }
  const parents = family.size === 1 ? [] : await store.loadLinks([...family].slice(1));
  const members = [...parents, { id: quote, entity: "quotes" as EntityName }];
  let done = 0;
  for (const policy of settling.policies) {
    const links = members.filter(({ entity }) => entity === policy.entity).map(({ id }) => id);
    if (links.length > 0) done += await settleLinks(settling, policy, links);
  }
  return done;
}

import { decimals } from "@crossfoot/connector-sdk";
import type { OrderWay } from "@crossfoot/connector-sdk";
import type { ConnectionId, ExternalId, Fields, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey } from "../store/port.ts";
import { restOf } from "./accept-part.ts";
import { readBundles } from "./assess.ts";
import { operationOf } from "./moment-answer.ts";
import { idOn, readName, Refused, sideOfRole } from "./moment-names.ts";
import type { Ordering } from "./moment-port.ts";
import { familiesOf, familiesShown } from "./revisions.ts";
import type { Family, Sibling } from "./revisions.ts";
import type { Side, World } from "./world.ts";

/** Where a quote stands, by what the ERP says now. */
interface Standing {
  readonly ordering: Ordering;
  /** Id of the order in the ERP, once there is one. */
  readonly order: ExternalId | null;
}

/** A quote by its name and its link, and its id in the ERP; null for what there is not. */
interface StandingQuote {
  readonly quote: string;
  readonly link: LinkId | null;
  readonly inErp: ExternalId | null;
  /** Whether it is ordered though a newer revision is there; not when missing. */
  readonly isOnPurpose?: boolean;
}

/** Where a quote stands now. Rejects with a Refused, a ConnectorError, a StoreError. */
export async function standing(
  world: World,
  quote: string,
  signal: AbortSignal | undefined,
): Promise<Standing> {
  const inErp = await idOn(world, sideOfRole(world, "erp"), { entity: "quotes", name: quote }).catch(
    (error: unknown) => {
      if (error instanceof Refused && error.refusal.code === "not_in_erp") return null;
      throw error;
    },
  );
  const named = readName(world, quote);
  if ("link" in named) return standingAt(world, { quote, inErp, link: named.link }, signal);
  const key: RecordKey = { ...named, entity: "quotes" };
  const link = (await world.store.linksOf([key])).get(recordName(key)) ?? null;
  return standingAt(world, { quote, inErp, link }, signal);
}

/** Like {@link standing}, of a quote whose link and id in the ERP are known. */
export async function standingAt(
  world: World,
  { quote, link, inErp, isOnPurpose = false }: StandingQuote,
  signal: AbortSignal | undefined,
): Promise<Standing> {
  if (inErp === null) {
    if (link !== null) await refuseSuperseded(world, { quote, link, isOnPurpose });
    return { ordering: { kind: "pending", message: "the ERP has no such quote yet" }, order: null };
  }
  const erp = sideOfRole(world, "erp");
  const { ask } = await operationOf(erp, "quoteToOrder", signal);
  const { ordering, order } = await standingOf(world, erp, await ask({ quote: inErp }));
  if (ordering.kind !== "ordered" || link === null) return { ordering, order };
  return { ordering: { ...ordering, rest: await restOf(world, link) }, order };
}

/**
 * Throws a Refused where the ERP has another revision of the same quote, or a newer one or a twin is there
 * and nobody wants this one on purpose: an order is made of the newest, and once.
 */
export async function refuseSuperseded(
  world: World,
  { quote, link, isOnPurpose }: Pick<StandingQuote, "quote" | "isOnPurpose"> & { readonly link: LinkId },
): Promise<void> {
  const erp = sideOfRole(world, "erp");
  const policy = world.policies.find(({ entity }) => entity === "quotes");
  if (policy === undefined) return;
  const bundles = await world.store.loadBundles([link]);
  // It is being made itself: whoever wanted that had it judged.
  if (bundles.some(({ openTargets }) => openTargets.includes(erp.id))) return;
  const read = await readBundles({ world, policy }, bundles);
  const family = (await familiesOf(world, policy, read)).get(link);
  const why = whySuperseded(family, { quote, erp: erp.id });
  if (why === null || (why.isOpen && isOnPurpose === true)) return;
  const way = "`crossfoot order --older-revision` orders this one all the same";
  throw new Refused("quote_superseded", `${why.message}: ${why.fix}${why.isOpen ? `; ${way}` : ""}`);
}

/**
 * What of another revision stands in the way of a quote as the CRM shows it now; null where nothing does, or
 * where it is in the ERP itself. Stores nothing.
 */
export async function supersededNow(
  world: World,
  crm: Side,
  { id, fields }: { readonly id: ExternalId; readonly fields: Fields },
): Promise<ReturnType<typeof whySuperseded>> {
  const erp = sideOfRole(world, "erp").id;
  const policy = world.policies.find(({ entity }) => entity === "quotes");
  if (policy === undefined) return null;
  const key: RecordKey = { connection: crm.id, entity: "quotes", id };
  const link = (await world.store.linksOf([key])).get(recordName(key)) ?? null;
  const own = link === null ? [] : await world.store.loadBundles([link]);
  const isMade = own.some(
    ({ members, openTargets }) =>
      openTargets.includes(erp) || members.some(({ connection }) => connection === erp),
  );
  if (isMade) return null;
  const families = await familiesShown(world, policy, [{ link, connection: crm.id, fields }]);
  return whySuperseded(families.get(link), { quote: `${crm.id}:${id}`, erp });
}

/** What stands in the way of a quote, and what helps. */
interface SupersededBy {
  readonly message: string;
  readonly fix: string;
  /** Whether it may be ordered on purpose all the same: no other one is in the ERP. */
  readonly isOpen: boolean;
}

/** Which revision stands in the way of another one, and what helps; null where none does. Pure. */
export function whySuperseded(
  family: Family | undefined,
  { quote, erp }: { readonly quote: string; readonly erp: ConnectionId },
): SupersededBy | null {
  const siblings = family?.siblings ?? [];
  const made = siblings.find(({ on }) => on.includes(erp));
  if (made !== undefined)
    return {
      message: `revision ${made.revision} (${made.name}) of the quote ${quote} is in ${erp} already`,
      fix: "there is no second order of a quote; have that one's order changed",
      isOpen: false,
    };
  const newer = siblings
    .filter(({ isNewer }) => isNewer)
    .reduce<Sibling | undefined>(
      (best, one) => (best === undefined || decimals.compare(one.revision, best.revision) > 0 ? one : best),
      undefined,
    );
  if (newer === undefined) return twinOf(siblings, quote);
  return {
    message: `revision ${newer.revision} (${newer.name}) of the quote ${quote} is newer`,
    fix: "order that one",
    isOpen: true,
  };
}

/** The same revision once more: which of the two is meant is nothing that we could know. */
function twinOf(siblings: readonly Sibling[], quote: string): SupersededBy | null {
  const twin = siblings.find(({ isTwin }) => isTwin);
  if (twin === undefined) return null;
  return {
    message: `the quote ${quote} has the number, revision ${twin.revision} and customer of ${twin.name} too`,
    fix: "delete one of them in the CRM, or give it another number or revision",
    isOpen: true,
  };
}

async function standingOf(world: World, erp: Side, way: OrderWay): Promise<Standing> {
  if (way.kind === "closed") {
    const { failure } = way;
    throw new Refused("quote_closed", failure.message, failure);
  }
  if (way.kind === "write") {
    const concerns = way.concerns.length === 0 ? "" : ` (${way.concerns.join("; ")})`;
    return { ordering: { kind: "pending", message: `it is not ordered yet${concerns}` }, order: null };
  }
  const names = await namesOf(world, { connection: erp.id, entity: "orders", id: way.order });
  return {
    ordering: { kind: "ordered", order: { names, number: way.number }, isMadeNow: false, rest: null },
    order: way.order,
  };
}

/** Every name of a record: the one that is given, and those of its counterparts. */
export async function namesOf(world: World, record: RecordKey): Promise<readonly string[]> {
  const link = (await world.store.linksOf([record])).get(recordName(record));
  const own = `${record.connection}:${record.id}`;
  if (link === undefined) return [own];
  const members = await world.store.membersOf([link]);
  const others = members.filter(({ isAlias }) => !isAlias).map(({ connection, id }) => `${connection}:${id}`);
  return [...new Set([own, ...others])];
}

/** The quote's id in the CRM, also where nothing is known of it yet. */
export async function quoteIn(world: World, crm: Side, quote: string): Promise<ExternalId> {
  const named = readName(world, quote);
  if ("id" in named && named.connection === crm.id) return named.id;
  return idOn(world, crm, { entity: "quotes", name: quote });
}

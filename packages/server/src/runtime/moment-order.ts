import type { OrderWay } from "@crossfoot/connector-sdk";
import { referencesOf } from "@crossfoot/connector-sdk";
import type { EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey } from "../store/port.ts";
import { acceptPart, restOf } from "./accept-part.ts";
import type { Acceptance } from "./accept-part.ts";
import type { AcceptedPart } from "./accept-port.ts";
import { alone } from "./alone.ts";
import { settlingOf } from "./command.ts";
import { policiesOf } from "./closed-books.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { readBundles } from "./assess.ts";
import { siblingsOf } from "./revisions.ts";
import { readIds } from "./observe.ts";
import { late, operationOf, told, within } from "./moment-answer.ts";
import { idOn, memberOn, readName, Refused, sideOfRole } from "./moment-names.ts";
import type { Moment, Ordering } from "./moment-port.ts";
import { shownBy } from "./moment-questions.ts";
import { matchFirst } from "./resolve.ts";
import { besideOthers, openSides } from "./session.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { enterContract } from "./signing.ts";
import { takeTerms } from "./terms.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Pause before what waits for somebody else, or for time, is looked at again, ms. */
const lookMs = 100;
/** Parents of parents that a quote may bring along: an account, its parents, its products. */
const parentsMax = 200;

/** From a quote to its order, and where that stands. */
export function orderingOf(world: World): Pick<Moment, "quoteToOrder" | "orderOf"> {
  /** What is asked for twice in this program is done once, and both hear of it. */
  const underWay = new Map<string, Promise<Ordering>>();
  return {
    quoteToOrder: async ({ quote, by, budgetMs, part = null }) => {
      const name = `${quote}\n${JSON.stringify(part)}`;
      const same = underWay.get(name);
      if (same !== undefined)
        return asKnown(await within(world, budgetMs, { ask: () => same, late: goesOn }));
      const making = makeOrder(world, { quote, by, part, deadline: deadlineIn(world.clock, budgetMs) });
      underWay.set(name, making);
      const over = (): void => void underWay.delete(name);
      making.then(over, over);
      return within(world, budgetMs, { ask: () => making, late: goesOn });
    },
    orderOf: ({ quote, budgetMs }) =>
      within(world, budgetMs, {
        ask: (signal) => told(async () => (await standing(world, quote, signal)).ordering),
        late: late(),
      }),
  };
}

/** What is told while an order is being made. */
export const goesOn: Ordering = { kind: "pending", message: "the order is being made; ask again" };

const asKnown = (ordering: Ordering): Ordering =>
  ordering.kind === "ordered" ? { ...ordering, isMadeNow: false } : ordering;

interface Making {
  readonly quote: string;
  readonly by: string;
  /** Null where all of the quote is accepted. */
  readonly part: AcceptedPart | null;
  readonly deadline: Deadline;
}

/** Where a quote stands, by what the ERP says now. */
interface Standing {
  readonly ordering: Ordering;
  /** Id of the order in the ERP, once there is one. */
  readonly order: ExternalId | null;
}

async function standing(world: World, quote: string, signal: AbortSignal | undefined): Promise<Standing> {
  const erp = sideOfRole(world, "erp");
  const id = await idOn(world, erp, { entity: "quotes", name: quote }).catch((error: unknown) => {
    if (error instanceof Refused && error.refusal.code === "not_in_erp") return null;
    throw error;
  });
  if (id === null) {
    await refuseSuperseded(world, quote);
    return { ordering: { kind: "pending", message: "the ERP has no such quote yet" }, order: null };
  }
  const { ask } = await operationOf(erp, "quoteToOrder", signal);
  const { ordering, order } = await standingOf(world, erp, await ask({ quote: id }));
  if (ordering.kind !== "ordered") return { ordering, order };
  const crm = sideOfRole(world, "crm");
  const rest = await restOf(world, { crm, id: await quoteIn(world, crm, quote) });
  return { ordering: { ...ordering, rest }, order };
}

/**
 * Throws a Refused where the ERP has another revision of the same quote, or a newer one is there: an order is
 * made of the newest, and once.
 */
async function refuseSuperseded(world: World, quote: string): Promise<void> {
  const [crm, erp] = [sideOfRole(world, "crm"), sideOfRole(world, "erp")];
  const policy = world.policies.find(({ entity }) => entity === "quotes");
  const id = await quoteIn(world, crm, quote);
  const key: RecordKey = { connection: crm.id, entity: "quotes", id };
  const link = (await world.store.linksOf([key])).get(recordName(key));
  if (policy === undefined || link === undefined) return;
  const read = await readBundles({ world, policy }, await world.store.loadBundles([link]));
  const siblings = (await siblingsOf(world, policy, read)).get(link) ?? [];
  const made = siblings.find(({ on }) => on.includes(erp.id));
  const newer = siblings.find(({ isNewer }) => isNewer);
  if (made !== undefined)
    throw new Refused(
      "quote_superseded",
      `revision ${made.revision} (${made.name}) of the quote ${quote} is in ${erp.id} already: there is no ` +
        "second order of a quote; have that one's order changed",
    );
  if (newer !== undefined)
    throw new Refused(
      "quote_superseded",
      `revision ${newer.revision} (${newer.name}) of the quote ${quote} is newer: order that one`,
    );
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

/** Makes the order, or hears that it was made. */
async function makeOrder(world: World, making: Making): Promise<Ordering> {
  return told(async () => {
    const crm = sideOfRole(world, "crm");
    const id = await quoteIn(world, crm, making.quote);
    const at = { ...making, crm, id };
    const beside = async (): Promise<Ordering | null> => {
      const named = { runId: world.entropy.uuid(), options: {} };
      return besideOthers(world, named, (session) => inRun(session, at, bringAbout));
    };
    const first = await beside();
    if (first !== null) return first;
    // The split alone: what comes after it is decided by whoever holds the quote.
    await alone(world, (session) => inRun(session, at, splitAlone));
    return (await beside()) ?? goesOn;
  });
}

/** Null where another worker holds the quote, and does not know that a part of it was accepted. */
async function inRun(
  session: Session,
  at: Bringing,
  work: (session: Session, at: Bringing) => Promise<Ordering | null>,
): Promise<Ordering | null> {
  const { world } = session;
  const { by, quote } = at;
  const runId = session.runId ?? "";
  await enterContract(world);
  await world.store.startRun(runId, `order ${quote}`, session.holding.holder);
  try {
    const ordering = await work(session, at);
    await world.store.endRun(runId, "done", { by, quote, ordering: ordering?.kind ?? "left" });
    return ordering;
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown";
    await world.store.endRun(runId, "failed", { by, message }).catch(() => undefined);
    throw error;
  }
}

/** The quote's id in the CRM, also where nothing is known of it yet. */
async function quoteIn(world: World, crm: Side, quote: string): Promise<ExternalId> {
  const named = readName(world, quote);
  if ("id" in named && named.connection === crm.id) return named.id;
  return idOn(world, crm, { entity: "quotes", name: quote });
}

interface Bringing extends Making {
  readonly crm: Side;
  readonly id: ExternalId;
}

/** Both systems at hand, and the quote read; throws a Refused where one of the two is away. */
async function begin(session: Session, at: Bringing): Promise<Settling> {
  const { world } = session;
  const opened = await openSides(session, { trusts: true });
  const settling = settlingOf(session, { policies: policiesOf(world), opened, options: {} });
  await takeTerms(settling);
  const away = session.away.get(at.crm.id) ?? session.away.get(sideOfRole(world, "erp").id);
  if (away !== undefined) throw new Refused("erp_away", away.message, away);
  await readQuote(session, at);
  return settling;
}

async function splitAlone(session: Session, at: Bringing): Promise<null> {
  await splitFirst(await begin(session, at), at);
  return null;
}

async function bringAbout(session: Session, at: Bringing): Promise<Ordering | null> {
  const { world } = session;
  const settling = await begin(session, at);
  const erp = sideOfRole(world, "erp");
  const { kind, ...accepted } = await splitFirst(settling, at);
  if (kind !== "accepted") return kind === "left" ? null : goesOn;
  await refuseOpen(world, at);
  const first = await linkOf(world, at);
  // Decided anew: what kept it from being made, a newer revision for one, may be gone without a trace on it.
  if (memberOn(await world.store.membersOf([first]), erp) === undefined)
    await world.store.markWork([first], "asked for");
  let { hasDone } = accepted;
  for (;;) {
    const done = await settleFamily(settling, first);
    hasDone ||= done > 0;
    const now = await standing(world, `${at.crm.id}:${at.id}`, session.signal);
    if (now.ordering.kind === "ordered" && now.order !== null) {
      const names = await carryBack(settling, { erp, first, order: now.order });
      return { ...now.ordering, order: { ...now.ordering.order, names }, isMadeNow: hasDone };
    }
    if (done > 0) continue;
    refuseStopped(settling);
    await refuseHeld(session, first);
    if (at.deadline.isOver() || !(await world.sleep(lookMs, session.signal))) return goesOn;
    await session.holding.keepUp();
  }
}

/** Reads the quote, and what it names and nobody has read yet; refuses one that is not accepted. */
async function readQuote(session: Session, at: Bringing): Promise<void> {
  const { crm, id, part } = at;
  const { missing } = await readIds(session, crm, { entity: "quotes", ids: [id], via: "hint" });
  if (missing.length > 0) throw new Refused("record_unknown", `${crm.id} has no quote ${id}`);
  if (part === null) await refuseOpen(session.world, at);
  await readNamed(session, crm, { connection: crm.id, entity: "quotes", id });
}

/** Where a part is accepted, has the quote split into that and what is left; the newest revision alone. */
async function splitFirst(settling: Settling, { part, ...at }: Bringing): Promise<Acceptance> {
  const { world } = settling.session;
  if (part === null) return { kind: "accepted", hasDone: false };
  const link = await linkOf(world, { ...at, part });
  const erp = memberOn(await world.store.membersOf([link]), sideOfRole(world, "erp"));
  if (erp === undefined) await refuseSuperseded(world, `${at.crm.id}:${at.id}`);
  return acceptPart(settling, { ...at, part, link });
}

/** Throws a Refused unless the CRM shows the quote as accepted. */
async function refuseOpen(world: World, { crm, id, quote }: Bringing): Promise<void> {
  const status = (await shownBy(world, crm, { entity: "quotes", ids: [id] })).get(id)?.["status"];
  if (status !== "accepted" && status !== "converted")
    throw new Refused(
      "not_accepted",
      `the quote ${quote} is ${typeof status === "string" ? status : "in no known state"}; accept it first`,
    );
}

/** Reads the records that a record names and that have no link yet, and those that they name. */
async function readNamed(session: Session, side: Side, first: RecordKey): Promise<void> {
  const { store } = session.world;
  const seen = new Map([[recordName(first), first]]);
  for (const record of seen.values()) {
    const mapping = mappingOf(side, record.entity);
    const [observed] = await store.observationsOf([record]);
    if (mapping === undefined || observed === undefined) continue;
    const named = referencesOf(mapping, observed.native).map(({ entity, id }): RecordKey => ({
      connection: side.id,
      entity,
      id,
    }));
    const links = await store.linksOf(named);
    const unread = named.filter((key) => !links.has(recordName(key)) && !seen.has(recordName(key)));
    for (const key of unread.slice(0, Math.max(parentsMax - seen.size, 0))) {
      seen.set(recordName(key), key);
      await readIds(session, side, { entity: key.entity, ids: [key.id], via: "hint" });
    }
  }
  await matchEntities(session, [...new Set([...seen.values()].map(({ entity }) => entity))]);
}

/** Gives new records of these entities their links, parents first. */
export async function matchEntities(session: Session, names: readonly EntityName[]): Promise<void> {
  for (const policy of session.world.policies)
    if (names.includes(policy.entity)) await matchFirst(session, policy);
}

async function linkOf(world: World, { crm, id, quote }: Bringing): Promise<LinkId> {
  const key: RecordKey = { connection: crm.id, entity: "quotes", id };
  const link = (await world.store.linksOf([key])).get(recordName(key));
  if (link === undefined)
    throw new Refused("held", `the quote ${quote} has no link yet; \`crossfoot candidates\` may say why`);
  return link;
}

/** Settles a quote and what it waits for, parents first. Answers how much was done. */
async function settleFamily(settling: Settling, quote: LinkId): Promise<number> {
  const { store } = settling.session.world;
  const family = new Set<LinkId>([quote]);
  for (const link of family) {
    if (family.size > parentsMax) break;
    for (const { parentLink } of await store.waitsOf(link)) if (parentLink !== null) family.add(parentLink);
  }
  const bundles = await store.loadBundles([...family]);
  let done = 0;
  for (const policy of settling.policies) {
    const links = bundles.filter(({ entity }) => entity === policy.entity).map(({ id }) => id);
    if (links.length > 0) done += await settleLinks(settling, policy, links);
  }
  return done;
}

/** Shows the order in the CRM, and the quote's new state with it, as far as that can be done now. */
async function carryBack(
  settling: Settling,
  { erp, first, order }: { readonly erp: Side; readonly first: LinkId; readonly order: ExternalId },
): Promise<readonly string[]> {
  const { session } = settling;
  const { world } = session;
  const key: RecordKey = { connection: erp.id, entity: "orders", id: order };
  if (mappingOf(erp, "orders") !== undefined && settling.policies.some(({ entity }) => entity === "orders")) {
    await readIds(session, erp, { entity: "orders", ids: [order], via: "hint" });
    await matchEntities(session, ["orders"]);
    const link = (await world.store.linksOf([key])).get(recordName(key));
    const policy = settling.policies.find(({ entity }) => entity === "orders");
    if (link !== undefined && policy !== undefined) await settleLinks(settling, policy, [link]);
  }
  await settleFamily(settling, first);
  return namesOf(world, key);
}

function refuseStopped({ guardStops }: Settling): void {
  const [stop] = guardStops;
  if (stop !== undefined)
    throw new Refused(
      "held",
      `the guard stopped ${stop.count} × ${stop.kind} of ${stop.entity}; \`crossfoot plan\` shows them`,
    );
}

/** Throws a Refused where only a person can help the quote on. */
async function refuseHeld({ world }: Session, link: LinkId): Promise<void> {
  const { store } = world;
  const park = (await store.listParks()).find((each) => each.link === link);
  if (park !== undefined) {
    const failure = park.failure ?? null;
    const isErp = failure !== null;
    throw new Refused(
      isErp ? "refused_by_erp" : "held",
      isErp
        ? failure.message
        : `the quote is set aside (${park.reason}); \`crossfoot why ${link}\` says more`,
      failure,
    );
  }
  const conflict = (await store.listConflicts("open")).find((each) => each.link === link);
  if (conflict !== undefined)
    throw new Refused("held", `${conflict.field} of the quote is in conflict and waits for a person`);
  const pauses = await store.listPauses();
  const paused = pauses.find(({ name }) => name === "quotes" || world.sides.some(({ id }) => id === name));
  if (paused !== undefined) throw new Refused("held", `${paused.name} is paused`);
}

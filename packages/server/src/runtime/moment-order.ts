import type { EntityMapping, OrderWay } from "@crossfoot/connector-sdk";
import { ConnectorError, referencesOf } from "@crossfoot/connector-sdk";
import type { EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey, StoredObservation } from "../store/port.ts";
import { readContext, readObservation } from "./canonical.ts";
import { settlingOf } from "./command.ts";
import { policiesOf } from "./closed-books.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { readBundles } from "./assess.ts";
import { siblingsOf } from "./revisions.ts";
import { readIds } from "./observe.ts";
import { nobodyWaits } from "./giving-way.ts";
import { late, operationOf, told, within } from "./moment-answer.ts";
import { idOn, memberOn, readName, Refused, sideOfRole } from "./moment-names.ts";
import type { Moment, Ordering } from "./moment-port.ts";
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
/** How long the end of a program waits for orders that are being carried to the CRM, ms. */
const restMs = 10_000;
/** Why what goes on behind an answer is cut then. Made once. */
const isClosing = new DOMException("the program ends", "AbortError");
/** Parents of parents that a quote may bring along: an account, its parents, its products. */
const parentsMax = 200;

/** An order on its way. */
interface UnderWay {
  /** Told once the ERP has the order, or once it is known that it will not. */
  readonly answer: Promise<Ordering>;
  /** Told once the CRM shows it too, as far as that can be. */
  readonly whole: Promise<Ordering>;
  /** What is told at `answer`; null until then. */
  told: Ordering | null;
}

/** What is asked of orders, and the end of that. */
interface Ordered {
  readonly moment: Pick<Moment, "quoteToOrder" | "orderOf">;
  /** Resolves when nothing goes on behind an answer; what takes long is cut at its next safe place. */
  readonly rest: () => Promise<void>;
}

/** From a quote to its order, and where that stands. */
export function orderingOf(world: World): Ordered {
  /** What is asked for twice in this program is done once, and both hear of it. */
  const underWay = new Map<string, UnderWay>();
  const closing = new AbortController();
  const begin = (asked: Pick<Making, "quote" | "by" | "deadline">): UnderWay => {
    const early = Promise.withResolvers<Ordering>();
    const tell = (ordering: Ordering): void => {
      making.told ??= ordering;
      early.resolve(ordering);
    };
    const whole = makeOrder(world, { ...asked, tell, signal: closing.signal });
    const making: UnderWay = { answer: early.promise, whole, told: null };
    underWay.set(asked.quote, making);
    const over = (): void => void underWay.delete(asked.quote);
    // Whoever asked may have been answered by then.
    early.promise.catch(() => undefined);
    const failed = (error: unknown): void => {
      early.reject(error);
      if (making.told !== null) noteUncarried(world, asked.quote, error);
    };
    whole.then(tell, failed).then(over, over);
    return making;
  };
  return {
    moment: {
      quoteToOrder: async ({ quote, by, budgetMs, until = "carried" }) => {
        const same = underWay.get(quote);
        const making = same ?? begin({ quote, by, deadline: deadlineIn(world.clock, budgetMs) });
        const awaited = until === "ordered" ? making.answer : making.whole;
        const told = await within(world, budgetMs, { ask: () => awaited, late: goesOn });
        const known = told === goesOn ? (making.told ?? told) : told;
        return same === undefined ? known : asKnown(known);
      },
      orderOf: ({ quote, budgetMs }) =>
        within(world, budgetMs, {
          ask: (signal) => told(async () => (await standing(world, quote, signal)).ordering),
          late: late(),
        }),
    },
    rest: async () => {
      const ends = [...underWay.values()].map(({ whole }) => whole.catch(() => undefined));
      if (ends.length === 0) return;
      const rested = new AbortController();
      const over = Promise.all(ends).finally(() => rested.abort());
      if (await world.sleep(restMs, rested.signal)) closing.abort(isClosing);
      await over;
    },
  };
}

/** What is told while an order is being made. */
export const goesOn: Ordering = { kind: "pending", message: "the order is being made; ask again" };

const asKnown = (ordering: Ordering): Ordering =>
  ordering.kind === "ordered" ? { ...ordering, isMadeNow: false } : ordering;

interface Making {
  readonly quote: string;
  readonly by: string;
  readonly deadline: Deadline;
  /** Tells the order to whoever waits, before it is carried to the CRM. */
  readonly tell: (ordering: Ordering) => void;
  /** Aborts when the program is to end and this takes too long. */
  readonly signal: AbortSignal;
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
  return standingOf(world, erp, await ask({ quote: id }));
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
    ordering: { kind: "ordered", order: { names, number: way.number }, isMadeNow: false },
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
    const wanted = await quoteIn(world, crm, making.quote);
    const runId = world.entropy.uuid();
    return besideOthers(world, { runId, options: { signal: making.signal } }, async (session) => {
      await enterContract(world);
      // Stored while the quote is read, and before anything is made of it.
      const started = world.store.startRun(runId, `order ${making.quote}`, session.holding.holder);
      started.catch(() => undefined);
      try {
        const ordering = await bringAbout(session, { ...making, crm, id: wanted, started });
        await world.store.endRun(runId, "done", {
          by: making.by,
          quote: making.quote,
          ordering: ordering.kind,
        });
        return ordering;
      } catch (error) {
        const message = error instanceof Error ? error.message : "unknown";
        await started.catch(() => undefined);
        await world.store.endRun(runId, "failed", { by: making.by, message }).catch(() => undefined);
        throw error;
      }
    });
  });
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
  /** Resolves when the run is stored. */
  readonly started: Promise<void>;
}

async function bringAbout(session: Session, at: Bringing): Promise<Ordering> {
  const { world } = session;
  const opened = await openSides(session, { trusts: true });
  const policies = policiesOf(world);
  const settling = settlingOf(session, { policies, opened, options: {} });
  await takeTerms(settling);
  const erp = sideOfRole(world, "erp");
  const away = session.away.get(at.crm.id) ?? session.away.get(erp.id);
  if (away !== undefined) throw new Refused("erp_away", away.message, away);
  const looked = await readQuote(session, at);
  await at.started;
  const { isNewcomer } = await linkQuote(session, at, looked);
  const first = await linkOf(world, at);
  // Decided anew: what kept it from being made, a newer revision for one, may be gone without a trace on it.
  // One that was linked just now is due anyway.
  if (!isNewcomer && memberOn(await world.store.membersOf([first]), erp) === undefined)
    await world.store.markWork([first], "asked for");
  let hasDone = false;
  for (;;) {
    const done = await settleFamily(settling, first);
    hasDone ||= done > 0;
    const now = await standing(world, `${at.crm.id}:${at.id}`, session.signal);
    if (now.ordering.kind === "ordered" && now.order !== null) {
      const ordering: Ordering = { ...now.ordering, isMadeNow: hasDone };
      at.tell(ordering);
      nobodyWaits(session);
      const names = await carried(settling, { erp, first, order: now.order });
      return names === null ? ordering : { ...ordering, order: { ...now.ordering.order, names } };
    }
    if (done > 0) continue;
    refuseStopped(settling);
    await refuseHeld(session, first);
    if (at.deadline.isOver() || !(await world.sleep(lookMs, session.signal))) return goesOn;
    await session.holding.keepUp();
  }
}

/** Reads the quote; refuses one that is not accepted. */
async function readQuote(session: Session, { crm, id, quote }: Bringing): Promise<Looked> {
  const { world } = session;
  const { missing } = await readIds(session, crm, { entity: "quotes", ids: [id], via: "hint" });
  const mapping = mappingOf(crm, "quotes");
  const key: RecordKey = { connection: crm.id, entity: "quotes", id };
  const looked = missing.length > 0 || mapping === undefined ? null : await lookAt(world, mapping, key);
  if (mapping === undefined || looked === null)
    throw new Refused("record_unknown", `${crm.id} has no quote ${id}`);
  const context = readContext(world, looked.links, { connection: crm.id, lines: [] });
  const { status } = readObservation(mapping, looked.observed, context).fields;
  if (status !== "accepted" && status !== "converted")
    throw new Refused(
      "not_accepted",
      `the quote ${quote} is ${typeof status === "string" ? status : "in no known state"}; accept it first`,
    );
  return looked;
}

/**
 * Reads what the quote names and nobody has read yet, and links what has no link. Says whether the quote had
 * none.
 */
async function linkQuote(
  session: Session,
  { crm }: Bringing,
  looked: Looked,
): Promise<{ readonly isNewcomer: boolean }> {
  const names = await readNamed(session, crm, looked);
  const isNewcomer = !looked.links.has(recordName(looked.observed));
  // What has its link already needs no matching.
  if (isNewcomer || names.length > 0) await matchEntities(session, ["quotes", ...names]);
  return { isNewcomer };
}

/** A record as it was seen last, with the links of itself and of what it names. */
interface Looked {
  readonly observed: StoredObservation;
  readonly named: readonly RecordKey[];
  readonly links: ReadonlyMap<string, LinkId>;
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
  const parents = family.size === 1 ? [] : await store.loadLinks([...family].slice(1));
  const members = [...parents, { id: quote, entity: "quotes" as EntityName }];
  let done = 0;
  for (const policy of settling.policies) {
    const links = members.filter(({ entity }) => entity === policy.entity).map(({ id }) => id);
    if (links.length > 0) done += await settleLinks(settling, policy, links);
  }
  return done;
}

/**
 * Carries an order to the CRM behind its answer. Null where the world did not let it: the order is there all
 * the same, and the next run carries it.
 */
async function carried(
  settling: Settling,
  at: Parameters<typeof carryBack>[1],
): Promise<readonly string[] | null> {
  try {
    return await carryBack(settling, at);
  } catch (error) {
    const isWorlds = error instanceof ConnectorError || error instanceof Refused;
    if (!isWorlds) throw error;
    noteUncarried(settling.session.world, at.order, error);
    return null;
  }
}

/** The order of this quote, or this order, is in the ERP and not in the CRM: the next run carries it. */
function noteUncarried({ log }: World, name: string, error: unknown): void {
  const message = error instanceof Error ? error.message : "unknown";
  log.warn("order_not_carried", { name, message });
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

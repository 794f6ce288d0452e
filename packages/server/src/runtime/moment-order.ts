import { ConnectorError } from "@crossfoot/connector-sdk";
import type { ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey } from "../store/port.ts";
import { acceptPart } from "./accept-part.ts";
import type { Acceptance } from "./accept-part.ts";
import type { AcceptedPart } from "./accept-port.ts";
import { alone } from "./alone.ts";
import type { Behind } from "./behind.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import { deadlineIn } from "./deadline.ts";
import { covers } from "./holding.ts";
import type { Deadline } from "./deadline.ts";
import { late, told, within } from "./moment-answer.ts";
import { memberOn, Refused, sideOfRole } from "./moment-names.ts";
import type { Moment, Ordering } from "./moment-port.ts";
import { readIds } from "./observe.ts";
import {
  linkOf,
  linkQuote,
  lookAtQuote,
  matchEntities,
  readQuote,
  refuseOpen,
  settleFamily,
} from "./order-quote.ts";
import type { AskedQuote } from "./order-quote.ts";
import { namesOf, quoteIn, refuseSuperseded, standing, standingAt } from "./order-standing.ts";
import { besideOthers, openSides } from "./session.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { enterContract } from "./signing.ts";
import { takeTerms } from "./terms.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Pause before what waits for somebody else, or for time, is looked at again, ms. */
const lookMs = 100;

/** An order on its way. */
interface UnderWay {
  /** Told once the ERP has the order, or once it is known that it will not. */
  readonly answer: Promise<Ordering>;
  /** Told once the CRM shows it too, as far as that can be. */
  readonly whole: Promise<Ordering>;
  /** What is told at `answer`; null until then. */
  told: Ordering | null;
}

/** From a quote to its order, and where that stands. */
export function orderingOf(world: World, behind: Behind): Pick<Moment, "quoteToOrder" | "orderOf"> {
  /** What is asked for twice in this program is done once, and both hear of it. */
  const underWay = new Map<string, UnderWay>();
  const begin = (asked: Pick<Making, "quote" | "by" | "part" | "isOlder" | "deadline">): UnderWay => {
    const early = Promise.withResolvers<Ordering>();
    const tell = (ordering: Ordering): void => {
      making.told ??= ordering;
      early.resolve(ordering);
    };
    const whole = behind.follow(makeOrder(world, { ...asked, tell, signal: behind.signal }));
    const making: UnderWay = { answer: early.promise, whole, told: null };
    const name = nameOf(asked);
    underWay.set(name, making);
    const over = (): void => void underWay.delete(name);
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
    quoteToOrder: async ({ budgetMs, until = "carried", ...question }) => {
      const { quote, by, part = null, isOlderRevision: isOlder = false } = question;
      const same = underWay.get(nameOf({ quote, part, isOlder }));
      const making = same ?? begin({ quote, by, part, isOlder, deadline: deadlineIn(world.clock, budgetMs) });
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
  };
}

const nameOf = ({ quote, part, isOlder }: Pick<Making, "quote" | "part" | "isOlder">): string =>
  `${quote}\n${JSON.stringify([part, isOlder])}`;

/** What is told while an order is being made. */
export const goesOn: Ordering = { kind: "pending", message: "the order is being made; ask again" };

const asKnown = (ordering: Ordering): Ordering =>
  ordering.kind === "ordered" ? { ...ordering, isMadeNow: false } : ordering;

interface Making {
  readonly quote: string;
  readonly by: string;
  /** Null where all of the quote is accepted. */
  readonly part: AcceptedPart | null;
  /** Whether it is ordered though a newer revision is there. */
  readonly isOlder: boolean;
  readonly deadline: Deadline;
  /** Tells the order to whoever waits, before it is carried to the CRM. */
  readonly tell: (ordering: Ordering) => void;
  /** Aborts when the program is to end and this takes too long. */
  readonly signal: AbortSignal;
}

/** Makes the order, or hears that it was made. */
async function makeOrder(world: World, making: Making): Promise<Ordering> {
  return told(async () => {
    const crm = sideOfRole(world, "crm");
    const asked = { ...making, crm, id: await quoteIn(world, crm, making.quote) };
    const options = { signal: making.signal };
    const beside = (): Promise<Ordering | null> =>
      besideOthers(world, { runId: world.entropy.uuid(), options }, (session) =>
        inRun(session, asked, bringAbout),
      );
    const first = await beside();
    if (first !== null) return first;
    // Nobody else would make an older revision.
    if (making.isOlder)
      return (await alone(world, (session) => inRun(session, asked, bringAbout), options)) ?? goesOn;
    // The split alone: what comes after it is decided by whoever holds the quote.
    await alone(world, (session) => inRun(session, asked, splitAlone), options);
    return (await beside()) ?? goesOn;
  });
}

/** Null where another worker holds the quote, and does not know what is wanted of it. */
async function inRun(
  session: Session,
  asked: Omit<Bringing, "started">,
  work: (session: Session, at: Bringing) => Promise<Ordering | null>,
): Promise<Ordering | null> {
  const { world } = session;
  const { by, quote } = asked;
  const runId = session.runId ?? "";
  await enterContract(world);
  // Stored while the quote is read, and before anything is made of it.
  const started = world.store.startRun(runId, `order ${quote}`, session.holding.holder);
  started.catch(() => undefined);
  try {
    const ordering = await work(session, { ...asked, started });
    await world.store.endRun(runId, "done", { by, quote, ordering: ordering?.kind ?? "left" });
    return ordering;
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown";
    await started.catch(() => undefined);
    await world.store.endRun(runId, "failed", { by, message }).catch(() => undefined);
    throw error;
  }
}

interface Bringing extends Making, AskedQuote {
  /** Resolves when the run is stored. */
  readonly started: Promise<void>;
}

/** Both systems at hand, the quote read and linked. */
interface Begun {
  readonly settling: Settling;
  /** Whether the quote had no link before. */
  readonly isNewcomer: boolean;
}

/** Throws a Refused where a system is away, or the quote is not accepted and no part of it is to be. */
async function begin(session: Session, at: Bringing): Promise<Begun> {
  const { world } = session;
  const opened = await openSides(session, { trusts: true });
  const settling = settlingOf(session, { policies: policiesOf(world), opened, options: {} });
  await takeTerms(settling);
  const away = session.away.get(at.crm.id) ?? session.away.get(sideOfRole(world, "erp").id);
  if (away !== undefined) throw new Refused("erp_away", away.message, away);
  const looked = await readQuote(session, at);
  if (at.part === null) refuseOpen(world, at, looked);
  await at.started;
  return { settling, ...(await linkQuote(session, at, looked)) };
}

async function splitAlone(session: Session, at: Bringing): Promise<null> {
  if (at.part !== null) await splitFirst((await begin(session, at)).settling, { ...at, part: at.part });
  return null;
}

async function bringAbout(session: Session, at: Bringing): Promise<Ordering | null> {
  const { world } = session;
  const { isNewcomer, ...begun } = await begin(session, at);
  const erp = sideOfRole(world, "erp");
  let hasDone = false;
  if (at.part !== null) {
    const split = await splitFirst(begun.settling, { ...at, part: at.part });
    if (split.kind !== "accepted") return split.kind === "left" ? null : goesOn;
    ({ hasDone } = split);
    refuseOpen(world, at, await lookAtQuote(world, at));
  }
  const first = await linkOf(world, at);
  const settling: Settling = {
    ...begun.settling,
    ...(at.isOlder ? { onPurpose: new Map([[first, at.by]]) } : {}),
  };
  // Decided anew: what kept it from being made, a newer revision for one, may be gone without a trace on it.
  // One that was linked just now is due anyway.
  if (!isNewcomer && memberOn(await world.store.membersOf([first]), erp) === undefined)
    await world.store.markWork([first], "asked for");
  for (;;) {
    if (at.isOlder && !covers(session.holding.rights(), first)) return null;
    const done = await settleFamily(settling, first);
    hasDone ||= done > 0;
    const inErp = memberOn(await world.store.membersOf([first]), erp)?.id ?? null;
    const now = await standingAt(
      world,
      { quote: `${at.crm.id}:${at.id}`, link: first, inErp, isOnPurpose: at.isOlder },
      session.signal,
    );
    if (now.ordering.kind === "ordered" && now.order !== null) {
      const ordering: Ordering = { ...now.ordering, isMadeNow: hasDone };
      at.tell(ordering);
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

/** Has the quote split into what is accepted and what is left; the newest revision alone. */
async function splitFirst(
  settling: Settling,
  at: Bringing & { readonly part: AcceptedPart },
): Promise<Acceptance> {
  const { world } = settling.session;
  const link = await linkOf(world, at);
  const erp = memberOn(await world.store.membersOf([link]), sideOfRole(world, "erp"));
  const asked = { quote: `${at.crm.id}:${at.id}`, link, isOnPurpose: at.isOlder };
  if (erp === undefined) await refuseSuperseded(world, asked);
  return acceptPart(settling, { ...at, link });
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

import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection, OrderStatus } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { EntityPolicy, ExternalId, Json, LinkId } from "@crossfoot/kernel";
import { isOpenIntent, recordName } from "../store/port.ts";
import type { Intent, RecordKey } from "../store/port.ts";
import { cancelWay } from "./cancel-rights.ts";
import type { CancelWay } from "./cancel-rights.ts";
import { noteCancelled } from "./cancel-note.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { directIntent } from "./direct-intent.ts";
import { openTerms } from "./gate.ts";
import { covers } from "./holding.ts";
import { late, operationOf, told, within } from "./moment-answer.ts";
import { idOn, memberOn, Refused, sideOfRole } from "./moment-names.ts";
import { matchEntities, namesOf } from "./moment-order.ts";
import type { Cancelling, CancelQuestion, Moment } from "./moment-port.ts";
import { shownBy } from "./moment-questions.ts";
import { readIds } from "./observe.ts";
import { isEntityPaused } from "./pausing.ts";
import { besideOthers, LeaseTaken, openSides, underLease } from "./session.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { enterContract } from "./signing.ts";
import { takeTerms } from "./terms.ts";
import { abilitiesOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Pause before what waits for time, or for somebody else, is looked at again, ms. */
const lookMs = 100;
/** Times that an order which moves meanwhile is looked at anew. */
const triesMax = 3;

/** From an order to a cancelled one. */
export function cancellingOf(world: World): Pick<Moment, "cancelOrder" | "cancellationOf"> {
  /** What is asked for twice in this program is done once, and both hear of it. */
  const underWay = new Map<string, Promise<Cancelling>>();
  return {
    cancelOrder: async (question) => {
      const { order, budgetMs } = question;
      const same = underWay.get(order);
      const doing = same ?? cancel(world, question);
      if (same === undefined) {
        underWay.set(order, doing);
        const over = (): void => void underWay.delete(order);
        doing.then(over, over);
      }
      const answer = await within<Cancelling>(world, budgetMs, { ask: () => doing, late: goesOn });
      return same !== undefined && answer.kind === "cancelled" ? { ...answer, isDoneNow: false } : answer;
    },
    cancellationOf: ({ order, budgetMs }) =>
      within<Cancelling>(world, budgetMs, {
        ask: (signal) => told(() => wouldCancel(world, order, signal)),
        late: late(),
      }),
  };
}

const goesOn: Cancelling = {
  kind: "pending",
  message: "whether it is cancelled is not known yet; ask again",
};

/** An order that somebody wants to have cancelled. */
interface Wanted extends RecordKey {
  readonly erp: Side;
  readonly policy: EntityPolicy;
}

async function wantedOf(world: World, order: string): Promise<Wanted> {
  const erp = sideOfRole(world, "erp");
  const policy = policiesOf(world).find(({ entity }) => entity === "orders");
  if (policy === undefined) throw new Refused("not_offered", "orders are not switched on in the contract");
  const id = await idOn(world, erp, { entity: "orders", name: order });
  return { erp, policy, connection: erp.id, entity: "orders", id };
}

async function wouldCancel(world: World, order: string, signal: AbortSignal): Promise<Cancelling> {
  const wanted = await wantedOf(world, order);
  const connection = await wanted.erp.open(openTerms("interactive", signal));
  const now = await stateNow(world, wanted, { connection, signal });
  if (now.state === "cancelled") return cancelledAs(world, wanted, { number: now.number, isDoneNow: false });
  stepOf(now.way);
  return { kind: "possible", state: now.state };
}

async function cancelledAs(
  world: World,
  wanted: Wanted,
  { number, isDoneNow }: { readonly number: string | null; readonly isDoneNow: boolean },
): Promise<Cancelling> {
  return { kind: "cancelled", order: { names: await namesOf(world, wanted), number }, isDoneNow };
}

/** Throws a Refused where there is no way. */
function stepOf(way: CancelWay): Extract<CancelWay, { kind: "step" }>["step"] {
  if (way.kind === "none") throw new Refused(way.code, way.why);
  return way.step;
}

/** Where an order stands in the ERP, and what leads on from there. */
interface StateNow {
  readonly state: string;
  readonly number: string | null;
  readonly way: CancelWay;
}

/** Asks the ERP how far the order has come where it tells; else it is what was read last. */
async function stateNow(
  world: World,
  { erp, policy, id }: Wanted,
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal | undefined },
): Promise<StateNow> {
  const crm = sideOfRole(world, "crm");
  const own: RecordKey = { connection: erp.id, entity: "orders", id };
  const link = (await world.store.linksOf([own])).get(recordName(own));
  const members = link === undefined ? [] : await world.store.membersOf([link]);
  const inCrm = memberOn(members, crm)?.id;
  const views = new Map([
    [erp.id, (await shownBy(world, erp, { entity: "orders", ids: [id] })).get(id)],
    [
      crm.id,
      inCrm === undefined
        ? undefined
        : (await shownBy(world, crm, { entity: "orders", ids: [inCrm] })).get(inCrm),
    ],
  ]);
  const status = await statusOf(erp, id, { connection, signal });
  const statusField = policy.statusField ?? "";
  const state = status?.state ?? views.get(erp.id)?.[statusField];
  const number = status?.number ?? views.get(erp.id)?.["number"] ?? null;
  if (typeof state !== "string")
    throw new Refused("record_unknown", `${erp.id} does not tell in which state the order is`);
  const way = cancelWay({
    ...{ policy, crm: crm.id, erp: erp.id, state, status },
    shown: (at, field) => (at === erp.id && field === statusField ? state : views.get(at)?.[field]),
    offered: abilitiesOf(connection, "orders")?.transitions ?? [],
  });
  return { state, number: typeof number === "string" ? number : null, way };
}

async function statusOf(
  erp: Side,
  id: ExternalId,
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal | undefined },
): Promise<OrderStatus | null> {
  if (connection.manifest.operations?.orderStatus === undefined) return null;
  const { ask } = await operationOf(erp, "orderStatus", signal);
  const [row] = await ask({ orders: [id] });
  if (row?.ok === true) return row;
  const failure = row?.failure ?? null;
  throw new Refused("refused_by_erp", failure?.message ?? `${erp.id} said nothing of the order`, failure);
}

type Asked = CancelQuestion & { readonly deadline: Deadline };

/** Has the order cancelled, or hears that it was. */
function cancel(world: World, question: CancelQuestion): Promise<Cancelling> {
  const asked: Asked = { ...question, deadline: deadlineIn(world.clock, question.budgetMs) };
  return told(async () => {
    const wanted = await wantedOf(world, question.order);
    const runId = world.entropy.uuid();
    const options = {};
    const work = (session: Session): Promise<Cancelling | null> => inRun(session, { wanted, asked });
    const shared = await besideOthers(world, { runId, options }, work);
    if (shared !== null) return shared;
    // Another program has the order's shard, and does not know of the wish: it gives way for a moment.
    const alone = { runId: world.entropy.uuid(), options, lane: "interactive", isAlone: true } as const;
    return (await underLease(world, alone, work).catch(ifTaken)) ?? goesOn;
  });
}

function ifTaken(error: unknown): null {
  if (error instanceof LeaseTaken) return null;
  throw error;
}

interface Cancel {
  readonly wanted: Wanted;
  readonly asked: Asked;
}

/** Null where another worker holds the order's shard: nothing was done then. */
async function inRun(session: Session, at: Cancel): Promise<Cancelling | null> {
  const { world } = session;
  const { by, order } = at.asked;
  const runId = session.runId ?? "";
  await enterContract(world);
  await world.store.startRun(runId, `cancel ${order}`, session.holding.holder);
  try {
    const answer = await bringAbout(session, at);
    await world.store.endRun(runId, "done", { by, order, cancelling: answer?.kind ?? "left" });
    return answer;
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown";
    await world.store.endRun(runId, "failed", { by, message }).catch(() => undefined);
    throw error;
  }
}

async function bringAbout(session: Session, { wanted, asked }: Cancel): Promise<Cancelling | null> {
  const { world, signal } = session;
  const { erp, id } = wanted;
  const opened = await openSides(session, { trusts: true });
  const settling = settlingOf(session, { policies: policiesOf(world), opened, options: {} });
  await takeTerms(settling);
  const connection = mayWrite(settling, erp);
  const mine = new Set<string>();
  for (;;) {
    const { missing } = await readIds(session, erp, { entity: "orders", ids: [id], via: "hint" });
    if (missing.length > 0) throw new Refused("record_unknown", `${erp.id} has no order ${id}`);
    await matchEntities(session, ["orders"]);
    const link = (await world.store.linksOf([wanted])).get(recordName(wanted));
    if (link === undefined) throw new Refused("held", "the order has no link yet; `crossfoot candidates`");
    if (!covers(session.holding.rights(), link)) return null;
    while ((await settleLinks(settling, wanted.policy, [link])) > 0) await session.holding.keepUp();
    const intents = await world.store.intentsOf([link]);
    const now = await stateNow(world, wanted, { connection, signal });
    if (now.state === "cancelled") {
      await noteCancelled(settling, { link, intents: intents.filter((intent) => isOurs(wanted, intent)) });
      const isDoneNow = intents.some(({ key, state }) => mine.has(key) && state === "settled");
      return cancelledAs(world, wanted, { number: now.number, isDoneNow });
    }
    if (intents.some((intent) => intent.target === erp.id && isOpenIntent(intent))) {
      if (asked.deadline.isOver() || !(await world.sleep(lookMs, signal))) return goesOn;
      await session.holding.keepUp();
      continue;
    }
    refuseFailed(intents, mine);
    const step = stepOf(now.way);
    mine.add(await store(settling, { wanted, asked, link, step, intents }));
  }
}

/** The ERP's connection; throws a Refused where nothing may be written to it now. */
function mayWrite({ session, opened, observes }: Settling, { id }: Side): Connection {
  const away = session.away.get(id);
  if (away !== undefined) throw new Refused("erp_away", away.message, away);
  const connection = opened.get(id);
  if (connection === undefined) throw new Refused("erp_away", `${id} cannot be reached`);
  if (observes.has(id)) throw new Refused("held", `${id} is only observed: nothing is written there`);
  if (isEntityPaused(session, "orders")) throw new Refused("held", "orders are paused");
  return connection;
}

const cancelMark = { isRepair: true, cancels: true } as const;

/** Whether an intent is a cancellation that somebody asked for. */
const isOurs = ({ erp }: Wanted, { target, kind, causes }: Intent): boolean =>
  target === erp.id &&
  kind === "transition" &&
  (Array.isArray(causes) ? (causes as readonly Json[]) : []).some(
    (cause) => isMap(cause) && cause["cancels"] === true,
  );

/** Throws what the ERP said when it refused what this call asked for; an order that moved is judged anew. */
function refuseFailed(intents: readonly Intent[], mine: ReadonlySet<string>): void {
  const ended = intents.filter(({ key, failure }) => mine.has(key) && failure !== null);
  const failure = ended.find((intent) => intent.failure?.failure !== "stale")?.failure;
  if (failure !== undefined && failure !== null) throw new ConnectorError(failure);
  const last = ended.at(-1)?.failure ?? null;
  if (ended.length >= triesMax) throw new Refused("held", "the order keeps changing; ask again", last);
}

/** Stores the wish before anything is sent. Its key is the same for whoever asks meanwhile. */
async function store(
  { session }: Settling,
  at: Cancel & {
    readonly link: LinkId;
    readonly step: NonNullable<Intent["transition"]>;
    readonly intents: readonly Intent[];
  },
): Promise<string> {
  const { world } = session;
  const { wanted, asked, link, step, intents } = at;
  const { erp, policy, id } = wanted;
  const [bundle] = await world.store.loadBundles([link]);
  const member = bundle?.members.find(({ connection }) => connection === erp.id);
  if (bundle === undefined || member?.id !== id)
    throw new Refused("held", "another record belongs to the order's link now; ask again");
  const statusField = policy.statusField ?? "";
  const earlier = intents.filter((intent) => isOurs(wanted, intent)).length;
  const { by, reason } = asked;
  const intent = directIntent(world, bundle, {
    name: `cancel\n${link}\n${bundle.generation}\n${erp.id}\n${step.via}\n${earlier}`,
    ...{ statusField, target: erp.id, kind: "transition", id, step: 0, transition: { ...step } },
    precondition: member.observation?.version ?? null,
    fields: { [statusField]: step.to },
    // As a person's edit in the ERP, which the CRM gets as it gets any.
    causes: [{ ...cancelMark, connection: "person", version: null, fields: [statusField], by, reason }],
  });
  await session.holding.use((rights) => {
    if (!covers(rights, link)) throw new Refused("held", "another worker took the order over; ask again");
    return world.store.storeIntents([intent], session.runId, rights);
  });
  return intent.key;
}

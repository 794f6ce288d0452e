import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection, OrderStatus } from "@crossfoot/connector-sdk";
import type { EntityPolicy, ExternalId, Json, LinkId } from "@crossfoot/kernel";
import { causesIn, isOpenIntent, recordName } from "../store/port.ts";
import type { Intent, LinkBundle, RecordKey } from "../store/port.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import type { Deadline } from "./deadline.ts";
import { directIntent } from "./direct-intent.ts";
import type { DirectWrite } from "./direct-intent.ts";
import { covers } from "./holding.ts";
import { operationOf } from "./moment-answer.ts";
import { idOn, Refused, sideOfRole } from "./moment-names.ts";
import { matchEntities } from "./order-quote.ts";
import { readIds } from "./observe.ts";
import { isEntityPaused } from "./pausing.ts";
import { alone } from "./alone.ts";
import { besideOthers, openSides } from "./session.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { enterContract } from "./signing.ts";
import { takeTerms } from "./terms.ts";
import type { Session, Side, World } from "./world.ts";

/** Pause before what waits for time, or for somebody else, is looked at again, ms. */
const lookMs = 100;
/** Times that an order which moves meanwhile is looked at anew. */
const triesMax = 3;

/** An order of which somebody wants something. */
export interface Wanted extends RecordKey {
  readonly erp: Side;
  readonly policy: EntityPolicy;
}

/** What somebody wants of an order, as one write that no decision makes. */
export interface OrderWish<Told> {
  /** Begins the name of the run, and of the write. */
  readonly word: "cancel" | "change";
  readonly order: string;
  readonly by: string;
  readonly deadline: Deadline;
  /** Aborts when the program is to end and this takes too long. */
  readonly signal: AbortSignal;
  /** Told while the end is not known. */
  readonly goesOn: Told;
  /** Looks at the order as it is now: it is as wanted, or this write leads on. Throws a Refused. */
  readonly look: (at: Looking) => Promise<WishSeen<Told>>;
}

/** What there is to see of an order. */
export interface Looking {
  readonly settling: Settling;
  readonly wanted: Wanted;
  readonly connection: Connection;
  readonly bundle: LinkBundle;
  /** Writes that were wished for as this one, the oldest first. */
  readonly wished: readonly Intent[];
  /** Keys of those that this very call stored. */
  readonly mine: ReadonlySet<string>;
}

/** As wanted; or the write that leads on, once no other is open. It throws a Refused where none does. */
export type WishSeen<Told> =
  | { readonly kind: "there"; readonly told: Told }
  | { readonly kind: "away"; readonly write: () => WishWrite };

/** The write that leads on. */
interface WishWrite extends Pick<DirectWrite, "kind" | "transition" | "fields"> {
  /** Tells this wish from others about the same order. */
  readonly name: string;
  /** Fields that count as edited in the ERP. */
  readonly edits: readonly string[];
  /** Of the record that was judged. */
  readonly precondition: string | null;
  /** What else is kept with it. */
  readonly kept: { readonly [name: string]: Json };
}

/** Finds an order by its name. Throws a Refused where there are no orders, or none of that name. */
export async function wantedOf(world: World, order: string): Promise<Wanted> {
  const erp = sideOfRole(world, "erp");
  const policy = policiesOf(world).find(({ entity }) => entity === "orders");
  if (policy === undefined) throw new Refused("not_offered", "orders are not switched on in the contract");
  const id = await idOn(world, erp, { entity: "orders", name: order });
  return { erp, policy, connection: erp.id, entity: "orders", id };
}

/** How far the ERP says that an order has come; null where it does not tell. */
export async function statusOf(
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

/** Has a wish fulfilled, or hears that it was. Rejects with a Refused, a ConnectorError, a StoreError. */
export async function fulfil<Told>(world: World, wish: OrderWish<Told>): Promise<Told> {
  const wanted = await wantedOf(world, wish.order);
  const options = { signal: wish.signal };
  const work = (session: Session): Promise<Told | null> => inRun(session, wanted, wish);
  const shared = await besideOthers(world, { runId: world.entropy.uuid(), options }, work);
  if (shared !== null) return shared;
  // Another program has the order's shard, and does not know of the wish: it gives way for a moment.
  return (await alone(world, work, options)) ?? wish.goesOn;
}

/** Null where another worker holds the order's shard: nothing was done then. */
async function inRun<Told>(session: Session, wanted: Wanted, wish: OrderWish<Told>): Promise<Told | null> {
  const { world } = session;
  const { by, order, word } = wish;
  const runId = session.runId ?? "";
  await enterContract(world);
  await world.store.startRun(runId, `${word} ${order}`, session.holding.holder);
  try {
    const answer = await bringAbout(session, wanted, wish);
    await world.store.endRun(runId, "done", { by, order, isLeft: answer === null });
    return answer;
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown";
    await world.store.endRun(runId, "failed", { by, message }).catch(() => undefined);
    throw error;
  }
}

async function bringAbout<Told>(
  session: Session,
  wanted: Wanted,
  wish: OrderWish<Told>,
): Promise<Told | null> {
  const { world, signal } = session;
  const opened = await openSides(session, { trusts: true });
  const settling = settlingOf(session, { policies: policiesOf(world), opened, options: {} });
  await takeTerms(settling);
  const connection = mayWrite(settling, wanted.erp);
  const mine = new Set<string>();
  for (;;) {
    const link = await linkNow(session, wanted);
    if (!covers(session.holding.rights(), link)) return null;
    while ((await settleLinks(settling, wanted.policy, [link])) > 0) await session.holding.keepUp();
    const intents = await world.store.intentsOf([link]);
    const bundle = await bundleNow(world, wanted, link);
    const wished = intents.filter((intent) => isWished(wanted, wish.word, intent));
    const seen = await wish.look({ settling, wanted, connection, bundle, wished, mine });
    if (seen.kind === "there") return seen.told;
    if (intents.some((intent) => intent.target === wanted.erp.id && isOpenIntent(intent))) {
      if (wish.deadline.isOver() || !(await world.sleep(lookMs, signal))) return wish.goesOn;
      await session.holding.keepUp();
      continue;
    }
    refuseFailed(intents, mine);
    mine.add(await store(settling, wish, { bundle, wanted, write: seen.write(), earlier: wished.length }));
  }
}

/** Reads the order anew, and answers its link. */
async function linkNow(session: Session, wanted: Wanted): Promise<LinkId> {
  const { world } = session;
  const { erp, id } = wanted;
  const { missing } = await readIds(session, erp, { entity: "orders", ids: [id], via: "hint" });
  if (missing.length > 0) throw new Refused("record_unknown", `${erp.id} has no order ${id}`);
  await matchEntities(session, ["orders"]);
  const link = (await world.store.linksOf([wanted])).get(recordName(wanted));
  if (link === undefined) throw new Refused("held", "the order has no link yet; `crossfoot candidates`");
  return link;
}

async function bundleNow(world: World, { erp, id }: Wanted, link: LinkId): Promise<LinkBundle> {
  const [bundle] = await world.store.loadBundles([link]);
  const member = bundle?.members.find(({ connection }) => connection === erp.id);
  if (bundle === undefined || member?.id !== id)
    throw new Refused("held", "another record belongs to the order's link now; ask again");
  return bundle;
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

const marks = {
  cancel: { isRepair: true, cancels: true },
  change: { isRepair: true, changes: true },
} as const;

/** Whether an intent is one that somebody wished for under that word. */
function isWished({ erp }: Wanted, word: OrderWish<unknown>["word"], intent: Intent): boolean {
  const name = word === "cancel" ? "cancels" : "changes";
  return intent.target === erp.id && causesIn(intent).some((cause) => cause[name] === true);
}

/** Throws what the ERP said when it refused what this call asked for; an order that moved is judged anew. */
function refuseFailed(intents: readonly Intent[], mine: ReadonlySet<string>): void {
  const ended = intents.filter(({ key, failure }) => mine.has(key) && failure !== null);
  const failure = ended.find((intent) => intent.failure?.failure !== "stale")?.failure;
  if (failure !== undefined && failure !== null) throw new ConnectorError(failure);
  const last = ended.at(-1)?.failure ?? null;
  if (ended.length >= triesMax) throw new Refused("held", "the order keeps changing; ask again", last);
}

/** Stores the wish before anything is sent. Its key is the same for whoever asks the same meanwhile. */
async function store<Told>(
  { session }: Settling,
  { word, by }: OrderWish<Told>,
  at: {
    readonly bundle: LinkBundle;
    readonly wanted: Wanted;
    readonly write: WishWrite;
    readonly earlier: number;
  },
): Promise<string> {
  const { world } = session;
  const { bundle, wanted, earlier } = at;
  const { name, edits, kept, ...write } = at.write;
  const { erp, policy, id } = wanted;
  const intent = directIntent(world, bundle, {
    ...write,
    name: `${word}\n${bundle.id}\n${bundle.generation}\n${erp.id}\n${name}\n${earlier}`,
    ...{ statusField: policy.statusField ?? "", target: erp.id, id, step: 0 },
    // As a person's edit in the ERP, which the CRM gets as it gets any.
    causes: [{ ...marks[word], connection: "person", version: null, fields: [...edits], by, ...kept }],
  });
  await session.holding.use((rights) => {
    if (!covers(rights, bundle.id))
      throw new Refused("held", "another worker took the order over; ask again");
    return world.store.storeIntents([intent], session.runId, rights);
  });
  return intent.key;
}

import type { Connection } from "@crossfoot/connector-sdk";
import { recordName } from "../store/port.ts";
import type { RecordKey } from "../store/port.ts";
import type { Behind } from "./behind.ts";
import { cancelWay } from "./cancel-rights.ts";
import type { CancelWay } from "./cancel-rights.ts";
import { deadlineIn } from "./deadline.ts";
import { openTerms } from "./gate.ts";
import { late, told, within } from "./moment-answer.ts";
import { memberOn, Refused, sideOfRole } from "./moment-names.ts";
import { namesOf } from "./order-standing.ts";
import type { Cancelling, CancelQuestion, Moment } from "./moment-port.ts";
import { shownBy } from "./moment-questions.ts";
import { fulfil, statusOf, wantedOf } from "./order-wish.ts";
import type { Looking, Wanted, WishSeen } from "./order-wish.ts";
import { abilitiesOf } from "./world.ts";
import { noteWish } from "./wish-note.ts";
import type { World } from "./world.ts";

/** From an order to a cancelled one. */
export function cancellingOf(world: World, behind: Behind): Pick<Moment, "cancelOrder" | "cancellationOf"> {
  /** What is asked for twice in this program is done once, and both hear of it. */
  const underWay = new Map<string, Promise<Cancelling>>();
  return {
    cancelOrder: async (question) => {
      const { order, budgetMs } = question;
      const same = underWay.get(order);
      const doing = same ?? behind.follow(cancel(world, question, behind.signal));
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

/** Has the order cancelled, or hears that it was. */
function cancel(world: World, question: CancelQuestion, signal: AbortSignal): Promise<Cancelling> {
  const { order, by, reason, budgetMs } = question;
  const deadline = deadlineIn(world.clock, budgetMs);
  return told(() =>
    fulfil<Cancelling>(world, {
      ...{ word: "cancel", order, by, deadline, signal, goesOn },
      look: (at) => lookAt(world, at, reason),
    }),
  );
}

async function lookAt(world: World, at: Looking, reason: string): Promise<WishSeen<Cancelling>> {
  const { settling, wanted, connection, bundle, wished, mine } = at;
  const now = await stateNow(world, wanted, { connection, signal: settling.session.signal });
  if (now.state === "cancelled") {
    await noteWish(settling, { link: bundle.id, intents: wished, word: "cancelled" });
    const isDoneNow = wished.some(({ key, state }) => mine.has(key) && state === "settled");
    const told = await cancelledAs(world, wanted, { number: now.number, isDoneNow });
    return { kind: "there", told };
  }
  const statusField = wanted.policy.statusField ?? "";
  const member = bundle.members.find(({ connection: side }) => side === wanted.erp.id);
  return {
    kind: "away",
    write: () => {
      const step = stepOf(now.way);
      return {
        ...{ kind: "transition", transition: { ...step }, name: step.via, edits: [statusField] },
        fields: { [statusField]: step.to },
        precondition: member?.observation?.version ?? null,
        kept: { reason },
      };
    },
  };
}

import { failedWrite } from "@crossfoot/connector-sdk";
import type { NativeWrite, Transition, WriteOutcome } from "@crossfoot/connector-sdk";
import { amend, amendmentsOf, markOf } from "./amendment.ts";
import { trytonId } from "./native.ts";
import { whyNotAnnulled } from "./order-limits.ts";
import type { Rpc } from "./rpc.ts";
import { orderState } from "./sale.ts";
import { locksFor, standingOrder } from "./standing-order.ts";

/** State changes of an order that was confirmed. Tryton's own button cancels quotes alone. */
export const orderTransitions: readonly Transition[] = [{ from: "open", to: "cancelled", via: "amend" }];

/**
 * Cancels an order that is in process and of which nothing is packed, gone or invoiced: one amendment of all
 * its lines to nothing, freight too. One that Tryton has not begun with is refused: Tryton would take it back
 * to a draft, where it is no order any more and nothing tells what became of it.
 */
export async function cancelOrder(rpc: Rpc, write: NativeWrite): Promise<WriteOutcome> {
  const sale = trytonId(write.id);
  if (write.id === null || sale === undefined || write.transition?.via !== "amend")
    return failedWrite("unsupported", "transition_unknown", "an order is cancelled by an amendment");
  const done: WriteOutcome = { kind: "done", id: write.id, record: null };
  const order = await standingOrder(rpc, sale);
  if (orderState(order.row) === "cancelled") return done;
  const locks = locksFor(write, order);
  const why = whyNotAnnulled(order.row, order.facts);
  if (why !== null) throw why;
  const left = order.lines.filter((line) => line["quantity"] !== 0);
  const lines = left.map((line) => ({ line, quantity: 0 }));
  const own = { sale, mark: markOf(write.key) };
  await amend(rpc, { ...own, lines, locks }, await amendmentsOf(rpc, own));
  return done;
}

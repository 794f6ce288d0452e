import type { OrderStatus, Transition } from "@crossfoot/connector-sdk";
import { isInClosedBooks, planTransitions, ruleInState } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, Shown } from "@crossfoot/kernel";

/** Everything that the cancellation of an order rests on. */
export interface CancelFacts {
  readonly policy: EntityPolicy;
  readonly crm: ConnectionId;
  readonly erp: ConnectionId;
  /** State of the order in the ERP now, ours; never `cancelled`. */
  readonly state: string;
  /** What both systems show of the order. */
  readonly shown: Shown;
  /** How far it has come; null where the ERP does not tell. */
  readonly status: Pick<OrderStatus, "delivered" | "invoiced" | "lines" | "limits"> | null;
  /** State changes of orders that the ERP offers. */
  readonly offered: readonly Transition[];
}

/** The next state change on the way to a cancelled order, or why there is none. */
export type CancelWay =
  | { readonly kind: "step"; readonly step: Transition }
  | { readonly kind: "none"; readonly code: "order_bound" | "not_offered"; readonly why: string };

/** What is done of an order, in words. One without anything that is delivered counts as delivered in full. */
function doneOf(status: CancelFacts["status"]): readonly string[] {
  if (status === null) return [];
  const { delivered, invoiced, lines } = status;
  const hasGoods = lines.some((line) => line.delivered !== null);
  return [
    ...(delivered === "none" || !hasGoods ? [] : [`delivered in ${delivered}`]),
    ...(invoiced === "none" ? [] : [`invoiced in ${invoiced}`]),
  ];
}

/**
 * Whether an order may be cancelled at the CRM's word. The contract comes first: an ownership rule that gives
 * the state to somebody else while the order is in its present one, and closed books. Then how far the order
 * has come, whatever its state says, since some ERPs cancel what was delivered. Last what the ERP offers, at
 * all and for this order.
 * Pure, total.
 */
export function cancelWay(facts: CancelFacts): CancelWay {
  const { policy, crm, erp, state, shown, status, offered } = facts;
  const bound = (why: string): CancelWay => ({ kind: "none", code: "order_bound", why });
  const rule = ruleInState(policy, { field: policy.statusField ?? "" }, shown);
  if (rule !== undefined && rule.writer !== crm)
    return bound(
      `the order is ${state} in ${erp}, and by the contract ${
        rule.writer === null ? "nobody decides" : `${rule.writer} alone decides`
      } about its state then: settle it there`,
    );
  const { closed } = policy;
  if (closed?.at === erp && isInClosedBooks(closed, shown(erp, closed.field)))
    return bound(`it is dated in a period of ${erp} that is closed (through ${closed.through})`);
  const done = doneOf(status);
  if (done.length > 0)
    return bound(`the order is ${state} in ${erp} and ${done.join(", ")}: ${erp} takes it back there`);
  const limit = status?.limits?.cancel ?? null;
  if (limit !== null)
    return limit.failure === "unsupported"
      ? { kind: "none", code: "not_offered", why: limit.message }
      : bound(limit.message);
  const [step] = planTransitions(offered, { from: state, to: "cancelled" }) ?? [];
  return step === undefined
    ? {
        kind: "none",
        code: "not_offered",
        why: `${erp} lets nobody but its own people take back an order that is ${state}`,
      }
    : { kind: "step", step };
}

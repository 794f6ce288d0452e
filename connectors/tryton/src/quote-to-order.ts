import { failureRecord } from "@crossfoot/connector-sdk";
import type { OrderWay, QuoteToOrderRequest, Transition } from "@crossfoot/connector-sdk";
import { refusal } from "./failures.ts";
import { text } from "./native.ts";
import { readByIds } from "./reader.ts";
import type { Rpc } from "./rpc.ts";
import { quotes } from "./sale.ts";

const give: Transition = { from: "draft", to: "sent", via: "quote" };
const confirm: Transition = { from: "sent", to: "converted", via: "confirm" };

/** The button that leads on from each state of a sale. */
const next: { readonly [state: string]: Transition } = { draft: give, quotation: confirm };

/**
 * Where a sale stands on its way from quote to order. The order is the same sale, so that it keeps the id,
 * and a second confirmation finds the order that is there.
 */
export async function quoteToOrder(rpc: Rpc, { quote }: QuoteToOrderRequest): Promise<OrderWay> {
  const roots = ["state", "quote_state", "number", "validation", "approval_reason"];
  const [record] = await readByIds(rpc, quotes, { roots, ids: [quote] });
  if (record === undefined || record.kind !== "present") {
    const failure = refusal("quote_unknown", "Tryton has no such quote");
    return { kind: "closed", failure: failureRecord(failure) };
  }
  const { native, version } = record;
  if (native["quote_state"] === "ordered")
    return { kind: "ordered", order: quote, number: text(native, "number") };
  const state = text(native, "state") ?? "";
  const transition = next[state];
  if (transition === undefined) {
    const failure = refusal("wrong_state", `no button leads from a sale in state ${state} to an order`);
    return { kind: "closed", failure: failureRecord(failure) };
  }
  const concerns = [text(native, "validation"), text(native, "approval_reason")];
  return {
    kind: "write",
    write: { entity: "quotes", kind: "transition", id: quote, precondition: version, transition },
    concerns: concerns.filter((each) => each !== null),
  };
}

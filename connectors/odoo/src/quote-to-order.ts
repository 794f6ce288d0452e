import { failureRecord } from "@crossfoot/connector-sdk";
import type { OrderWay, QuoteToOrderRequest, Transition } from "@crossfoot/connector-sdk";
import { refusal } from "./failures.ts";
import { text } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { quotes } from "./sale.ts";

/** The change that leads on from each state of a quote, of those that the manifest offers. */
const next: { readonly [state: string]: Transition } = {
  draft: { from: "draft", to: "sent", via: "action_quotation_sent" },
  sent: { from: "sent", to: "converted", via: "action_confirm" },
};

/**
 * Where an order of Odoo stands on its way from quote to order. The order is the same record, so that it
 * keeps id and number, and a second confirmation finds the order that is there.
 */
export async function quoteToOrder(odoo: Odoo, { quote }: QuoteToOrderRequest): Promise<OrderWay> {
  const roots = ["state", "quote_state", "name", "validation", "approval_reason"];
  const [record] = await readByIds(odoo, quotes, { roots, ids: [quote] });
  if (record === undefined || record.kind !== "present") {
    const failure = refusal("quote_unknown", "Odoo has no such quote");
    return { kind: "closed", failure: failureRecord(failure) };
  }
  const { native } = record;
  if (native["quote_state"] === "ordered")
    return { kind: "ordered", order: quote, number: text(native, "name") };
  const state = text(native, "state") ?? "";
  const transition = next[state];
  if (transition === undefined) {
    const failure = refusal(
      "wrong_state",
      `nothing leads from an order in state ${state} to a confirmed one`,
    );
    return { kind: "closed", failure: failureRecord(failure) };
  }
  const concerns = [text(native, "validation"), text(native, "approval_reason")];
  return {
    kind: "write",
    // A version is a digest of what was read of the record; who stores the write reads more of it than this.
    write: { entity: "quotes", kind: "transition", id: quote, precondition: null, transition },
    concerns: concerns.filter((each) => each !== null),
  };
}

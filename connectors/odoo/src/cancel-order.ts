import { failedWrite } from "@crossfoot/connector-sdk";
import type { NativeWrite, Transition, WriteOutcome } from "@crossfoot/connector-sdk";
import { has, loadFacts } from "./facts.ts";
import { odooId, refIds, text } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { orders } from "./sale.ts";
import { pressButton } from "./transition.ts";
import type { Buttons } from "./transition.ts";

/** State changes of an order that was confirmed: Odoo itself would cancel one that is delivered and paid. */
export const orderTransitions: readonly Transition[] = [
  { from: "open", to: "cancelled", via: "action_cancel" },
];

const buttons: Buttons = {
  // Without this version 17 answers with a wizard, and does nothing.
  action_cancel: { from: ["sale", "done"], to: ["cancel"], context: { disable_cancel_warning: true } },
};

/**
 * Cancels an order of which nothing is delivered. One that would leave no trace is refused: without a
 * delivery and an invoice nobody could tell it from a quote that was never confirmed.
 */
export async function cancelOrder(odoo: Odoo, write: NativeWrite): Promise<WriteOutcome> {
  const id = odooId(write.id);
  if (write.id === null || id === undefined)
    return failedWrite("unsupported", "transition_unknown", "an order is changed by its id");
  const [record] = await readByIds(odoo, orders, { roots: ["order_state"], ids: [write.id] });
  const state = record?.kind === "present" ? text(record.native, "order_state") : null;
  if (state !== null && state !== "open" && state !== "cancelled")
    return failedWrite("stale", "wrong_state", `action_cancel is not pressed on an order that is ${state}`);
  const traces = has(await loadFacts(odoo), "sale.order", "picking_ids")
    ? ["picking_ids", "invoice_ids"]
    : ["invoice_ids"];
  const [row] = await odoo.read("sale.order", [id], traces);
  if (row !== undefined && !traces.some((field) => refIds(row, field).length > 0))
    return failedWrite(
      "invalid",
      "leaves_no_trace",
      "an order without a delivery and an invoice is seen as a quote once it is cancelled: cancel it in Odoo",
    );
  return pressButton(odoo, write, buttons);
}

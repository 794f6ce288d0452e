import { ConnectorError, failedWrite, failureRecord, quoteTransitionsBy } from "@crossfoot/connector-sdk";
import type { NativeWrite, Transition, WriteOutcome } from "@crossfoot/connector-sdk";
import type { JsonMap } from "./native.ts";
import { odooId, text } from "./native.ts";
import type { Odoo } from "./odoo.ts";

/** What a method of an order leads from and to, in Odoo's own states. */
interface Button {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly context?: JsonMap;
}

/** Methods by their name. */
export interface Buttons {
  readonly [via: string]: Button;
}

/** Native states before and after a method of a quote. */
const ofQuotes: Buttons = {
  action_quotation_sent: { from: ["draft"], to: ["sent"] },
  action_confirm: { from: ["draft", "sent"], to: ["sale", "done"] },
  // Without this version 17 answers with a wizard, and does nothing.
  action_cancel: { from: ["draft", "sent"], to: ["cancel"], context: { disable_cancel_warning: true } },
  action_draft: { from: ["sent", "cancel"], to: ["draft"] },
};

/** State changes of a quote, each by its method. */
export const quoteTransitions: readonly Transition[] = quoteTransitionsBy({
  send: "action_quotation_sent",
  confirm: "action_confirm",
  cancel: "action_cancel",
  reopen: "action_draft",
});

async function stateOf(odoo: Odoo, id: number): Promise<string | undefined> {
  const [row] = await odoo.read("sale.order", [id], ["state"]);
  return row === undefined ? undefined : (text(row, "state") ?? "");
}

/**
 * Presses a button of an order. What Odoo answers says little: `true`, `false` and null are all success, and
 * a map is a question to a person with nothing done. So the state is read before and after, and an order that
 * is already where the button leads is done.
 */
export async function pressButton(
  odoo: Odoo,
  write: NativeWrite,
  buttons: Buttons = ofQuotes,
): Promise<WriteOutcome> {
  const via = write.transition?.via ?? "";
  const button = buttons[via];
  const id = odooId(write.id);
  if (button === undefined || id === undefined || write.id === null)
    return failedWrite("unsupported", "transition_unknown", `an order has no method ${via} here`);
  const done: WriteOutcome = { kind: "done", id: write.id, record: null };
  const before = await stateOf(odoo, id);
  if (before === undefined) return failedWrite("stale", "record_gone", "the order does not exist any more");
  if (button.to.includes(before)) return done;
  if (!button.from.includes(before))
    return failedWrite("stale", "wrong_state", `${via} has no effect on an order in state ${before}`);
  const pressed = { button, id, via, done };
  try {
    const context = button.context ?? {};
    await odoo.call({ model: "sale.order", method: via, ids: [id], context, isWrite: true });
  } catch (error) {
    if (error instanceof ConnectorError && ["invalid", "stale"].includes(error.failure))
      return afterRefusal(odoo, pressed, error);
    throw error;
  }
  return confirmState(odoo, pressed);
}

interface Pressed {
  readonly button: Button;
  readonly id: number;
  readonly via: string;
  readonly done: WriteOutcome;
}

/**
 * Odoo refuses a button that somebody else pressed in the meantime, each with words of its own: what counts
 * is where the order is. Where it is still where it was, the refusal stands.
 */
async function afterRefusal(
  odoo: Odoo,
  { button, id, via, done }: Pressed,
  refusal: ConnectorError,
): Promise<WriteOutcome> {
  const state = await stateOf(odoo, id);
  if (state !== undefined && button.to.includes(state)) return done;
  if (state !== undefined && button.from.includes(state)) throw refusal;
  return failedWrite("stale", "wrong_state", `${via} has no effect on an order in state ${state ?? "gone"}`);
}

async function confirmState(odoo: Odoo, { button, id, via, done }: Pressed): Promise<WriteOutcome> {
  try {
    const state = (await stateOf(odoo, id)) ?? "gone";
    if (button.to.includes(state)) return done;
    if (!button.from.includes(state))
      return failedWrite(
        "stale",
        "wrong_state",
        `after ${via} somebody else took the order to state ${state}`,
      );
    return failedWrite("invalid", "no_effect", `after ${via} the order is still in state ${state}`);
  } catch (error) {
    // The button was answered, what it did could not be read: only a probe can tell.
    const { code, message } = failureRecord(error);
    return failedWrite("in_doubt", code, message);
  }
}

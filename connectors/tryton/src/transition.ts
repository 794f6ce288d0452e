import { failedWrite, failureRecord, quoteTransitionsBy } from "@crossfoot/connector-sdk";
import type { NativeWrite, Transition, WriteOutcome } from "@crossfoot/connector-sdk";
import { text, trytonId } from "./native.ts";
import type { Json } from "./native.ts";
import { readByIds } from "./reader.ts";
import type { Rpc } from "./rpc.ts";
import { quotes } from "./sale.ts";
import { isSameStamps, stampsOf } from "./version.ts";
import { unbooked } from "./write-sale-lines.ts";

/** Native states before and after a button of a sale. */
const buttons: {
  readonly [via: string]: { readonly from: readonly string[]; readonly to: readonly string[] };
} = {
  quote: { from: ["draft"], to: ["quotation"] },
  // `confirm` queues the processing, which Tryton runs right after the commit unless a queue worker does it
  // later.
  confirm: { from: ["quotation"], to: ["confirmed", "processing", "done"] },
  cancel: { from: ["draft", "quotation"], to: ["cancelled"] },
  draft: { from: ["quotation", "cancelled"], to: ["draft"] },
};

/** State changes of a quote, each by its button. */
export const quoteTransitions: readonly Transition[] = quoteTransitionsBy({
  send: "quote",
  confirm: "confirm",
  cancel: "cancel",
  reopen: "draft",
});

/**
 * Presses a button of a sale. Tryton answers a button in the wrong state with success and does nothing, so
 * the state is read before and after. A sale that is already where the button leads is done. A sale that
 * Tryton could not process once it confirmed it is not confirmed.
 */
export async function pressButton(rpc: Rpc, write: NativeWrite): Promise<WriteOutcome> {
  const via = write.transition?.via ?? "";
  const button = buttons[via];
  const id = trytonId(write.id);
  if (button === undefined || id === undefined || write.id === null) {
    return failedWrite("unsupported", "transition_unknown", `a sale has no button ${via}`);
  }
  const wanted = { roots: ["state"], ids: [write.id] };
  const [before] = await readByIds(rpc, quotes, wanted);
  if (before?.version === undefined || before.version === null)
    return failedWrite("stale", "record_gone", "the sale does not exist any more");
  const state = text(before.native, "state") ?? "";
  if (button.to.includes(state)) return { kind: "done", id: write.id, record: null };
  if (!button.from.includes(state)) {
    return failedWrite("stale", "wrong_state", `the button ${via} has no effect on a sale in state ${state}`);
  }
  if (write.precondition !== null && !isSameStamps(write.precondition, before.version)) {
    return failedWrite("stale", "stale_record", "the sale was changed since it was read");
  }
  if (via === "confirm" && (await hasUnbooked(rpc, id)))
    return failedWrite("invalid", "setup_incomplete", unbooked);
  const root = `sale.sale,${id}`;
  const lock = { [root]: stampsOf(before.version).get(root) ?? null };
  await rpc.call(`sale.sale.${via}`, [[id]], { context: { _timestamp: lock }, isWrite: true });
  return confirmState(rpc, write, { via, to: button.to });
}

/** Whether a line is of a product without the category that its accounts stand in. */
async function hasUnbooked(rpc: Rpc, sale: number): Promise<boolean> {
  const domain: readonly Json[] = [
    ["sale", "=", sale],
    ["product", "!=", null],
    ["product.template.account_category", "=", null],
  ];
  return (await rpc.search({ model: "sale.line", domain, fields: ["product"], limit: 1 })).length > 0;
}

async function confirmState(
  rpc: Rpc,
  write: NativeWrite,
  expected: { readonly via: string; readonly to: readonly string[] },
): Promise<WriteOutcome> {
  const id = write.id as NonNullable<typeof write.id>;
  try {
    const [after] = await readByIds(rpc, quotes, { roots: ["state"], ids: [id] });
    const state = text(after?.native ?? {}, "state") ?? "gone";
    if (expected.to.includes(state)) return { kind: "done", id, record: null };
    return failedWrite(
      "invalid",
      "no_effect",
      `after the button ${expected.via} the sale is still in state ${state}`,
    );
  } catch (error) {
    // The button was answered, what it did could not be read: only a probe can tell.
    const { code, message } = failureRecord(error);
    return failedWrite("in_doubt", code, message);
  }
}

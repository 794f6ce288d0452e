import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { fakeTryton } from "./fake-tryton.ts";
import type { Asked, Reply } from "./fake-tryton.ts";

type JsonMap = NativeRecord["native"];
type Row = { readonly [field: string]: unknown };

const money = (decimal: string): Row => ({ __class__: "Decimal", decimal });
const unit = { id: 1, symbol: "u", digits: 0, factor: 1, rate: 1 };
const bolt = {
  ...{ id: 21, type: "line", product: 2, quantity: 10, unit: 1, "unit.": unit, _timestamp: "1.5" },
  ...{ unit_price: money("0.1250"), description: "Bolt", "moves.": [], "invoice_lines.": [] },
};
const freight = { ...bolt, id: 22, product: 9, quantity: 1, unit_price: money("40"), description: null };
const nut = { ...bolt, id: 23, product: 3, quantity: 4, description: null };
const waiting = { id: 31, state: "waiting", _timestamp: "1.6" };
const draftInvoice = { id: 41, state: "draft", _timestamp: "1.7" };
const moved = (quantity: number, state: string): Row => ({ quantity, state, "uom.": unit });
const booked = (quantity: number, state: string): Row => ({
  ...{ quantity, type: "line", "unit.": unit },
  "invoice.": { id: 41, state },
});

interface Order {
  readonly state?: string;
  readonly lines?: readonly Row[];
  readonly shipments?: readonly Row[];
  readonly invoices?: readonly Row[];
  readonly hasModule?: boolean;
  /** What a press of the amendment answers, in their order; then it is applied. */
  readonly presses?: readonly (Reply | "applied, answer lost" | "applied before it")[];
}

const lost: Reply = {
  thrown: new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" }),
};

const concurrent: Reply = { error: ["ConcurrencyException", "Records were modified"] };

interface Amendment extends Row {
  readonly id: number;
  readonly state: string;
}

interface Tryton {
  readonly session: ReturnType<typeof fakeTryton>;
  /** Its amendments as they are now. */
  readonly kept: { amendments: Amendment[] };
}

/** A Tryton with one order of two lines and their freight, which keeps its amendments. */
function trytonWith(order: Order = {}): Tryton {
  const { hasModule = true, presses = [] } = order;
  const row = {
    ...{ id: 5, number: "S5", state: order.state ?? "processing", shipment_state: "waiting" },
    ...{ _timestamp: "1.4", confirmed_by: 1, "currency.": { id: 1, code: "EUR", digits: 2 } },
    "lines.": order.lines ?? [bolt, freight, nut],
    "shipments.": order.shipments ?? [waiting],
    "invoices.": order.invoices ?? [draftInvoice],
  };
  const waitingPresses = [...presses];
  const kept = { amendments: [] as Amendment[] };
  let stamp = "1.4";
  const apply = (id: unknown): void => {
    stamp = "2.4";
    kept.amendments = kept.amendments.map((each) =>
      each.id === id ? { ...each, state: "validated" } : each,
    );
  };
  const session = fakeTryton(({ method, params }): Reply | undefined => {
    const [first, second] = params as readonly unknown[];
    if (method === "model.ir.model.field.search_read")
      return { result: hasModule ? [{ id: 1, name: "unit_price" }] : [] };
    if (method === "model.sale.sale.search_read") return { result: [{ ...row, _timestamp: stamp }] };
    if (method === "model.sale.amendment.search_read") {
      const [, [, , mark]] = first as readonly [unknown, readonly [string, string, string]];
      return { result: kept.amendments.filter((each) => each["description"] === mark) };
    }
    if (method === "model.sale.amendment.create") {
      const [values] = first as readonly [Row];
      const [[, rows]] = values["lines"] as readonly [readonly [string, readonly Row[]]];
      const id = kept.amendments.length + 1;
      kept.amendments.push({ ...values, id, state: "draft", "lines.": rows });
      return { result: [id] };
    }
    if (method === "model.sale.amendment.delete") {
      kept.amendments = kept.amendments.filter(({ id }) => !(first as readonly number[]).includes(id));
      return { result: null };
    }
    if (method === "model.sale.amendment.validate_amendment") {
      const [id] = first as readonly number[];
      const reply = waitingPresses.shift();
      if (typeof reply === "object") return reply;
      apply(id);
      if (reply === "applied before it") return concurrent;
      return reply === undefined ? { result: null } : lost;
    }
    if (method === "model.sale.sale.write") return { result: second === undefined ? undefined : null };
    return undefined;
  });
  return { session, kept };
}

const shown: readonly JsonMap[] = [
  { id: "21", product: "2", quantity: "10", unit: "u", unit_price: "0.125" },
  { id: "23", product: "3", quantity: "4", unit: "u", unit_price: "0.125" },
];
const version = "account.invoice,41=1.7;sale.line,21=1.5;sale.line,22=1.5;sale.line,23=1.5;sale.sale,5=1.4;";
const now = `${version}stock.shipment.out,31=1.6`;
const base = { key: "k", reference: "r", entity: "orders", id: "5" as never, precondition: null };

/** A change of the order from what it showed. */
const change = (patch: JsonMap, more: Partial<NativeWrite> = {}): NativeWrite => ({
  ...{ ...base, kind: "update", transition: null, patch },
  ...{ current: { lines: [...shown], description: "PO-1" }, ...more },
});
const cancel = (more: Partial<NativeWrite> = {}): NativeWrite => ({
  ...{ ...base, kind: "transition", patch: {}, current: {}, ...more },
  transition: { from: "open", to: "cancelled", via: "amend" },
});
const withQuantities = (...quantities: readonly [string, string]): JsonMap[] =>
  shown.map((row, at) => ({ ...row, quantity: quantities[at] ?? "" }));
const fewer = change({ lines: withQuantities("7", "4") });

const codeOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed"
    ? `${outcome.failure.failure}/${outcome.failure.code}`
    : (outcome?.kind ?? "none");

async function codes({ session }: Tryton, write: NativeWrite): Promise<string> {
  return codeOf((await openTryton(session).write([write]))[0]);
}

const acts = /\.(create|write|delete|validate_amendment)$/;
const sent = ({ session }: Tryton): readonly Asked[] =>
  session.asked.filter(({ method }) => acts.test(method));
const calls = (tryton: Tryton): readonly string[] =>
  sent(tryton).map(({ method }) => method.replace(/^model\.sale\./, ""));
const quantitiesIn = ({ kept }: Tryton): readonly unknown[] =>
  kept.amendments.map((each) => [
    each.state,
    ...(each["lines."] as readonly Row[]).map(({ line, quantity }) => [line, quantity]),
  ]);

describe("a change of an order", () => {
  it("is one amendment that says all else of its lines again, under the stamps that were read", async () => {
    const tryton = trytonWith();
    expect(await codes(tryton, { ...fewer, precondition: now })).toBe("done");
    const [create, press] = sent(tryton);
    const line = { action: "line", line: 21, product: 2, quantity: 7, unit: 1 };
    const price = { __class__: "Decimal", decimal: "0.125" };
    const rows = [{ ...line, unit_price: price, description: "Bolt" }];
    expect(create?.params[0]).toEqual([{ sale: 5, description: "crossfoot:k", lines: [["create", rows]] }]);
    expect(press?.params[0]).toEqual([1]);
    const context = press?.params.at(-1) as Row | undefined;
    expect(context?.["_timestamp"]).toEqual({
      ...{ "sale.sale,5": "1.4", "sale.line,21": "1.5", "sale.line,22": "1.5", "sale.line,23": "1.5" },
      ...{ "stock.shipment.out,31": "1.6", "account.invoice,41": "1.7" },
    });
  });

  it("takes a line away as one of nothing, also where the patch leaves it out", async () => {
    for (const lines of [withQuantities("10", "0"), withQuantities("10", "4").slice(0, 1)]) {
      const tryton = trytonWith();
      expect(await codes(tryton, change({ lines }))).toBe("done");
      expect(quantitiesIn(tryton)).toEqual([["validated", [23, 0]]]);
    }
  });

  it("writes the customer's number by itself, also without the module", async () => {
    const alone = trytonWith({ hasModule: false });
    expect(await codes(alone, change({ description: "PO-2" }, { precondition: now }))).toBe("done");
    expect(sent(alone).map(({ params }) => params.slice(0, 2))).toEqual([[[5], { description: "PO-2" }]]);
    const own = trytonWith();
    expect(await codes(own, change({ reference: "mine" }))).toBe("invalid/read_only");
  });

  it("that changes nothing writes nothing", async () => {
    const tryton = trytonWith();
    expect(await codes(tryton, change({ lines: [...shown], description: "PO-1" }))).toBe("done");
    expect(calls(tryton)).toEqual([]);
  });

  it("with the number beside its quantities is refused before anything is written", async () => {
    const both = trytonWith();
    const patch = { lines: withQuantities("7", "4"), description: "PO-2" };
    expect(await codes(both, change(patch))).toBe("unsupported/not_amendable");
    expect(calls(both)).toEqual([]);
  });

  it.each<readonly [string, string, Order, readonly JsonMap[]]>([
    ["a new line", "unsupported/not_amendable", {}, [...shown, { product: "2", quantity: "1", unit: "u" }]],
    ["no module", "unsupported/not_amendable", { hasModule: false }, withQuantities("7", "4")],
    ["an order not begun", "invalid/not_processed", { state: "confirmed" }, withQuantities("7", "4")],
    ["an order that is done", "invalid/wrong_state", { state: "done" }, withQuantities("7", "4")],
    ["an order gone back", "stale/record_gone", { state: "draft" }, withQuantities("7", "4")],
    ["a line that is gone", "stale/line_gone", { lines: [bolt] }, withQuantities("10", "3")],
    ["another product", "invalid/line_fixed", {}, [{ ...shown[0], product: "3" }]],
    ["another unit", "invalid/line_fixed", {}, [{ ...shown[0], unit: "dz" }]],
    ["half a piece", "invalid/too_precise", {}, withQuantities("7.5", "4")],
    ["no quantity", "invalid/quantity_missing", {}, [{ ...shown[0], quantity: null }]],
    [
      "a shipment that is being picked",
      "invalid/shipment_in_hands",
      { shipments: [{ ...waiting, state: "picked" }] },
      withQuantities("12", "4"),
    ],
    [
      "less than is packed",
      "invalid/below_done",
      { lines: [{ ...bolt, "moves.": [moved(5, "done"), moved(3, "assigned"), moved(2, "draft")] }, nut] },
      withQuantities("7", "4"),
    ],
    [
      "less than is in an invoice",
      "invalid/below_done",
      { lines: [{ ...bolt, "invoice_lines.": [booked(8, "validated"), booked(2, "draft")] }, nut] },
      withQuantities("7", "4"),
    ],
  ])("is refused before anything is written: %s", async (_, code, order, lines) => {
    const tryton = trytonWith(order);
    expect(await codes(tryton, change({ lines: [...lines] }))).toBe(code);
    expect(calls(tryton)).toEqual([]);
  });

  it("goes down to what is packed", async () => {
    const lines = [{ ...bolt, "moves.": [moved(5, "done"), moved(2, "assigned"), moved(3, "draft")] }, nut];
    const tryton = trytonWith({ lines, shipments: [{ ...waiting, state: "packed" }] });
    expect(await codes(tryton, fewer)).toBe("done");
  });

  it("of an order that was changed since it was read is stale, whatever part it was", async () => {
    for (const moved of ["sale.sale,5=1.4", "sale.line,22=1.5", "stock.shipment.out,31=1.6"]) {
      const tryton = trytonWith();
      const precondition = now.replace(moved, moved.replace("=1", "=0"));
      expect(await codes(tryton, { ...fewer, precondition })).toBe("stale/stale_record");
      expect(calls(tryton)).toEqual([]);
    }
  });

  it("a draft that was refused is taken away again", async () => {
    const said = 'Calling button "validate_amendment on "sale.amendment" is not allowed.';
    const unallowed: Reply = { error: ["UserError", [said, "", null]] };
    const tryton = trytonWith({ presses: [concurrent, unallowed] });
    expect(await codes(tryton, fewer)).toBe("stale/stale_record");
    expect(tryton.kept.amendments).toEqual([]);
    expect(await codes(tryton, fewer)).toBe("unsupported/not_permitted");
    expect(tryton.kept.amendments).toEqual([]);
  });

  it("whose answer is lost is applied once: the draft is pressed again, or found applied", async () => {
    const before = trytonWith({ presses: [lost] });
    expect(await codes(before, fewer)).toBe("in_doubt/answer_lost");
    expect(await codes(before, fewer)).toBe("done");
    expect(quantitiesIn(before)).toEqual([["validated", [21, 7]]]);
    expect(calls(before).filter((name) => name === "amendment.create")).toHaveLength(1);

    const after = trytonWith({ presses: ["applied, answer lost"] });
    expect(await codes(after, { ...fewer, precondition: now })).toBe("in_doubt/answer_lost");
    const first = calls(after).length;
    expect(await codes(after, { ...fewer, precondition: now })).toBe("done");
    expect(calls(after).slice(first)).toEqual([]);
    expect(quantitiesIn(after)).toEqual([["validated", [21, 7]]]);
  });

  it("that another press of the same draft made is done, and no draft is taken away", async () => {
    const tryton = trytonWith({ presses: ["applied before it"] });
    expect(await codes(tryton, fewer)).toBe("done");
    expect(quantitiesIn(tryton)).toEqual([["validated", [21, 7]]]);
  });

  it("a draft of the same write that says something else is put in its place", async () => {
    const tryton = trytonWith({ presses: [lost] });
    await codes(tryton, fewer);
    expect(await codes(tryton, change({ lines: withQuantities("6", "4") }))).toBe("done");
    expect(quantitiesIn(tryton)).toEqual([["validated", [21, 6]]]);
  });
});

describe("a cancellation of an order", () => {
  it("is one amendment of all its lines to nothing, freight too", async () => {
    const tryton = trytonWith();
    expect(await codes(tryton, cancel({ precondition: now }))).toBe("done");
    expect(quantitiesIn(tryton)).toEqual([["validated", [21, 0], [22, 0], [23, 0]]]);
  });

  const none = [bolt, freight, nut].map((line) => ({ ...line, quantity: 0 }));

  it("of one that is amended to nothing is done", async () => {
    const tryton = trytonWith({ lines: none, shipments: [], invoices: [], state: "done" });
    expect(await codes(tryton, cancel({ precondition: "sale.sale,5=0.9" }))).toBe("done");
    expect(calls(tryton)).toEqual([]);
  });

  it.each<readonly [string, string, Order]>([
    ["no module", "unsupported/not_amendable", { hasModule: false }],
    ["an order not begun", "invalid/not_processed", { state: "confirmed" }],
    [
      "a picked shipment",
      "invalid/shipment_in_hands",
      { shipments: [waiting, { ...waiting, state: "assigned" }] },
    ],
    ["packed goods", "invalid/shipment_fixed", { shipments: [{ ...waiting, state: "packed" }] }],
    ["a booked invoice", "invalid/invoice_fixed", { invoices: [{ ...draftInvoice, state: "posted" }] }],
  ])("is refused before anything is written: %s", async (_, code, order) => {
    const tryton = trytonWith(order);
    expect(await codes(tryton, cancel())).toBe(code);
    expect(calls(tryton)).toEqual([]);
  });

  it("whose answer is lost is done once", async () => {
    const tryton = trytonWith({ presses: [lost] });
    expect(await codes(tryton, cancel({ precondition: now }))).toBe("in_doubt/answer_lost");
    expect(await codes(tryton, cancel({ precondition: now }))).toBe("done");
    expect(tryton.kept.amendments).toHaveLength(1);
  });
});

describe("an order tells what it takes", () => {
  const limitsOf = async (order: Order): Promise<unknown> => {
    const { session } = trytonWith(order);
    const [row] = await openTryton(session).operations.orderStatus({ orders: [base.id] });
    const limits = row?.ok === true ? row.limits : undefined;
    return [limits?.lines?.code, limits?.moreLines?.code, limits?.cancel?.code, limits?.held];
  };

  it("with and without the module, and by what is done of it", async () => {
    const never = "not_amendable";
    expect(await limitsOf({})).toEqual([undefined, never, undefined, {}]);
    expect(await limitsOf({ hasModule: false })).toEqual([never, never, never, {}]);
    expect(await limitsOf({ state: "confirmed" })).toEqual(["not_processed", never, "not_processed", {}]);
    const lines = [{ ...bolt, "moves.": [moved(2, "assigned"), moved(3, "done"), moved(5, "draft")] }];
    const packed = { lines, shipments: [{ ...waiting, state: "packed" }] };
    expect(await limitsOf(packed)).toEqual([undefined, never, "shipment_fixed", { 21: "5" }]);
  });

  it("reads one that is amended to nothing as cancelled, and as the quote it was", async () => {
    const lines = [bolt, freight].map((line) => ({ ...line, quantity: 0 }));
    const stateOf = async (order: Order): Promise<unknown> => {
      const { session } = trytonWith(order);
      const asked = { entity: "orders", roots: ["order_state"], ids: [base.id] };
      return (await openTryton(session).readByIds(asked))[0]?.native["order_state"];
    };
    const none = { lines, shipments: [], invoices: [] };
    expect(await stateOf({ ...none, state: "done" })).toBe("cancelled");
    expect(await stateOf(none)).toBe("cancelled");
    expect(await stateOf({ ...none, shipments: [{ ...waiting, state: "done" }] })).not.toBe("cancelled");
    expect(await stateOf({ ...none, invoices: [{ ...draftInvoice, state: "posted" }] })).not.toBe(
      "cancelled",
    );
    expect(await stateOf({ ...none, lines: [...lines, nut] })).not.toBe("cancelled");
  });
});

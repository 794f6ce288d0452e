import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { OrderLimits } from "@crossfoot/connector-sdk";
import { compare, round, total } from "./decimal.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { keyOf, many, one, text } from "./native.ts";
import type { Row } from "./native.ts";
import { quantityOf } from "./sale.ts";
import { converted, unitFields } from "./unit.ts";

/** Fields of a sale that its limits are read from. */
export const limitFields: readonly string[] = [
  "state",
  "lines.type",
  "lines.quantity",
  ...unitFields("lines.unit."),
  "lines.moves.state",
  "lines.moves.quantity",
  ...unitFields("lines.moves.uom."),
  "lines.invoice_lines.type",
  "lines.invoice_lines.quantity",
  ...unitFields("lines.invoice_lines.unit."),
  "lines.invoice_lines.invoice.state",
  "shipments.state",
  "invoices.state",
];

const inUnitOf = (line: Row, row: Row, field: string): string =>
  converted(quantityOf(row, "quantity", field) ?? "0", one(row, field), one(line, "unit"));

/** How much of a line stands in moves of these states, in its own unit. */
export const movedOf = (line: Row, states: readonly string[]): string =>
  total(
    many(line, "moves")
      .filter((move) => states.includes(text(move, "state") ?? ""))
      .map((move) => inUnitOf(line, move, "uom")),
  );

/** How much of a line stands in invoices of these states, in its own unit. */
export const bookedOf = (line: Row, states: readonly string[]): string =>
  total(
    many(line, "invoice_lines")
      .filter((each) => states.includes(text(one(each, "invoice"), "state") ?? ""))
      .map((each) => inUnitOf(line, each, "unit")),
  );

/**
 * How much of a line an amendment cannot take back: what is packed or gone, and what stands in an invoice
 * that is no draft. Below it Tryton would begin a credit note by itself.
 */
export function heldOf(line: Row): string {
  const moved = movedOf(line, ["assigned", "done"]);
  const booked = bookedOf(line, ["validated", "posted", "paid"]);
  return round(compare(moved, booked) > 0 ? moved : booked, Number(one(line, "unit")?.["digits"] ?? 2));
}

/** A shipment that people are at: an amendment would take its lines away under their hands. */
const isInHands = (shipment: Row): boolean => ["assigned", "picked"].includes(text(shipment, "state") ?? "");
/** A shipment or an invoice that an amendment leaves as it is. */
const isFixed = (paper: Row): boolean =>
  !["draft", "waiting", "cancelled"].includes(text(paper, "state") ?? "");

/** Why no line of a sale can be amended now; null when one can. */
export function whyNotAmended(
  row: Row,
  { hasAmendments }: Pick<Facts, "hasAmendments">,
): ConnectorError | null {
  if (!hasAmendments)
    return never("an order is changed by an amendment: activate Tryton's module sale_amendment");
  const state = text(row, "state") ?? "";
  if (state === "confirmed")
    return refusal(
      "not_processed",
      "Tryton has not begun with the order yet: it takes amendments after that",
    );
  if (state !== "processing")
    return refusal("wrong_state", `an order that is ${state} in Tryton takes no amendment`);
  return many(row, "shipments").some(isInHands)
    ? refusal("shipment_in_hands", "a shipment of the order is being picked: ask again when it is packed")
    : null;
}

/** Why a sale cannot be amended to nothing now; null when it can. */
export function whyNotAnnulled(row: Row, facts: Pick<Facts, "hasAmendments">): ConnectorError | null {
  const own = whyNotAmended(row, facts);
  if (own !== null) return own;
  if (many(row, "shipments").some(isFixed))
    return refusal("shipment_fixed", "goods of the order are packed or gone: people settle it in Tryton");
  return many(row, "invoices").some(isFixed)
    ? refusal("invoice_fixed", "the order has an invoice that is no draft: people settle it in Tryton")
    : null;
}

const never = (message: string): ConnectorError =>
  new ConnectorError({ failure: "unsupported", code: "not_amendable", message });

/** Why no line is ever added: an amendment changes those that are there. */
export const noMoreLines = (): ConnectorError =>
  never("an amendment of Tryton adds no line to an order: make another quote of it");

/** Why an amendment is a write of its own: what is beside it could be lost between two transactions. */
export const nothingBeside = (): ConnectorError =>
  never("Tryton changes quantities and the customer's number one after the other: ask twice");

const recordOf = (error: ConnectorError | null): OrderLimits["lines"] =>
  error === null ? null : failureRecord(error);

/** What Tryton takes of an order that stands. Pure. */
export const limitsOf = (row: Row, facts: Pick<Facts, "hasAmendments">): OrderLimits => ({
  lines: recordOf(whyNotAmended(row, facts)),
  moreLines: recordOf(noMoreLines()),
  besideLines: recordOf(nothingBeside()),
  cancel: recordOf(whyNotAnnulled(row, facts)),
  held: Object.fromEntries(
    many(row, "lines")
      .filter((line) => line["type"] === "line" && compare(heldOf(line), "0") > 0)
      .map((line) => [keyOf(line), heldOf(line)]),
  ),
});

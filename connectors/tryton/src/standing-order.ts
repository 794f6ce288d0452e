import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { amendedFields } from "./amendment.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { many } from "./native.ts";
import type { JsonMap, Row } from "./native.ts";
import { limitFields } from "./order-limits.ts";
import type { Rpc } from "./rpc.ts";
import { orders } from "./sale.ts";
import { composeVersion, isSameStamps, stampsOf } from "./version.ts";

/** An order as it stands right before something is written to it. */
export interface StandingOrder {
  readonly facts: Facts;
  readonly row: Row;
  /** Every line with an amount, freight too. */
  readonly lines: readonly Row[];
  /** Of the sale, its lines and papers. */
  readonly version: string;
}

/**
 * Reads an order with what its limits and an amendment need. Throws `stale` where it is gone, or is no order
 * any more.
 */
export async function standingOrder(rpc: Rpc, id: number): Promise<StandingOrder> {
  const facts = await loadFacts(rpc);
  const setting = { facts, options: rpc.options };
  const fields = new Set([...orders.fields(setting), ...limitFields, ...amendedFields]);
  const [row] = await rpc.search({
    model: orders.model,
    domain: [
      ["id", "=", id],
      ["company", "=", facts.company],
    ],
    fields: [...fields].toSorted(),
    limit: 1,
  });
  if (row === undefined || orders.place(row, setting).kind !== "present")
    throw stale("record_gone", "the order is not there any more");
  const lines = many(row, "lines").filter((line) => line["type"] === "line");
  return { facts, row, lines, version: composeVersion(orders.parts(row, setting)) };
}

/** Stamps that an order must still have when it is written. Throws where it is not what was decided on. */
export function locksFor({ precondition }: NativeWrite, { version }: StandingOrder): JsonMap {
  if (precondition === null || isSameStamps(precondition, version))
    return Object.fromEntries(stampsOf(version));
  throw stale("stale_record", "the order was changed since it was read");
}

/** A failure of an order that is not what it was when the write was decided. */
export const stale = (code: string, message: string): ConnectorError =>
  new ConnectorError({ failure: "stale", code, message });

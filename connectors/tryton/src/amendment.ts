import { ConnectorError } from "@crossfoot/connector-sdk";
import { isList, many, stable, text, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import { referencePrefix } from "./party.ts";
import type { Rpc } from "./rpc.ts";
import { decimal } from "./wire.ts";

/*
 * An amendment is made as a draft, which changes nothing, and pressed. One transaction of Tryton then gives
 * the lines their new quantities, deletes the draft invoices and moves of the order and its waiting
 * shipments, and a task right after its commit makes those that are still to be. A draft that is pressed
 * twice is applied once.
 *
 *   1. We make draft A and press it; the answer is lost. The press may be under way still.
 *   2. Asked again we find A by its description. Validated: it is done. A draft: we press A again, and
 *      whichever press comes second finds it validated and does nothing.
 *
 * An answer that is lost when a draft is made or deleted leaves nothing of the order in doubt: those calls
 * are no writes to the runtime, and are tried again at once.
 */

/** A line of a sale, with {@link amendedFields}, and how much there is to be of it. */
export interface Amended {
  readonly line: Row;
  readonly quantity: number;
}

/** What an amendment is to make of a sale. */
export interface Amending {
  readonly sale: number;
  /** Tells this amendment from all others; the same whenever it is tried. */
  readonly mark: string;
  readonly lines: readonly Amended[];
  /** Stamps that the sale and its papers must still have. */
  readonly locks: JsonMap;
}

/** Fields that an amendment says again of each line: what it leaves out it takes away. */
export const amendedFields: readonly string[] = [
  "lines.product",
  "lines.quantity",
  "lines.unit",
  "lines.unit_price",
  "lines.description",
];

/** The description of the amendment that a write makes. */
export const markOf = (key: string): string => `${referencePrefix}${key}`;

/** True of an amendment that was applied. */
export const isApplied = (row: Row): boolean => row["state"] === "validated";

/** Amendments of this mark: one as a rule, more where the answer to its making was lost. */
export async function amendmentsOf(
  rpc: Rpc,
  { sale, mark }: Pick<Amending, "sale" | "mark">,
): Promise<readonly Row[]> {
  const lines = ["action", "line", "product", "quantity", "unit", "unit_price", "description"];
  return rpc.search({
    model: "sale.amendment",
    domain: [
      ["sale", "=", sale],
      ["description", "=", mark],
    ],
    fields: ["state", ...lines.map((field) => `lines.${field}`)],
  });
}

const plainLine = (row: Row, line: number | undefined, quantity: Json): Json => [
  line ?? null,
  row["product"] ?? null,
  quantity,
  row["unit"] ?? null,
  text(row, "unit_price"),
  text(row, "description"),
];

/** Whether a draft says what is wanted now: it is pressed as it is, or another one takes its place. */
function isSaid(draft: Row, lines: Amending["lines"]): boolean {
  const has = many(draft, "lines").map((row) =>
    stable(plainLine(row, trytonId(row["line"]), row["quantity"] ?? null)),
  );
  const wants = lines.map(({ line, quantity }) => stable(plainLine(line, trytonId(line["id"]), quantity)));
  return has.toSorted().join("\n") === wants.toSorted().join("\n");
}

/**
 * Amends a sale once, however often it is tried; `known` are its amendments of this mark, none applied.
 * Rejects with a ConnectorError; unless its failure is `in_doubt`, nothing was changed then.
 */
export async function amend(rpc: Rpc, amending: Amending, known: readonly Row[]): Promise<void> {
  const said = known.find((row) => isSaid(row, amending.lines));
  await remove(
    rpc,
    known.filter((row) => row !== said),
  );
  const id = trytonId(said?.["id"]) ?? (await draftOf(rpc, amending));
  try {
    const how = { context: { _timestamp: amending.locks }, isWrite: true };
    await rpc.call("sale.amendment.validate_amendment", [[id]], how);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // Refused, or another press of the same draft came first: what stands there tells.
    const left = await amendmentsOf(rpc, amending).catch((): readonly Row[] => []);
    if (left.some(isApplied)) return;
    await remove(rpc, left).catch(ignoreFailure);
    throw error;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ConnectorError && ["invalid", "unsupported", "stale"].includes(error.failure);

/** A draft that is left over changes nothing, and the next try finds it. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof ConnectorError)) throw error;
}

async function remove(rpc: Rpc, drafts: readonly Row[]): Promise<void> {
  const ids = drafts.map((row) => trytonId(row["id"])).filter((id) => id !== undefined);
  if (ids.length > 0) await rpc.call("sale.amendment.delete", [ids]);
}

async function draftOf(rpc: Rpc, { sale, mark, lines }: Amending): Promise<number> {
  const rows = lines.map(({ line, quantity }): JsonMap => ({
    action: "line",
    line: trytonId(line["id"]) ?? null,
    product: line["product"] ?? null,
    quantity,
    unit: line["unit"] ?? null,
    unit_price: decimal(text(line, "unit_price") ?? "0"),
    description: text(line, "description"),
  }));
  const values: JsonMap = { sale, description: mark, lines: [["create", rows]] };
  const made = await rpc.call("sale.amendment.create", [[values]]);
  const id = isList(made) ? trytonId(made[0]) : undefined;
  if (id !== undefined) return id;
  throw new ConnectorError({
    failure: "transient",
    code: "answer_unreadable",
    message: "Tryton did not say which amendment it made",
  });
}

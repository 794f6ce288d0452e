import type { EntityAbilities } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { AcceptedPart } from "../accept-port.ts";
import type { Ordering } from "../moment-port.ts";
import type { MiniSystem } from "./mini-system.ts";
import { withSameIds } from "./order-way.ts";
import { customer, miniWorld } from "./world.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";

/** Longer than any wait of the small world: nobody gets tired. ms. */
export const patient = 60_000;

/** A CRM of quotes, and an ERP whose quotes become orders under the same id. */
export async function quoteScene(
  abilities: Partial<EntityAbilities> = {},
  options: Partial<MiniWorldOptions> = {},
): Promise<MiniWorld> {
  let mini: MiniWorld | null = null;
  const erp = (): MiniSystem => (mini as MiniWorld).erp;
  mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    crm: { entities: { accounts: {}, contacts: {}, products: {}, quotes: abilities } },
    wrapConnection: (id, connection) => (id === "erp" ? withSameIds(connection, erp) : connection),
    ...options,
  });
  mini.crm.add("accounts", customer);
  for (const sku of ["BOLT", "NUT"]) mini.erp.add("products", { sku, name: sku, unit: "pcs" });
  await mini.engine.run();
  return mini;
}

/** A quote of 100 bolts and 4 nuts that was sent to the customer. */
export function quoteIn({ crm }: MiniWorld, change: JsonMap = {}): string {
  const account = crm.rows("accounts")[0]?.id ?? "";
  const [bolt, nut] = crm.rows("products").map(({ id }) => id);
  return crm.add("quotes", {
    ...{ number: "Q1", date: "2026-01-05", account, status: "sent", currency: "EUR" },
    lines: [
      { id: "L1", product: bolt ?? "", qty: "100", unit: "pcs", price: "9" },
      { id: "L2", product: nut ?? "", qty: "4", unit: "pcs", price: "3" },
    ],
    ...change,
  });
}

/** An accepted revision of a quote: the CRM revises by a new record of the same number. */
export function revisionIn({ crm }: MiniWorld, revision: string, change: JsonMap = {}): string {
  const account = crm.rows("accounts")[0]?.id ?? "";
  const product = crm.rows("products")[0]?.id ?? "";
  return crm.add("quotes", {
    ...{ number: "Q1", revision, date: "2026-01-05", account, status: "accepted", currency: "EUR" },
    lines: [{ id: "1", product, qty: revision, unit: "pcs", price: "9" }],
    ...change,
  });
}

/** What is accepted, by line. */
export const partOf = (
  lines: { readonly [line: string]: string },
  rest: AcceptedPart["rest"] = "keep",
): AcceptedPart => ({
  lines: Object.entries(lines).map(([line, quantity]) => ({ line, quantity })),
  rest,
});
/** Has a quote, or a part of it, ordered. */
export const ask = (
  { engine }: Pick<MiniWorld, "engine">,
  quote: string,
  part?: AcceptedPart,
): Promise<Ordering> =>
  engine.moment.quoteToOrder({
    ...{ quote: `crm:${quote}`, by: "ada", budgetMs: patient },
    ...(part === undefined ? {} : { part }),
  });
/** What became of it: the kind of the answer, or why not. */
export const codeOf = (answer: Ordering): string =>
  answer.kind === "refused" ? answer.refusal.code : answer.kind;

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Lines of a row. */
export function linesIn({
  fields,
}: {
  readonly fields: JsonMap;
}): readonly { readonly id: string; readonly qty: string; readonly price: string }[] {
  const lines = Array.isArray(fields["lines"]) ? (fields["lines"] as readonly Json[]).filter(isMap) : [];
  return lines.map(({ id, qty, price }) => ({ id: textOf(id), qty: textOf(qty), price: textOf(price) }));
}

/** State, quantities and prices of rows. */
export const shown = (rows: readonly { readonly fields: JsonMap }[]): readonly unknown[] =>
  rows.map((row) => [row.fields["status"], ...linesIn(row).map(({ qty, price }) => `${qty} at ${price}`)]);

/** The quotes of both systems. */
export const inBoth = ({ crm, erp }: MiniWorld): readonly unknown[] => [
  shown(crm.rows("quotes")),
  shown(erp.rows("quotes")),
];

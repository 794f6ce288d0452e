/** Odoo, as the scenarios want it. */
import { deskOf, odooPeople, odooPlace, prepareOdoo, startOdoo, whyNot } from "crossfoot/testing";
import type { Desk, RunningOdoo } from "crossfoot/testing";
import type { LiveErp, LiveSystem, Party } from "../scenarios/live-erp.ts";
import type { IsReading } from "../scenarios/rude-proxy.ts";

const termCodes: { readonly [name: string]: string } = {
  "30 Days": "net30",
  "Immediate Payment": "immediate",
};
const ownReference = "x_crossfoot_reference";

/** Odoo says `false` where there is nothing. */
const text = (value: unknown): string => (typeof value === "string" ? value : "");
type Rows = Awaited<ReturnType<Desk["find"]>>;

const reading =
  /^(?:\w*search\w*|read|fields_get|context_get|onchange|version|authenticate|has_\w+|check_access_rights)$/;

/** The method of a call, which JSON-2 has in its path and JSON-RPC among its arguments. */
function methodOf(path: string, body: string): string {
  if (!path.startsWith("/jsonrpc")) return path.split("/").at(-1) ?? "";
  const { params } = JSON.parse(body) as {
    readonly params: { readonly method: string; readonly args: readonly unknown[] };
  };
  return params.method === "execute_kw" ? text(params.args[4]) : params.method;
}

/** Whether a call of either protocol only reads. */
export const isReadingOdoo: IsReading = ({ path, body }) => reading.test(methodOf(path, body));

/** Products up to the number wanted; `kind` are the fields that say goods are kept in stock. */
export async function seedOdooProducts(
  desk: Desk,
  {
    products,
    kind,
  }: { readonly products: number; readonly kind: { readonly [field: string]: string | boolean } },
): Promise<void> {
  const known = await desk.find("product.product", [["default_code", "!=", false]], ["default_code"]);
  const [like] = await desk.find("product.template", [["default_code", "=", "P001"]], ["taxes_id"]);
  const rows = Array.from({ length: Math.max(0, products - known.length) }, (_, n) => ({
    name: `Live part ${n}`,
    default_code: `L${String(n).padStart(5, "0")}`,
    ...kind,
    list_price: (n % 90) + 5.5,
    standard_price: 2,
    taxes_id: [[6, 0, (like?.["taxes_id"] ?? []) as readonly number[]]],
  }));
  if (rows.length > 0) await desk.call("product.template", "create", { vals_list: rows });
}

const place = (row: Rows[number]): string => [row["street"], row["zip"], row["city"]].map(text).join(", ");

/** Everything that a first load is judged by. */
export async function tellOdoo(desk: Desk): ReturnType<LiveErp["tell"]> {
  const all = { context: { active_test: false }, domain: [], order: "id asc", load: null };
  const fields = ["name", "ref", "active", "email", "phone", "website", "street", "zip", "city", "type"];
  const more = ["parent_id", "property_payment_term_id", ownReference];
  const rows = (await desk.call("res.partner", "search_read", {
    ...all,
    fields: [...fields, ...more],
  })) as Rows;
  const terms = await desk.find("account.payment.term", [], ["name"]);
  const termsBy = new Map(terms.map((term) => [term["id"], termCodes[text(term["name"])] ?? ""]));
  const isAddress = (row: Rows[number]): boolean => row["type"] !== "contact";
  const children = Map.groupBy(rows.filter(isAddress), (row) => row["parent_id"]);
  const parties = rows
    .filter((row) => !isAddress(row))
    .map((row): Party => {
      const reach = ["email", "phone", "website"].map((kind) => [kind, text(row[kind])] as const);
      return {
        id: Number(row["id"]),
        name: text(row["name"]),
        code: text(row["ref"]),
        isActive: row["active"] === true,
        references: [text(row[ownReference])].filter((reference) => reference !== ""),
        reach: new Map(reach.filter(([, value]) => value !== "").map(([kind, value]) => [kind, [value]])),
        addresses: [...new Set([row, ...(children.get(row["id"] ?? null) ?? [])].map(place))],
        terms: termsBy.get(row["property_payment_term_id"] ?? null) ?? "",
      };
    });
  const products = await desk.find(
    "product.product",
    [["default_code", "!=", false]],
    ["default_code", "name"],
  );
  return {
    parties,
    products: products.map((row) => ({ code: text(row["default_code"]), name: text(row["name"]) })),
  };
}

/** Deletes a partner for good, as the back office may while no document names it. */
export async function deleteOdooPartner(desk: Desk, id: string): Promise<void> {
  await desk.call("res.partner", "unlink", { ids: [Number(id)] });
}

function connectionTo(
  erp: RunningOdoo,
  longestTransactionSeconds: number,
): ReturnType<LiveErp["connection"]> {
  return {
    yaml: [
      "connector: odoo",
      "options:",
      `  database: ${erp.database}`,
      `  user: ${erp.user}`,
      "  key: key",
      "  warehouse: WH",
      `  longestTransactionSeconds: ${longestTransactionSeconds}`,
      'secrets: { key: "file:secrets/key" }',
    ],
    secrets: { key: erp.key },
  };
}

const odooFolder = odooPlace(process.env);

/** A real Odoo for the scenarios. */
export const liveOdoo: LiveSystem = {
  name: "odoo",
  title: "Odoo",
  reason: whyNot(odooFolder),
  open: () => openLiveOdoo(),
};

/** A real Odoo, with an administrator's desk. */
export async function openLiveOdoo(): Promise<LiveErp & { readonly desk: Desk }> {
  const erp = await startOdoo(odooFolder);
  const desk = deskOf({ ...erp, key: erp.adminKey });
  await prepareOdoo(desk);
  return {
    desk,
    url: erp.url,
    startedInMs: erp.startedInMs,
    user: erp.user,
    people: odooPeople(desk),
    numbersCustomers: false,
    changesOrders: "all",
    goods: { code: "P002", warehouse: "WH" },
    taxPercent: 19,
    isReading: isReadingOdoo,
    connection: (longestTransactionSeconds) => connectionTo(erp, longestTransactionSeconds),
    seedProducts: (products) =>
      seedOdooProducts(desk, { products, kind: { type: "consu", is_storable: true } }),
    deleteCustomer: (id) => deleteOdooPartner(desk, id),
    tell: () => tellOdoo(desk),
    stop: erp.stop,
  };
}

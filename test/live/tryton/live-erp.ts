/** Tryton, as the scenarios want it. */
import { dec, loginAs, startTryton, trytonPeople, trytonPlace, whyNot } from "crossfoot/testing";
import type { Admin, RunningTryton } from "crossfoot/testing";
import type { LiveErp, LiveSystem, Party } from "../scenarios/live-erp.ts";
import type { IsReading } from "../scenarios/rude-proxy.ts";

/** Products that are made by one call. */
const rowsAtOnce = 100;
const referencePrefix = "crossfoot:";
const everyone = [["active", "in", [true, false]]] as const;
const termCodes: { readonly [name: string]: string } = { "30 days net": "net30", Immediate: "immediate" };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
type Rows = Awaited<ReturnType<Admin["find"]>>;

const reading = /\.(?:search|search_read|search_count|read|fields_get|get_\w+|on_change\w*|login|version)$/;

const isReading: IsReading = ({ body }) => {
  const { method } = JSON.parse(body) as { readonly method?: unknown };
  return typeof method === "string" && reading.test(method);
};

async function seedProducts(admin: Admin, products: number): Promise<void> {
  const template = ["default_uom", "account_category"];
  const [like] = await admin.find("product.template", [["code", "=", "P001"]], template);
  const known = await admin.find("product.product", [["code", "!=", null]], ["code"]);
  const rows = Array.from({ length: Math.max(0, products - known.length) }, (_, n) => ({
    name: `Live part ${n}`,
    code: `L${String(n).padStart(5, "0")}`,
    type: "goods",
    default_uom: like?.["default_uom"] ?? null,
    sale_uom: like?.["default_uom"] ?? null,
    account_category: like?.["account_category"] ?? null,
    list_price: dec(`${(n % 90) + 5}.50`),
    cost_price_method: "fixed",
    salable: true,
    products: [["create", [{ cost_price: dec("2.00") }]]],
  }));
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await admin.call("product.template.create", rows.slice(from, from + rowsAtOnce));
}

function byParty(rows: Rows): ReadonlyMap<number, Rows> {
  return Map.groupBy(rows, (row) => Number(row["party"]));
}

async function tell(admin: Admin): ReturnType<LiveErp["tell"]> {
  const fields = ["name", "code", "active", "customer_payment_term.name"];
  const rows = await admin.find("party.party", everyone, fields);
  const identifiers = byParty(await admin.find("party.identifier", [], ["party", "code"]));
  const mechanisms = byParty(await admin.find("party.contact_mechanism", [], ["party", "type", "value"]));
  const places = byParty(await admin.find("party.address", [], ["party", "street", "postal_code", "city"]));
  const parties = rows.map((row): Party => {
    const id = Number(row["id"]);
    const codes = (identifiers.get(id) ?? []).map((one) => text(one["code"]));
    const reach = Map.groupBy(mechanisms.get(id) ?? [], (one) => text(one["type"]));
    const terms = row["customer_payment_term."] as { readonly [name: string]: unknown } | null | undefined;
    return {
      id,
      name: text(row["name"]),
      code: text(row["code"]),
      isActive: row["active"] === true,
      references: codes.filter((code) => code.startsWith(referencePrefix)),
      reach: new Map([...reach].map(([type, all]) => [type, all.map((one) => text(one["value"]))])),
      addresses: (places.get(id) ?? []).map((one) =>
        [one["street"], one["postal_code"], one["city"]].map(text).join(", "),
      ),
      terms: termCodes[text(terms?.["name"])] ?? "",
    };
  });
  const products = await admin.find("product.product", [["code", "!=", null]], ["code", "name"]);
  return { parties, products: products.map((row) => ({ code: text(row["code"]), name: text(row["name"]) })) };
}

function connectionTo(
  erp: RunningTryton,
  longestTransactionSeconds: number,
): ReturnType<LiveErp["connection"]> {
  return {
    yaml: [
      "connector: tryton",
      "options:",
      `  database: ${erp.database}`,
      `  user: ${erp.user}`,
      "  password: password",
      "  warehouse: WH",
      `  longestTransactionSeconds: ${longestTransactionSeconds}`,
      'secrets: { password: "file:secrets/password" }',
    ],
    secrets: { password: erp.password },
  };
}

const place = trytonPlace(process.env);

/** A real Tryton for the scenarios. */
export const liveTryton: LiveSystem = {
  name: "tryton",
  title: "Tryton",
  reason: whyNot(place),
  open: async () => (await openTryton()).live,
};

/** A real Tryton, and a person who may do everything in it. */
export async function openTryton(): Promise<{ readonly live: LiveErp; readonly admin: Admin }> {
  const erp = await startTryton(place);
  const admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
  return {
    admin,
    live: {
      url: erp.url,
      startedInMs: erp.startedInMs,
      user: erp.user,
      people: trytonPeople(admin),
      numbersCustomers: true,
      changesOrders: "quantities",
      goods: { code: "P002", warehouse: "WH" },
      taxPercent: 20,
      isReading,
      connection: (longestTransactionSeconds) => connectionTo(erp, longestTransactionSeconds),
      seedProducts: (products) => seedProducts(admin, products),
      deleteCustomer: async (id) => {
        await admin.call("party.party.delete", [Number(id)]);
      },
      tell: () => tell(admin),
      stop: erp.stop,
    },
  };
}

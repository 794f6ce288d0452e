import type { Connection, Operations } from "@crossfoot/connector-sdk";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { Engine } from "../../runtime/engine.ts";
import { customer, miniWorld } from "../../runtime/testing/world.ts";
import { apiWorld } from "./api-world.ts";
import type { ApiWorld } from "./api-world.ts";
import type { FuzzNames } from "./fuzz.ts";

/** The API over a real engine, two small systems and a store in memory. */
export interface FuzzWorld extends ApiWorld {
  readonly engine: Engine;
  readonly names: FuzzNames;
}

/** Every third call of an operation fails, each time in another way. */
function troubled(): () => void {
  const failures = ["transient", "throttled", "invalid", "unsupported"] as const;
  let calls = 0;
  return () => {
    calls += 1;
    const failure = failures[Math.floor(calls / 3) % failures.length] ?? "transient";
    if (calls % 3 === 0)
      throw new ConnectorError({ failure, code: "fuzzed", message: "the ERP is in a mood" });
  };
}

function operationsOf(): Operations {
  const meet = troubled();
  return {
    price: async ({ lines, currency, pricebook }) => {
      meet();
      const rule = { kind: "list_price", id: null, minQuantity: null } as const;
      const rows = lines.map((line) => ({
        ...{ ok: true as const, ...line, unitPrice: "10", discountPercent: "0", net: "10", taxes: [], rule },
      }));
      return { currency: currency ?? "EUR", pricebook, rows, totals: null };
    },
    availability: async ({ rows }) => {
      meet();
      return {
        rows: rows.map(({ product, wanted }) => {
          const at = { isStocked: true, unit: "pcs", wanted: wanted?.quantity ?? null, places: [] };
          return { ok: true as const, product, ...at };
        }),
      };
    },
    credit: async () => {
      meet();
      const sums = { openOrders: "0", notHeld: "0", openInvoices: "5", overdue: "0", exposure: "5" };
      return {
        currency: "EUR",
        limit: "10",
        ...sums,
        free: "5",
        verdict: "within",
        isRefused: false,
        isHeld: false,
      };
    },
  };
}

const withOperations = (connection: Connection): Connection => ({
  ...connection,
  operations: operationsOf(),
  manifest: {
    ...connection.manifest,
    operations: {
      price: { linesMax: 50, isDated: false, namesRule: false },
      availability: { rowsMax: 50 },
      credit: { refuses: "confirm", measuredBy: "gross" },
    },
  },
});

/** Opens it, with records that agree, differ, are in conflict, and wait for a person. */
export async function fuzzWorld(): Promise<FuzzWorld> {
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    hasDocuments: true,
    wrapConnection: (id, connection) => (id === "erp" ? withOperations(connection) : connection),
  });
  const { crm, erp, engine } = mini;
  const first = crm.add("accounts", customer);
  const second = crm.add("accounts", { ...customer, name: "Ölwerk & Söhne", taxId: "FR2", email: "no mail" });
  crm.add("contacts", { given: "A", family: "B", email: "ab@acme.example", account: first });
  const product = erp.add("products", { sku: "P1", name: "Bolt", unit: "pcs" });
  await engine.run();
  const quote = crm.add("quotes", {
    ...{ number: "Q1", date: "2026-01-05", account: first, status: "accepted", currency: "EUR" },
    lines: [{ id: "1", product: crm.rows("products")[0]?.id ?? "", qty: "2", unit: "pcs", price: "9" }],
  });
  await engine.run();
  crm.edit("accounts", first, { email: "one@acme.example" });
  erp.edit("accounts", erp.rows("accounts")[0]?.id ?? "", { email: "two@acme.example" });
  mini.pass(60_000);
  await engine.run();
  const links = (await engine.linkedRecords({ entity: "accounts", limit: 10, after: null })).map(
    ({ link }) => link,
  );
  const plan = await engine.plan();
  const world = await apiWorld(engine);
  const natives = [`crm:${first}`, `crm:${second}`, `crm:${quote}`, `erp:${product}`, "crm:nobody", "x:1"];
  return {
    ...world,
    engine,
    names: { links, records: [...natives, ...links], plans: () => [plan.id, "p-0"] },
  };
}

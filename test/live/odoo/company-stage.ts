/** One Odoo in which two companies work, and a connection to each. */
import { odoo } from "@crossfoot/connector-odoo";
import type { NativeRecord } from "@crossfoot/connector-sdk";
import { deskOf, odooPeople, odooPlace, prepareOdoo, startOdoo } from "crossfoot/testing";
import type { Desk, RunningOdoo } from "crossfoot/testing";
import { LiveConnector } from "../scenarios/live-connector.ts";
import { asId } from "./reading-traps.ts";

type Values = NativeRecord["native"];

/** A company, what an administrator does in it, and the connection that works in it. */
export interface Company {
  readonly id: number;
  readonly name: string;
  /** Creates one record in this company; answers its id. */
  readonly make: (model: string, values: Values) => Promise<number>;
  /** Calls a method in this company. */
  readonly call: (model: string, method: string, body: Values) => ReturnType<Desk["call"]>;
  readonly live: LiveConnector;
}

/** A second company with its own ledger, warehouse, prices, customers and documents. */
export class CompanyStage {
  readonly erp: RunningOdoo;
  readonly desk: Desk;
  readonly first: Company;
  readonly second: Company;
  /** Records of the second company alone, by entity. */
  readonly own: ReadonlyMap<string, NativeRecord["id"]>;

  private constructor(from: Pick<CompanyStage, "erp" | "desk" | "first" | "second" | "own">) {
    this.erp = from.erp;
    this.desk = from.desk;
    this.first = from.first;
    this.second = from.second;
    this.own = from.own;
  }

  static async open(): Promise<CompanyStage> {
    const started = await startOdoo(odooPlace(process.env));
    const desk = deskOf({ ...started, key: started.adminKey });
    await prepareOdoo(desk);
    const [one] = await desk.find("res.company", [], ["name"]);
    const [user] = await desk.find("res.users", [["login", "=", started.user]], ["login"]);
    const made = (await desk.call("res.company", "create", {
      vals_list: [{ name: "Second AG" }],
    })) as readonly number[];
    const [id = 0] = made;
    // As an administrator does who opens a company: its ledger, and who may work in it.
    const within = { context: { allowed_company_ids: [id] } };
    const ledger = { template_code: "generic_coa", company: id, install_demo: false };
    await desk.call("account.chart.template", "try_loading", { ...ledger, ...within });
    const grant = { ids: [Number(user?.["id"])], vals: { company_ids: [[4, id]] } };
    await desk.call("res.users", "write", grant);
    const first = await companyOn(started, desk, {
      id: Number(one?.["id"]),
      name: textOf(one?.["name"]),
    });
    const second = await companyOn(started, desk, { id, name: "Second AG" });
    return new CompanyStage({ erp: started, desk, first, second, own: await ownRecords(second) });
  }

  async stop(): Promise<void> {
    await this.erp.stop();
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A connection to one company of an Odoo. */
export async function connectTo(erp: RunningOdoo, desk: Desk, more: Values): Promise<LiveConnector> {
  const options = { database: erp.database, user: erp.user, key: "erp-key", ...more };
  return LiveConnector.open({
    ...{ connector: odoo, url: erp.url, options, secrets: { "erp-key": erp.key } },
    ...{ people: odooPeople(desk), user: erp.user, isMaking: () => false },
    counts: { ...none, accounts: 0 },
    closeBooks: () => Promise.resolve(""),
    ...{ quote: { warehouse: "WH", unit: "pcs" }, customer: "C00009", product: "P002" },
  });
}

const none = {
  ...{ accounts: 0, contacts: 0, products: 0, pricebooks: 0, quotes: 0 },
  ...{ orders: 0, invoices: 0, inventory: 0, shipments: 0 },
};

async function companyOn(
  erp: RunningOdoo,
  desk: Desk,
  { id, name }: { readonly id: number; readonly name: string },
): Promise<Company> {
  const context = { allowed_company_ids: [id] };
  const call: Company["call"] = (model, method, body) => desk.call(model, method, { ...body, context });
  const make: Company["make"] = async (model, values) => {
    const made = (await call(model, "create", { vals_list: [values] })) as readonly number[];
    return made[0] ?? 0;
  };
  return { id, name, call, make, live: await connectTo(erp, desk, { company: name }) };
}

/** What only the second company has: a customer with a person, goods in stock, a list, and documents. */
async function ownRecords({ id, make, call }: Company): Promise<CompanyStage["own"]> {
  const company = { company_id: id };
  const customer = await make("res.partner", { name: "Only Second", is_company: true, ...company });
  const person = await make("res.partner", { name: "Per Son", parent_id: customer, ...company });
  const warehouse = await make("stock.warehouse", { name: "Second hall", code: "W2", ...company });
  const list = await make("product.pricelist", { name: "Second prices", ...company });
  const goods = {
    name: "Second part",
    default_code: "S001",
    list_price: 10,
    type: "consu",
    is_storable: true,
  };
  const template = await make("product.template", { ...goods, ...company });
  const variants = (await call("product.product", "search_read", {
    domain: [["product_tmpl_id", "=", template]],
    fields: ["name"],
  })) as readonly { readonly id: number }[];
  const product = variants[0]?.id ?? 0;
  const line = { product_id: product, product_uom_qty: 3, price_unit: 10 };
  const sale = { partner_id: customer, warehouse_id: warehouse, order_line: [[0, 0, line]] };
  const order = await make("sale.order", { ...sale, ...company });
  await call("sale.order", "action_confirm", { ids: [order] });
  const pickings = (await call("stock.picking", "search_read", {
    domain: [["sale_id", "=", order]],
    fields: ["name"],
  })) as readonly { readonly id: number }[];
  const entry = { product_id: product, quantity: 3, price_unit: 10 };
  const invoice = await make("account.move", {
    ...{ move_type: "out_invoice", partner_id: customer, invoice_date: "2026-01-15" },
    invoice_line_ids: [[0, 0, entry]],
    ...company,
  });
  await call("account.move", "action_post", { ids: [invoice] });
  return new Map([
    ["accounts", asId(customer)],
    ["contacts", asId(person)],
    ["products", asId(product)],
    ["pricebooks", asId(list)],
    ["quotes", asId(order)],
    ["orders", asId(order)],
    ["shipments", asId(pickings[0]?.id)],
    ["invoices", asId(invoice)],
    ["inventory", asId(`${product}:${warehouse}`)],
  ]);
}

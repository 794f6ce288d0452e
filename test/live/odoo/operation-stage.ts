import type { HttpAnswer, HttpRequest, NativeRecord, Session, StockPlace } from "@crossfoot/connector-sdk";
import { openOdoo } from "@crossfoot/connector-odoo";
import type { OdooConnection } from "@crossfoot/connector-odoo";
import { deskOf } from "crossfoot/testing";
import type { Desk, RunningOdoo } from "crossfoot/testing";
import { liveSession } from "../scenarios/session.ts";
import type { LiveSession } from "../scenarios/session.ts";

/** Id of a record as the runtime holds it. */
export type Id = NativeRecord["id"];
/** A JSON map. */
export type JsonMap = NativeRecord["native"];
/** Brands an id. */
export const asId = (id: number | string): Id => String(id) as Id;

/** Models that a question about an order could touch, numbers and messages included. */
const models: readonly string[] = [
  ...["sale.order", "sale.order.line", "res.partner", "product.template", "product.product"],
  ...["product.pricelist", "product.pricelist.item", "stock.move", "stock.quant", "stock.picking"],
  ...["account.move", "account.move.line", "mail.message", "ir.sequence"],
];

/** One Odoo with connections on it, and a person at its screens who may do everything. */
export class OdooStage {
  readonly erp: RunningOdoo;
  readonly admin: Desk;
  readonly connection: OdooConnection;

  constructor(erp: RunningOdoo) {
    this.erp = erp;
    this.admin = deskOf({ url: erp.url, database: erp.database, key: erp.adminKey });
    this.connection = openOdoo(this.session("json2"));
  }

  session(protocol: "json2" | "jsonrpc", more: JsonMap = {}): LiveSession {
    const { url, database, user, key } = this.erp;
    const options = { database, user, key: "erp-key", protocol, ...more };
    return liveSession({ url, secrets: { "erp-key": key }, options });
  }

  /** A connection whose calls go through another `http`. */
  under(session: Session, http: (request: HttpRequest) => Promise<HttpAnswer>): OdooConnection {
    return openOdoo({ ...session, http });
  }

  /** Every row of those models with its stamp, archived ones too, and the next number of each sequence. */
  async rows(): Promise<JsonMap> {
    const found: [string, JsonMap[string]][] = [];
    for (const model of models) {
      const fields = model === "ir.sequence" ? ["write_date", "number_next_actual"] : ["write_date"];
      const asked = { domain: [], fields, order: "id asc", context: { active_test: false } };
      found.push([model, await this.admin.call(model, "search_read", asked)]);
    }
    return Object.fromEntries(found);
  }

  async idBy(model: string, field: string, value: string): Promise<Id> {
    const [row] = await this.admin.find(model, [[field, "=", value]], ["id"]);
    return asId(Number(row?.["id"]));
  }

  /** The account with this number; its contacts and addresses have others. */
  async customer(ref: string): Promise<Id> {
    return this.idBy("res.partner", "ref", ref);
  }

  async product(code: string): Promise<Id> {
    return this.idBy("product.product", "default_code", code);
  }

  async order(reference: string): Promise<Id> {
    return this.idBy("sale.order", "client_order_ref", reference);
  }

  /** An order as a person enters it: prices, discounts and taxes are what Odoo fills in. */
  async entered(values: JsonMap, lines: readonly JsonMap[]): Promise<Id> {
    const order_line = lines.map((line) => [0, 0, line]);
    const made = await this.admin.call("sale.order", "create", { vals_list: [{ ...values, order_line }] });
    return asId((made as readonly number[])[0] ?? 0);
  }

  async confirm(order: Id): Promise<void> {
    await this.admin.call("sale.order", "action_confirm", { ids: [Number(order)] });
  }

  /** One record as a person sees it. */
  async seen(model: string, id: Id, fields: readonly string[]): Promise<JsonMap> {
    const [row] = await this.admin.find(model, [["id", "=", Number(id)]], fields);
    return row ?? {};
  }

  /** What a product itself shows of one warehouse, now or as forecast for a day. */
  async shown(product: Id, warehouse: number, day?: string): Promise<JsonMap> {
    const fields = ["qty_available", "free_qty", "virtual_available", "incoming_qty", "outgoing_qty"];
    const until = day === undefined ? {} : { to_date: `${day} 23:59:59` };
    const context = { warehouse_id: warehouse, ...until };
    const asked = { ids: [Number(product)], fields, context };
    const [row] = (await this.admin.call("product.product", "read", asked)) as readonly JsonMap[];
    return row ?? {};
  }

  /** Stock of one product in one warehouse, as the operation tells it. */
  async place(
    product: Id,
    asked: { readonly wanted: string | null; readonly date?: string; readonly warehouse?: string },
  ): Promise<StockPlace> {
    const { wanted, date = null, warehouse = "WH" } = asked;
    const rows = [{ product, wanted: wanted === null ? null : { quantity: wanted, unit: "Units" } }];
    const request = { rows, warehouses: [warehouse], date };
    const [row] = (await this.connection.operations.availability(request)).rows;
    const place = row?.ok === true ? row.places[0] : undefined;
    if (place === undefined) throw new Error("the product was not answered");
    return place;
  }
}

import { expect, it } from "vitest";
import { idOf } from "../scenarios/live-connector.ts";
import { asId } from "./reading-traps.ts";
import type { Ground } from "./ground.ts";

interface Line {
  readonly fields: { readonly [field: string]: unknown };
}

/** An amount of money in a canonical field, as a number. */
const amountOf = (value: unknown): number => Number((value as { readonly amount: string }).amount);

/** What Odoo's documents do to whoever believes them. */
export function documentTraps(ground: () => Ground): void {
  it("the header of a quote is Odoo's own, where the sum of its lines is another one", async () => {
    const { desk, live } = ground();
    const [customer] = await desk.find("res.partner", [["ref", "=", "C00009"]], ["name"]);
    const [product] = await desk.find("product.product", [["default_code", "=", "P002"]], ["name"]);
    const line = (quantity: number, price: number, discount = 0) => [
      0,
      0,
      { product_id: product?.["id"] ?? 0, product_uom_qty: quantity, price_unit: price, discount },
    ];
    const lines = [line(16, 348.35, 4), line(1, 0.125), line(1, 1.005), line(0.333, 9.99, 33.33)];
    const [order] = (await desk.call("sale.order", "create", {
      vals_list: [{ partner_id: customer?.["id"] ?? 0, order_line: lines }],
    })) as readonly number[];
    const { fields, problems } = live.read("quotes", await live.one("quotes", asId(order)));
    const shown = await desk.find("sale.order.line", [["order_id", "=", order ?? 0]], ["price_subtotal"]);
    const sum = shown.reduce((all, row) => all + Number(row["price_subtotal"]), 0);
    expect(problems).toEqual({});
    expect([sum.toFixed(2), fields["net"]]).toEqual(["5354.00", { amount: "5353.98", currency: "EUR" }]);
    expect(amountOf(fields["net"]) + amountOf(fields["tax"])).toBeCloseTo(amountOf(fields["gross"]), 6);
  });

  it("`load` that is repeated appends lines; a quote of ours that is sent again has them once", async () => {
    const { desk, live } = ground();
    const [customer] = await desk.find("res.partner", [["ref", "=", "C00009"]], ["name"]);
    const [product] = await desk.find("product.product", [["default_code", "=", "P002"]], ["name"]);
    const fields = ["id", "partner_id/.id", "order_line/product_id/.id", "order_line/product_uom_qty"];
    const row = ["crossfoot.load_1", asId(customer?.["id"]), asId(product?.["id"]), "2"];
    const loaded = async (): Promise<number> => {
      const { ids } = (await desk.call("sale.order", "load", { fields, data: [row] })) as {
        readonly ids: readonly number[];
      };
      return (await desk.find("sale.order.line", [["order_id", "in", ids]], ["name"])).length;
    };
    expect([await loaded(), await loaded()]).toEqual([1, 2]);
    const [made] = await live.send(await live.quote("2", "5"));
    const quote = await live.one("quotes", idOf(made));
    const [line] = live.read("quotes", quote).fields["lines"] as readonly Line[];
    const { unitPrice, product: sold } = line?.fields ?? {};
    const lines = [
      { key: `erp:${asId((quote.native["lines"] as readonly { readonly id: string }[])[0]?.id)}` },
    ].map((each) => ({
      ...each,
      fields: { product: sold, unitPrice, quantity: { value: "3", unit: "pcs" } },
    }));
    const change = live.update("quotes", quote, { lines: lines as never });
    await live.send(change);
    await live.send({ ...change, precondition: null });
    const kept = await desk.find(
      "sale.order.line",
      [["order_id", "=", Number(quote.id)]],
      ["product_uom_qty"],
    );
    expect(kept.map((each) => each["product_uom_qty"])).toEqual([3]);
  });

  it("a posted invoice whose line took another price shows what was booked", async () => {
    const { desk, live } = ground();
    const [invoice] = await desk.find("account.move", [["ref", "=", "ORDER-3"]], ["amount_total"]);
    const id = asId(invoice?.["id"]);
    const read = async (): Promise<ReturnType<typeof live.read>["fields"]> =>
      live.read("invoices", await live.one("invoices", id)).fields;
    const before = await read();
    const rows = [
      ["move_id", "=", invoice?.["id"] ?? 0],
      ["display_type", "=", "product"],
    ];
    const [line] = await desk.find("account.move.line", rows, ["price_unit"]);
    await desk.call("account.move.line", "write", { ids: [line?.["id"] ?? 0], vals: { price_unit: 9 } });
    const [told] = await desk.find("account.move.line", rows, ["price_subtotal"]);
    const after = await read();
    expect(told?.["price_subtotal"]).toBe(4500);
    expect([after["net"], after["tax"], after["gross"]]).toEqual([
      before["net"],
      before["tax"],
      before["gross"],
    ]);
    expect(amountOf(after["gross"])).toBe(invoice?.["amount_total"]);
    // In the company's own currency the rate is one, and its day that of the invoice.
    const company = ["companyNet", "companyTax", "companyGross", "companyRate", "companyRateDate"];
    expect(company.map((field) => after[field])).toEqual([
      ...[after["net"], after["tax"], after["gross"], "1", after["date"]],
    ]);
    const nets = (fields: typeof after): readonly unknown[] =>
      (fields["lines"] as readonly Line[]).map(({ fields: row }) => row["net"]);
    expect(nets(after)).toEqual(nets(before));
    const sum = nets(after).reduce((all: number, net) => all + amountOf(net), 0);
    expect(sum).toBeCloseTo(amountOf(after["net"]), 6);
  });

  it("a wizard that asks a question has delivered nothing, and the order says so", async () => {
    const { desk, live } = ground();
    const [customer] = await desk.find("res.partner", [["ref", "=", "C00009"]], ["name"]);
    const [product] = await desk.find("product.product", [["default_code", "=", "P002"]], ["name"]);
    const line = [0, 0, { product_id: product?.["id"] ?? 0, product_uom_qty: 6 }];
    const ids = (await desk.call("sale.order", "create", {
      vals_list: [{ partner_id: customer?.["id"] ?? 0, order_line: [line] }],
    })) as readonly number[];
    await desk.call("sale.order", "action_confirm", { ids });
    const [picking] = await desk.find("stock.picking", [["sale_id", "in", ids]], ["state"]);
    const moves = await desk.find("stock.move", [["picking_id", "=", picking?.["id"] ?? 0]], ["quantity"]);
    for (const move of moves)
      await desk.call("stock.move", "write", {
        ids: [move["id"] ?? 0],
        vals: { quantity: 2, picked: true },
      });
    const answer = await desk.call("stock.picking", "button_validate", { ids: [picking?.["id"] ?? 0] });
    expect(answer).toMatchObject({ res_model: "stock.backorder.confirmation" });
    expect(live.read("orders", await live.one("orders", asId(ids[0]))).fields["status"]).toBe("open");
    const shipment = await live.one("shipments", asId(picking?.["id"]));
    expect(live.read("shipments", shipment).fields["status"]).not.toBe("shipped");
  });

  it("a fiscal position that takes every tax away shows on the quote as no tax", async () => {
    const { desk, live } = ground();
    const [country] = await desk.find("res.country", [["code", "=", "JP"]], ["code"]);
    const position = { name: "Nothing", country_id: country?.["id"] ?? 0, auto_apply: true, sequence: 0 };
    await desk.call("account.fiscal.position", "create", { vals_list: [position] });
    const [partner] = (await desk.call("res.partner", "create", {
      vals_list: [{ name: "Untaxed KK", is_company: true, country_id: country?.["id"] ?? 0 }],
    })) as readonly number[];
    const [product] = await desk.find("product.product", [["default_code", "=", "P002"]], ["name"]);
    const line = [0, 0, { product_id: product?.["id"] ?? 0, product_uom_qty: 1, price_unit: 100 }];
    const [order] = (await desk.call("sale.order", "create", {
      vals_list: [{ partner_id: partner ?? 0, order_line: [line] }],
    })) as readonly number[];
    const { fields } = live.read("quotes", await live.one("quotes", asId(order)));
    expect([fields["net"], fields["tax"], fields["gross"]].map(amountOf)).toEqual([100, 0, 100]);
  });
}

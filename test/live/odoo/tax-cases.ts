import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import { asId } from "./reading-traps.ts";

/** An order of two pieces of a product at a price, for a customer; answers its id. */
async function order(
  { desk }: Ground,
  of: { readonly partner: number; readonly product: number; readonly price: number },
): Promise<number> {
  const line = { product_id: of.product, product_uom_qty: 2, price_unit: of.price };
  const [made] = (await desk.call("sale.order", "create", {
    vals_list: [{ partner_id: of.partner, order_line: [[0, 0, line]] }],
  })) as readonly number[];
  return made ?? 0;
}

async function partnerIn({ desk }: Ground, name: string, code: string): Promise<number> {
  const [country] = await desk.find("res.country", [["code", "=", code]], ["code"]);
  const [made] = (await desk.call("res.partner", "create", {
    vals_list: [{ name, is_company: true, country_id: country?.["id"] ?? 0 }],
  })) as readonly number[];
  return made ?? 0;
}

/** Prices and taxes that mean something else than they seem to. */
export function taxCases(ground: () => Ground): void {
  it("a quote from which a fiscal position took every tax says so", async () => {
    const { desk, live } = ground();
    const [country] = await desk.find("res.country", [["code", "=", "BR"]], ["code"]);
    const position = { name: "Takes all", country_id: country?.["id"] ?? 0, auto_apply: true, sequence: 0 };
    await desk.call("account.fiscal.position", "create", { vals_list: [position] });
    const [product] = await desk.find("product.product", [["default_code", "=", "P002"]], ["name"]);
    const at = { product: Number(product?.["id"]), price: 100 };
    const told = async (partner: number): Promise<unknown> => {
      const quote = await live.one("quotes", asId(await order(ground(), { ...at, partner })));
      return live.read("quotes", quote).fields["validation"];
    };
    expect(await told(await partnerIn(ground(), "Sem Imposto", "BR"))).toMatch(/^no tax on 1 of its lines/);
    expect(await told(await partnerIn(ground(), "Mit Steuer", "DE"))).toBe(null);
  });

  it("a price that includes its tax is never shown, or taken, as one without", async () => {
    const { desk, live } = ground();
    const [standard] = await desk.find("account.tax", [["name", "=", "19%"]], ["tax_group_id", "country_id"]);
    const group = Number(standard?.["tax_group_id"]);
    const tax = {
      ...{ name: "19% included", amount: 19, amount_type: "percent", type_tax_use: "sale" },
      ...{ price_include_override: "tax_included", tax_group_id: group },
    };
    const [included] = (await desk.call("account.tax", "create", { vals_list: [tax] })) as readonly number[];
    const taxes = [[6, 0, [included ?? 0]]];
    const values = {
      name: "Gross thing",
      default_code: "GROSS",
      list_price: 119,
      type: "consu",
      taxes_id: taxes,
    };
    await desk.call("product.template", "create", { vals_list: [values] });
    const [product] = await desk.find("product.product", [["default_code", "=", "GROSS"]], ["name"]);
    const partner = await partnerIn(ground(), "Pays gross", "DE");
    const id = await order(ground(), { partner, product: Number(product?.["id"]), price: 119 });
    // A connection that is opened now: what is known of taxes is kept for a while.
    live.session.token.store("facts", "");
    const asked = { product: asId(product?.["id"]), quantity: "1", unit: "Units" };
    const none = { pricebook: null, currency: null, date: null };
    const told = await live.connection.operations?.price?.({
      customer: asId(partner),
      ...none,
      lines: [asked],
    });
    expect(told).toMatchObject({ rows: [{ ok: false, failure: { code: "prices_with_tax" } }], totals: null });
    const mapping = { entity: "quotes", roots: live.mappingOf("quotes").roots };
    await expect(live.connection.readByIds({ ...mapping, ids: [asId(id)] })).rejects.toMatchObject({
      code: "prices_with_tax",
    });
    await desk.call("sale.order", "action_confirm", { ids: [id] });
    const { fields } = live.read("orders", await live.one("orders", asId(id)));
    expect([fields["net"], fields["gross"]]).toMatchObject([{ amount: "200" }, { amount: "238" }]);
    const [line] = fields["lines"] as readonly { readonly fields: { readonly [field: string]: unknown } }[];
    expect(line?.fields).toMatchObject({ unitPrice: { amount: "100" }, net: { amount: "200" } });
    const quote = live.create("quotes", {
      account: live.refTo("accounts", asId(partner)),
      currency: "EUR",
      lines: [
        {
          key: "1",
          fields: {
            product: live.refTo("products", asId(product?.["id"])),
            quantity: { value: "1", unit: "pcs" },
            unitPrice: { amount: "100", currency: "EUR" },
          },
        },
      ],
    });
    const [outcome] = await live.send(quote);
    expect(outcome).toMatchObject({ kind: "failed", failure: { code: "prices_with_tax" } });
    const [template] = await desk.find("product.template", [["default_code", "=", "GROSS"]], ["name"]);
    await desk.call("product.template", "write", { ids: [template?.["id"] ?? 0], vals: { active: false } });
    live.session.token.store("facts", "");
  });
}

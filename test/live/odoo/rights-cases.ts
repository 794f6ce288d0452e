import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import { asId } from "./reading-traps.ts";

/** What a user may not see is neither gone nor empty. */
export function rightsCases(ground: () => Ground): void {
  it("a record that a rule hides is not permitted, while one that is gone is deleted", async () => {
    const { desk, live } = ground();
    const [hidden, gone] = (await desk.call("res.partner", "create", {
      vals_list: ["Hidden", "Gone"].map((name) => ({ name, is_company: true })),
    })) as readonly number[];
    const [model] = await desk.find("ir.model", [["model", "=", "res.partner"]], ["model"]);
    const rule = {
      name: "Hides one",
      model_id: model?.["id"] ?? 0,
      domain_force: `[("id", "!=", ${hidden ?? 0})]`,
    };
    const rules = await desk.call("ir.rule", "create", { vals_list: [rule] });
    try {
      await desk.call("res.partner", "unlink", { ids: [gone ?? 0] });
      const listed = (await live.connection.readIds({ entity: "accounts", cursor: null })).ids;
      expect(listed).not.toContain(asId(hidden));
      const ids = [asId(hidden), asId(gone), listed[0] ?? asId(0)];
      const found = await live.connection.readByIds({ entity: "accounts", roots: ["name"], ids });
      expect(found.map(({ kind }) => kind)).toEqual(["not_permitted", "deleted", "present"]);
    } finally {
      await desk.call("ir.rule", "unlink", { ids: rules });
    }
  });

  it("a line is read with its order although a rule hides its product from the user", async () => {
    const { desk, live } = ground();
    const [product] = await desk.find("product.product", [["default_code", "=", "P001"]], ["name"]);
    const [order] = await desk.find("sale.order", [["client_order_ref", "=", "DRAFT-1"]], ["name"]);
    const [model] = await desk.find("ir.model", [["model", "=", "product.product"]], ["model"]);
    const id = Number(product?.["id"]);
    const domain = `[("id", "!=", ${id})]`;
    const rule = { name: "Hides a product", model_id: model?.["id"] ?? 0, domain_force: domain };
    const rules = await desk.call("ir.rule", "create", { vals_list: [rule] });
    try {
      const { native } = await live.one("quotes", asId(order?.["id"]));
      const lines = native["lines"] as readonly { readonly product: string }[];
      expect(lines.map((line) => line.product)).toContain(String(id));
    } finally {
      await desk.call("ir.rule", "unlink", { ids: rules });
    }
  });
}

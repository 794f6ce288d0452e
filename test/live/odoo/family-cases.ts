import type { NativeRecord } from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import { asId } from "./reading-traps.ts";

const streetsOf = async ({ desk }: Ground, names: readonly string[]): Promise<readonly unknown[]> => {
  const found = await desk.find("res.partner", [["name", "in", [...names]]], ["name", "street"]);
  return names.map((name) => found.find((row) => row["name"] === name)?.["street"]);
};

const at = (street: string): { readonly [part: string]: string | null } => ({
  ...{ street, street2: null, city: "Kiel", postalCode: "24103", region: null, country: "DE" },
});

/** What Odoo does to the addresses of companies that belong together. */
export function familyCases(ground: () => Ground): void {
  it("an address that we write to one company of a group stays its own", async () => {
    const { live } = ground();
    const made = async (fields: Parameters<typeof live.create>[1]): Promise<NativeRecord> => {
      const [outcome] = await live.send(live.create("accounts", fields));
      if (outcome?.kind !== "done") throw new Error(JSON.stringify(outcome));
      return live.one("accounts", outcome.id);
    };
    const head = await made({ name: "Group Head", billingAddress: at("1 Head") });
    const parent = live.refTo("accounts", head.id);
    const sister = await made({ name: "Group Sister", billingAddress: at("2 Sister"), parent });
    const loner = await made({ name: "Group Loner", billingAddress: at("3 Loner") });
    const names = ["Group Head", "Group Sister", "Group Loner"];
    expect(await streetsOf(ground(), names)).toEqual(["1 Head", "2 Sister", "3 Loner"]);
    await live.send(live.update("accounts", sister, { billingAddress: at("4 Sister") }));
    await live.send(live.update("accounts", loner, { parent }));
    expect(await streetsOf(ground(), names)).toEqual(["1 Head", "4 Sister", "3 Loner"]);
    const fields = live.read("accounts", await live.one("accounts", loner.id)).fields;
    expect([fields["billingAddress"], fields["parent"]]).toEqual([at("3 Loner"), parent]);
  });

  it("a company below another that a person made shares its address: ours is put beside it", async () => {
    const { desk, live } = ground();
    const [head] = (await desk.call("res.partner", "create", {
      vals_list: [{ name: "Shared Head", is_company: true, street: "1 Shared", city: "Kiel" }],
    })) as readonly number[];
    const [below] = (await desk.call("res.partner", "create", {
      vals_list: [{ name: "Shared Below", is_company: true, parent_id: head ?? 0 }],
    })) as readonly number[];
    const before = await live.one("accounts", asId(below));
    const [outcome] = await live.send(live.update("accounts", before, { billingAddress: at("9 Below") }));
    expect(outcome?.kind).toBe("done");
    expect(await streetsOf(ground(), ["Shared Head", "Shared Below"])).toEqual(["1 Shared", "1 Shared"]);
    const after = live.read("accounts", await live.one("accounts", asId(below))).fields;
    expect(after["billingAddress"]).toEqual(at("9 Below"));
  });
}
